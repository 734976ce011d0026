import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addDays, localDateOf } from '../../domain/calendar.ts'
import { freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

test('calls, visits, money taken on the spot and stand-ins are a command each', {
  timeout: 240_000,
}, async () => {
  const ledger = await freshLedger([testPolicy({ calendar: 'every-day' })])
  const stack = await startStack(ledger)
  const dir = mkdtempSync(join(tmpdir(), 'cartera-proof-'))
  onTestFinished(async () => {
    await stack.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  const today = localDateOf(Date.now(), 'America/Mexico_City')
  const inDays = (n: number) => addDays(today, n)
  await loadItems(
    ledger.database,
    ['F-1', 'F-2'].map((document) => ({ document, due: inDays(20), amount: 1000 })),
    Date.now(),
  )
  const cartera = async (...args: string[]) => {
    const { code, out, err } = await stack.cartera(...args)
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' })
    if (process.env.CARTERA_TEST_VERBOSE) console.log(`$ cartera ${args.join(' ')}\n${out}`)
    return out
  }
  const result = async (...args: string[]) => JSON.parse(await cartera(...args, '--json')).result

  // A visit, asked for, planned and made.
  const { task } = await result(
    'task',
    'add',
    'visit',
    '--document',
    'F-1',
    '--what',
    'recoger pago',
    '--due',
    inDays(2),
  )
  const planned = await cartera(
    ...['task', 'plan', String(task), '--at', `${inDays(1)}T10:00-06:00`, '--place', 'Bodega 4'],
    ...['--priority', 'high', '--why', 'agreed by telephone'],
  )
  expect(planned).toContain('Bodega 4, priority high')
  await cartera('task', 'assign', String(task), '--to', 'bea', '--why', 'she is near')
  expect(await cartera('worklist', '--analyst', 'bea')).toContain('visit: recoger pago')

  // Bea is away: ana sees it, and whose it is.
  const { absence } = await result(
    ...[
      'absence',
      'record',
      'bea',
      '--stand-in',
      'ana',
      '--from',
      today,
      '--to',
      inDays(3),
      '--why',
      'curso',
      '--as',
      'sofía',
    ],
  )
  expect(await cartera('worklist', '--analyst', 'ana')).toContain('visit: recoger pago (for bea)')
  expect(await cartera('absence', 'list')).toMatch(/bea .* ana +curso/)
  expect(await cartera('--lang', 'es-MX', 'task', 'show', String(task))).toMatch(
    /Para +ana \(por bea\)\nPrioridad +alta\n/,
  )

  const photo = join(dir, 'bodega.jpg')
  writeFileSync(photo, 'a photo')
  const { contact } = await result(
    ...[
      'contact',
      'log',
      '--task',
      String(task),
      '--channel',
      'visit',
      '--person',
      'Luis',
      '--result',
      'reached',
    ],
    ...[
      '--at',
      new Date(Date.now() - 60_000).toISOString(),
      '--place',
      'Bodega 4',
      '--photo',
      photo,
      '--notes',
      'pagó la mitad',
    ],
  )
  const issued = await cartera(
    ...[
      'provisional',
      'issue',
      'F-1',
      '--amount',
      '500',
      '--from',
      'Luis',
      '--contact',
      String(contact),
      '--signed',
      photo,
    ],
  )
  expect(issued).toContain('provisional receipt 1 of MX$500.00 for Luis: F-1; to be in the books by')
  const list = await cartera('contact', 'list', '--customer', 'C-1')
  expect(list).toContain(`visit, Luis: reached, by ana`)
  expect(list).toContain('provisional receipt 1')
  const [, kept] = /photo bodega\.jpg \(document (\d+)\)/.exec(list)!
  await cartera('document', 'get', kept!, join(dir, 'again.jpg'))
  expect(readFileSync(join(dir, 'again.jpg'), 'utf8')).toBe('a photo')
  expect(await cartera('--lang', 'es-MX', 'receivable', 'F-1')).toContain(
    'se recibió dinero con un recibo provisional',
  )
  expect(await cartera('case', 'C-1')).toMatch(
    /Provisional receipts\n {2}1 {2}MX\$500\.00 until .*; F-1; by ana/,
  )
  expect(await cartera('provisional', 'list')).toMatch(/1 +C-1 +MX\$500\.00/)

  await cartera(
    'pay',
    '--customer',
    'C-1',
    '--amount',
    '500',
    '--form',
    'cash',
    '--number',
    'R-1',
    '--apply',
    'F-1',
  )
  expect(await cartera('provisional', 'convert', '1', '--receipt', 'R-1')).toContain(
    'in the books as receipt R-1',
  )
  expect(JSON.parse(await cartera('provisional', 'show', '1', '--json'))).toMatchObject({
    state: 'converted',
    receipt: 'R-1',
    proof: [{ name: 'bodega.jpg', kind: 'signed' }],
  })
  const again = await stack.cartera('provisional', 'cancel', '1', '--why', 'x')
  expect(again).toMatchObject({ code: 3, err: expect.stringContaining('is not open: in the books') })
  expect(await stack.cartera('provisional', 'show', '9')).toMatchObject({ code: 4 })

  // What came of a conversation may be told later; what the policy doesn't know is refused with what it has.
  const { promise } = await result('promise', 'record', 'F-2', '--on', inDays(3), '--by', 'Luis')
  await cartera('contact', 'complete', String(contact), '--promise', String(promise))
  expect(await cartera('promise', 'list', '--customer', 'C-1')).toMatch(
    /open .* MX\$1,000\.00 +MX\$0\.00 +Luis +F-2/,
  )
  const unknown = await stack.cartera(
    'contact',
    'log',
    '--customer',
    'C-1',
    '--person',
    'x',
    '--result',
    'maybe',
  )
  expect(unknown).toMatchObject({ code: 3, err: expect.stringContaining('It has: reached, promised') })
  expect(
    await cartera(
      'contact',
      'log',
      '--customer',
      'C-1',
      '--person',
      'Luis',
      '--result',
      'reached',
      '--back',
      inDays(2),
    ),
  ).toMatch(/task \d+ \(call\) made/)

  expect(await cartera('absence', 'end', String(absence), '--back', today, '--why', 'cancelled')).toContain(
    `bea is back on`,
  )
  expect(await cartera('absence')).toBe('Nothing.\n')
})
