import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, expect, test } from 'vitest'
import { EXIT } from '../../client/cli/exit.ts'
import { createProgram, runCli } from '../../client/cli/program.ts'

const state = mkdtempSync(join(tmpdir(), 'cartera-cli-'))
afterAll(() => rmSync(state, { recursive: true, force: true }))

/** Nobody listens on port 1: what asks a server learns that it is away. */
const nowhere = {
  CARTERA_STATE: state,
  CARTERA_LANGUAGE: 'en',
  DATABASE_URL: 'postgres://cartera:secret@127.0.0.1:1/cartera',
  SMTP_URL: 'smtp://127.0.0.1:1',
  TEMPORAL_ADDRESS: '127.0.0.1:1',
}

async function cartera(
  args: string[],
  env: NodeJS.ProcessEnv = nowhere,
): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const code = await runCli(args, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    env,
    isTerminal: { out: false, err: false },
    columns: null,
    user: () => 'ana',
  })
  return { code, out, err }
}

const every = (command: Command): Command[] => [command, ...command.commands.flatMap(every)]

test('every command has a description, and what can be run has an example', () => {
  const silent = {
    out: () => {},
    err: () => {},
    env: {},
    isTerminal: { out: false, err: false },
    columns: null,
    user: () => '',
  }
  const commands = every(createProgram(silent, { code: EXIT.done }))
  expect(commands.length).toBeGreaterThan(40)
  for (const command of commands) {
    expect(command.description(), command.name()).toMatch(/\.$|\)\.$/)
    if (command.commands.length > 0) continue
    let help = ''
    command.configureOutput({
      writeOut: (text) => {
        help += text
      },
    })
    command.outputHelp()
    expect(help, command.name()).toContain('Examples\n  $ cartera ')
  }
})

test('help is asked for and is no mistake; a word that is no command is one', async () => {
  const help = await cartera(['--help'])
  expect(help.code).toBe(EXIT.done)
  expect(help.out).toMatch(/Exit codes[\s\S]*75 {2}try again later/)
  expect((await cartera(['promise', 'record', '--help'])).out).toContain('--on 2026-12-04=5000')
  expect((await cartera(['--version'])).code).toBe(EXIT.done)
  const unknown = await cartera(['colect'])
  expect(unknown.code).toBe(EXIT.badInput)
  expect(unknown.err).toContain("unknown command 'colect'")
  expect((await cartera([])).code).toBe(EXIT.badInput)
})

