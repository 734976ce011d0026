import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

const inDays = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

test('what is agreed, disputed and corrected is said in one command each', { timeout: 240_000 }, async () => {
  const ledger = await freshLedger()
  const stack = await startStack(ledger)
  onTestFinished(() => stack.stop())
  await loadItems(
    ledger.database,
    ['F-1', 'F-2', 'F-3', 'F-4', 'F-5'].map((document) => ({ document, due: inDays(20), amount: 100 })),
    Date.now(),
  )
  const cartera = async (...args: string[]) => {
    const { code, out, err } = await stack.cartera(...args)
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' })
    return out
  }
  const result = async (...args: string[]) => JSON.parse(await cartera(...args, '--json')).result

  const { announcement } = await result('announce', 'F-1', '--amount', '100', '--tracking-key', 'T-1')
  expect(await cartera('announce', 'withdraw', String(announcement), '--why', 'sent elsewhere')).toContain(
    'withdrawn',
  )
  const { dispute } = await result('dispute', 'open', 'F-1=30', 'F-2', '--reason', 'quantity')
  const decide = (outcome: string, ...more: string[]) =>
    cartera('dispute', 'resolve', String(dispute), '--outcome', outcome, '--why', 'counted', ...more)
  expect(await decide('credit_note', '--number', 'NC-0', '--line', 'F-1')).toContain(
    `dispute ${dispute} resolved in part: credit note NC-0; F-1 MX$30.00`,
  )
  expect(await cartera('dispute', 'list', '--owner', 'plant')).toMatch(
    /quantity +plant +\w+ \d+, \d+ +MX\$\d+\.00 /,
  )
  expect(await decide('rejected', '--root-cause', 'customer_error')).toContain('rejected')
  expect(await cartera('dispute', 'show', String(dispute))).toMatch(/Root cause +customer's own error/)
  expect(await cartera('dispute', 'reasons')).toMatch(
    /delivery_note +delivery note missing or unsigned +logistics +3/,
  )
  const credit = await result(
    'credit',
    'F-1',
    '--number',
    'NC-1',
    '--amount',
    '130',
    '--why',
    'bags were missing',
  )
  expect(credit).toMatchObject({ applied: '70.00', openCredit: '60.00' })
  expect(await cartera('apply', '--credit', 'NC-1', 'F-2=10')).toContain(
    'credit NC-1 applied to F-2 (MX$10.00), MX$50.00 stay open',
  )
  expect(
    await cartera(
      'replace',
      'F-2',
      '--by',
      'F-2b',
      '--amount',
      '90',
      '--issued',
      inDays(0),
      '--due',
      inDays(30),
      '--because',
      'our_error',
    ),
  ).toContain('starts anew')
  expect(await cartera('cancel', 'F-3', '--why', 'invoiced twice')).toContain('F-3 cancelled: MX$100.00')
  expect(await cartera('write-off', 'F-4', '--why', 'dissolved')).toContain('asked for: write-off')

  const { pause } = await result('pause', '--customer', 'C-1', '--to', inDays(5), '--why', 'flooded')
  expect(await cartera('case', 'C-1')).toMatch(/Pauses\n {2}\d+ {2}C-1: .* flooded/)
  expect(await cartera('resume', String(pause), '--why', 'dry again')).toContain(`pause ${pause} resumed`)
  const { promise } = await result(
    'promise',
    'record',
    'F-5',
    '--on',
    `${inDays(3)}=40`,
    '--on',
    `${inDays(6)}=60`,
    '--by',
    'Laura',
  )
  const replaced = await result(
    'promise',
    'replace',
    String(promise),
    'F-5',
    '--on',
    inDays(7),
    '--by',
    'Laura',
    '--why',
    'bank was closed',
  )
  expect(
    await cartera(
      'promise',
      'withdraw',
      String(replaced.promise),
      '--why',
      'our mistake',
      '--supplier-error',
    ),
  ).toContain('withdrawn')
  expect(
    await cartera('contact', 'add', '--customer', 'C-1', '--name', 'Pagos', '--email', 'otro@example.com'),
  ).toContain('otro@example.com')
  expect(
    await cartera('contact', 'log', '--customer', 'C-1', '--person', 'Laura', '--result', 'reached'),
  ).toContain('called Laura: reached')
  expect(await cartera('policy', 'adopt', '--customer', 'C-1')).toContain('adopted')
  expect(await cartera('regroup', 'C-1')).toContain('no other case')

  await ledger.database.rows(
    `INSERT INTO task (company, customer_id, case_id, kind, subject, owner, state, opened_on, opened_at, due_on)
     SELECT company, customer_id, id, 'hold_orders', 'overdue', 'ana', 'open', current_date, now(), current_date FROM collection_case`,
  )
  const list = await cartera('worklist', '--analyst', 'ana')
  expect(list).toContain('hold orders: overdue by the policy')
  const [, task] = /(\d+) +hold orders/.exec(list)!
  expect(await cartera('worklist', '--analyst', 'ana', '--explain')).toMatch(/C-1 Customer C-1: \d+ points\n/)
  const snooze = ['worklist', 'snooze', 'C-1', '--analyst', 'ana', '--until', inDays(9), '--why', 'away']
  expect(await cartera(...snooze)).toContain('C-1 snoozed for ana until')
  expect(await cartera('worklist', '--analyst', 'ana')).toBe('Nothing to do.\n')
  expect(await cartera('worklist', '--analyst', 'ana', '--snoozed')).toContain(': away')
  expect(await cartera('worklist', 'unsnooze', 'C-1', '--analyst', 'ana', '--why', 'back')).toContain(
    'C-1 is back on the list of ana',
  )
  expect(await cartera('task', 'done', task!, '--why', 'held in the ERP')).toBe(`task ${task} done\n`)
  expect(await cartera('--lang', 'es-MX', 'receivable', 'F-5')).toMatch(/promesa \d+ en lugar de la anterior/)

  const days = ['case', 'review-days', 'C-1', '--on', 'Mon, 3tue', '--include-open', '--why', 'Lic. Ramos']
  expect(await cartera(...days)).toContain('takes invoices for review on mon,3tue; next on')
  expect(await cartera('receivable', 'present', 'F-5', '--accepted-on', inDays(-1))).toMatch(
    /accepted by the customer on .*: F-5 is due on /,
  )
  const all = ['dispute', 'open', '--all-of', 'C-1', '--percent', '10', '--of', 'open', '--reason', 'quality']
  const { dispute: whole, lines } = await result(...all)
  expect(lines.map((l: { document: string }) => l.document)).toContain('F-5')
  const change = ['dispute', 'change', String(whole), '--owner', 'plant-2', '--why', 'loaded there']
  expect(await cartera(...change)).toContain('with plant-2 until')
  const split = ['dispute', 'split', String(whole), '--line', 'F-5=1', '--reason', 'other', '--why', 'two']
  expect(await cartera(...split)).toMatch(
    new RegExp(`dispute \\d+ split from ${whole} \\(other\\), with ana until`),
  )
  const file = join(tmpdir(), `disputes-${process.pid}.csv`)
  expect((await stack.cartera('dispute', 'list', '--output', file)).err).toContain('2 rows written')
  expect(readFileSync(file, 'utf8')).toMatch(/\r\n\d+,C-1,quality,plant-2,\d{4}-\d\d-\d\d,\d+\.\d\d,MXN,/)
  rmSync(file)
})