test.each<[string[], RegExp]>([
  [['promise', 'record', 'F-1', '--on', '31/12/2026', '--by', 'Laura'], /--on: "31\/12\/2026" is not a date/],
  [
    ['promise', 'record', 'F-1', '--on', '2026-12-04', '--on', '2026-12-11=5', '--by', 'x'],
    /each needs its amount/,
  ],
  [['promise', 'record', 'F-1', '--by', 'x'], /required option '--on/],
  [['promise', 'withdraw', 'seven', '--why', 'x'], /ID: "seven" is not a number/],
  [['pause', '--to', '2026-12-01', '--why', 'x'], /--document, --customer/],
  [['pause', '--document', 'F-1', '--customer', 'C-1', '--to', '2026-12-01', '--why', 'x'], /only one/],
  [['pause', '--customer', 'C-1', '--to', '2026-02-30', '--why', 'x'], /--to: "2026-02-30"/],
  [['contact', 'log', '--person', 'x', '--result', 'reached'], /--task, --customer/],
  [['contact', 'log', '--customer', 'C-1', '--person', 'x'], /required option '--result/],
  [
    ['contact', 'log', '--customer', 'C-1', '--person', 'x', '--result', 'reached', '--at', 'noon'],
    /--at: "noon" is not an instant/,
  ],
  [['contact', 'complete', '7'], /--promise, --dispute/],
  [['task', 'add', 'call', '--what', 'x'], /--customer, --document/],
  [['task', 'add', 'dance', '--what', 'x', '--customer', 'C-1'], /Allowed choices are call/],
  [['task', 'plan', '7', '--why', 'x'], /--due, --priority/],
  [['task', 'plan', '7', '--why', 'x', '--priority', 'now'], /Allowed choices are high/],
  [
    ['absence', 'record', 'ana', '--from', 'x', '--to', '2026-12-01', '--why', 'y'],
    /--from: "x" is not a date/,
  ],
  [['absence', 'end', '3', '--back', '2026-12-01'], /required option '--why/],
  [
    ['provisional', 'issue', 'F-1', '--amount', '0', '--currency', 'MXN', '--from', 'x'],
    /--amount: "0" is not an amount/,
  ],
  [
    [
      'provisional',
      'issue',
      'F-1',
      '--amount',
      '5',
      '--currency',
      'MXN',
      '--from',
      'x',
      '--signed',
      join(state, 'none.pdf'),
    ],
    /none\.pdf is not there/,
  ],
  [['contact', 'add', '--customer', 'C-1', '--name', 'x', '--email', 'nonsense'], /--email: Invalid email/],
  [['contact', 'add', '--customer', 'C-1', '--name', ' ', '--phone', '1'], /--name: /],
  [['contact', 'add', '--customer', 'C-1', '--name', 'x'], /--email, --phone/],
  [['dispute', 'open', 'F-1'], /required option '--reason <reason>' not specified/],
  [['pay', '--customer', 'C-1', '--on', '2026-11-25'], /--amount, --file/],
  [
    ['pay', '--customer', 'C-1', '--amount', '5', '--on', '2026-11-25', '--currency', 'PESO'],
    /--currency: "PESO" is not a currency/,
  ],
  [
    ['pay', '--customer', 'C-1', '--amount', '5.005', '--on', '2026-11-25', '--currency', 'MXN'],
    /--amount: "5.005" is not an amount of MXN/,
  ],
  [['pay', '--customer', 'C-1', '--payer', 'P-1', '--amount', '5'], /only one/],
  [
    ['pay', '--amount', '5', '--on', '2026-11-25', '--currency', 'MXN', '--reference', 'x', '--number', ' '],
    /--number: /,
  ],
  [['pay', '--file', join(state, 'none.csv')], /none\.csv is not there/],
  [['apply', 'R-1'], /DOC\[=AMOUNT\]/],
  [['reverse', 'R-1', '--reason', 'bounced'], /required option '--why/],
  [['announce', 'F-1', '--amount', '0', '--currency', 'MXN'], /--amount: "0"/],
  [
    [
      'replace',
      'F-1',
      '--by',
      'F-2',
      '--amount',
      '5',
      '--issued',
      'x',
      '--due',
      '2026-12-01',
      '--because',
      'our_error',
    ],
    /--issued: "x"/,
  ],
  [['task', 'done', '1', '--why', ''], /--why: /],
  [['aging', '--as-of', 'yesterday'], /--as-of/],
  [['aging', '--known-at', '2026-11-25'], /--known-at/],
  [['worklist', '--limit', 'all'], /--limit/],
  [['worklist', 'snooze', 'C-1', '--until', 'friday', '--why', 'x'], /--until: "friday" is not a date/],
  [['worklist', 'snooze', 'C-1', '--until', '2026-12-01'], /required option '--why/],
  [['worklist', 'snooze', 'C-1', '--until', '2026-12-01', '--why', ' '], /--why: /],
  [['load', 'none.csv', '--profile', 'standard'], /none\.csv is not there/],
  [['load', 'x.csv'], /required option '--profile/],
  [['policy', 'explain', 'no-such-policy'], /no policy "no-such-policy"|has no policy/],
  [['journal', 'verify', '--against', join(state, 'none.json')], /none\.json is not there/],
])('%j is bad input, told before anything is asked', async (args, sentence) => {
  const { code, out, err } = await cartera(args)
  expect(err).toMatch(sentence)
  expect(code).toBe(EXIT.badInput)
  expect(out).toBe('')
})

test('mistakes of content are told in Spanish too', async () => {
  const { err } = await cartera([
    '--lang',
    'es-MX',
    'contact',
    'add',
    '--customer',
    'C-1',
    '--name',
    'x',
    '--email',
    'nonsense',
  ])
  expect(err).toMatch(/^--email: Inválido/)
})

test('a receipt file with bad lines is told at once, with every line', async () => {
  const file = join(state, 'receipts.csv')
  writeFileSync(
    file,
    'receipt,currency,amount,value_on\nR-1,MXN,12.345,2026-11-25\nR-2,PESO,1.00,31/02/2026\n',
  )
  const { code, err } = await cartera(['pay', '--file', file])
  expect(code).toBe(EXIT.badInput)
  expect(err).toContain('line 2, column "amount": "12.345": ')
  expect(err).toContain('line 3, column "currency": "PESO": ')
  expect(err).toMatch(/nothing was taken/)
})

test('a profile with mistakes, or of nobody', async () => {
  const file = join(state, 'items.csv')
  writeFileSync(file, 'customer\n')
  const profile = join(state, 'mine.yaml')
  writeFileSync(profile, 'source: x\nauthority: nobody\n')
  expect((await cartera(['load', file, '--profile', 'sap'])).err).toMatch(
    /There is no profile "sap"\. Known: ibm-ar, standard/,
  )
  const { code, err } = await cartera(['load', file, '--profile', profile])
  expect(code).toBe(EXIT.badInput)
  expect(err).toContain('mine.yaml:2:1: authority: ')
})

test('servers that are away end with 75, with their address and no password', async () => {
  const { code, err } = await cartera(['aging'])
  expect(code).toBe(EXIT.tryLater)
  expect(err).toMatch(/postgres:\/\/cartera@127\.0\.0\.1:1\/cartera.*npm start/)
  expect(err).not.toContain('secret')
  const status = await cartera(['status', '--json'])
  expect(status.code).toBe(EXIT.tryLater)
  expect(JSON.parse(status.out).servers.map((s: { answers: boolean }) => s.answers)).toEqual([
    false,
    false,
    false,
  ])
})

test('without any settings the sentence says what to do', async () => {
  const { code, err } = await cartera(['worklist'], {
    CARTERA_STATE: join(state, 'none'),
    CARTERA_LANGUAGE: 'en',
  })
  expect(code).toBe(EXIT.tryLater)
  expect(err).toMatch(/DATABASE_URL is not set.*npm start/)
})

test('an error is JSON when JSON was asked for', async () => {
  const { err } = await cartera(['--json', 'promise', 'withdraw', 'x', '--why', 'y'])
  expect(JSON.parse(err)).toMatchObject({ error: 'UsageError', message: expect.stringContaining('ID') })
})

test('the inbox lists the newest first, shows one, and tells doubled ids', async () => {
  const { mkdirSync } = await import('node:fs')
  const inbox = join(state, 'inbox')
  expect((await cartera(['inbox'])).out).toContain('No messages in')
  mkdirSync(inbox)
  const mail = (n: number, id: string) =>
    `From: cobranza@cartera.example\r\nTo: pagos${n}@example.com\r\nSubject: =?utf-8?Q?Recordatorio_${n}_n=C3=BAm?=\r\nMessage-ID: <${id}@cartera>\r\nDate: Wed, 25 Nov 2026 15:0${n}:00 +0000\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Buenas tardes ${n}</p>\r\n`
  writeFileSync(join(inbox, '20261125T150100.000Z-000001-aaaaaaaa.eml'), mail(1, 'one'))
  writeFileSync(join(inbox, '20261125T150200.000Z-000002-bbbbbbbb.eml'), mail(2, 'two'))
  writeFileSync(join(inbox, '20261125T150300.000Z-000003-cccccccc.eml'), mail(3, 'one'))
  const listed = await cartera(['inbox'])
  const lines = listed.out.split('\n')
  expect(lines[2]).toMatch(
    /^ *1 +Nov 25, 2026, 09:03 +pagos3@example\.com +Recordatorio 3 núm +<one@cartera>$/,
  )
  expect(listed.out).toContain('The message <one@cartera> is there 2 times')
  const html = join(state, 'one.html')
  const shown = await cartera(['inbox', '20261125T150200.000Z-000002-bbbbbbbb', '--html', html, '--json'])
  expect(JSON.parse(shown.out)).toMatchObject({
    to: 'pagos2@example.com',
    messageId: '<two@cartera>',
    times: 1,
    text: expect.stringContaining('Buenas tardes 2'),
  })
  expect((await cartera(['inbox', '--open', '9'])).code).toBe(EXIT.notFound)
})

test('a policy is checked and explained without any server', async () => {
  const file = join(state, 'policy.yaml')
  writeFileSync(
    file,
    'id: mine\nname: Mine\napplies_to: { company: true }\ncalendar: mx\ncontact_hours: { from: "09:00", to: "18:00" }\nsteps:\n  - { id: first, day: 1, action: remind }\n  - { id: call, day: 9, action: call }\n',
  )
  const env = { CARTERA_STATE: join(state, 'none'), CARTERA_LANGUAGE: 'es-MX' }
  expect(await cartera(['policy', 'check', file], env)).toMatchObject({
    code: EXIT.done,
    out: expect.stringContaining('la política "mine" está bien, 2 pasos'),
  })
  const explained = await cartera(
    ['policy', 'explain', file, '--issued', '2026-11-06', '--due', '2026-12-04'],
    env,
  )
  expect(explained.err).toBe('')
  expect(explained.out).toMatch(/07 dic 2026 +lun +09:00 +\+3 +first +recordar por correo .*fin de semana/)
  expect(explained.out).toMatch(/call +llamar/)
  writeFileSync(file, 'id: mine\nname: Mine\ncalender: mx\n')
  const bad = await cartera(['policy', 'check', file], env)
  expect(bad.code).toBe(EXIT.badInput)
  expect(bad.out).toContain('policy.yaml:3:1')
})

test.each([
  [['pay', '--file', 'f.csv', '--contingency', 'the bank is late'], '--file, --contingency'],
  [['pay', '--file', 'f.csv', '--tracking-key', 'K-1'], '--file, --tracking-key'],
  [['pay', '--file', 'f.csv', '--form', 'cash'], '--file, --form'],
  [['order', 'release', 'SO-1', '--announced-counts', '--why', 'x'], '--if-paid, --by'],
])('what would be ignored is refused: %j', async (args, named) => {
  const { code, err } = await cartera(args)
  expect(code).toBe(EXIT.badInput)
  expect(err).toContain(named)
})
