import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { addDays, localDateOf } from '../../domain/calendar.ts'
import { freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

const inDays = (n: number) => addDays(localDateOf(Date.now(), 'America/Mexico_City'), n)
const names = { 'es-MX': 'Cheque devuelto', en: 'Returned cheque', amount: { MXN: '400.00' } }
/** 0.1 % a day. */
const interest = {
  rates: [{ from: '2020-01-01', percent: '36' }],
  minimum: { MXN: '50.00' },
  fees: [{ ...names, id: 'returned_cheque' }],
}
const approvals = { matrix: [{ kinds: ['interest_waiver'], levels: [] }] }

test('interest is shown with how it came to be, fees are added, waived and charged; a rule says why not', {
  timeout: 240_000,
}, async () => {
  const policy = testPolicy({ interest, approvals })
  const ledger = await freshLedger([policy])
  const stack = await startStack(ledger)
  onTestFinished(() => stack.stop())
  await loadItems(
    ledger.database,
    [{ document: 'F-1', due: inDays(-40), issued: inDays(-70) }],
    Date.now(),
    true,
  )
  await ledger.database.rows('UPDATE receivable SET held = false')
  const cartera = async (...args: string[]) => {
    const { code, out, err } = await stack.cartera(...args)
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' })
    return out
  }

  const shown = await cartera('interest', 'show', 'C-1', 'F-1')
  expect(shown).toMatch(/F-1 .* MX\$40\.00 .*MX\$40\.00/)
  expect(shown).toMatch(/How the interest of F-1 came to be/)
  expect(shown).toMatch(/ 40 +MX\$1,000\.00 +36 %/)
  const few = await stack.cartera('interest', 'charge', 'C-1')
  expect(few).toMatchObject({
    code: 3,
    err: expect.stringContaining('Only 40.00 of interest are open at C-1'),
  })
  const unknown = await stack.cartera('interest', 'fee', 'C-1', 'F-1', 'late', '--why', 'late')
  expect(unknown).toMatchObject({ code: 3, err: expect.stringContaining('There are: returned_cheque') })
  expect((await stack.cartera('interest', 'fee', 'C-1', 'F-1', '--why', 'late')).code).toBe(2)

  expect(await cartera('interest', 'fee', 'C-1', 'F-1', 'returned_cheque', '--why', 'cheque 77')).toBe(
    'fee of MX$400.00 for F-1 (returned_cheque)\n',
  )
  expect(await cartera('interest', 'waive', 'C-1', '--percent', '25', '--why', 'good customer')).toBe(
    'interest waived: F-1 MX$110.00\n',
  )
  expect(await cartera('interest', 'charge', 'C-1')).toMatch(
    /^interest note INT-C-1-1 of MX\$330\.00, due on .*: F-1 MX\$330\.00\n$/,
  )
  expect(JSON.parse(await cartera('interest', 'show', 'C-1', '--json'))).toMatchObject({
    receivables: [
      {
        document: 'F-1',
        interest: '40.00',
        fees: '400.00',
        waived: '110.00',
        charged: '330.00',
        open: '0.00',
      },
    ],
    notes: [{ document: 'INT-C-1-1', open: '330.00' }],
  })
  expect(await cartera('receivable', 'show', 'F-1', '--lang', 'es-MX')).toMatch(
    /Intereses, aparte +\$0\.00 \(intereses \$40\.00, cargos \$400\.00, en notas \$330\.00, condonado \$110\.00\)/,
  )

  const file = join(stack.inboxDir, 'mine.yaml')
  writeFileSync(file, JSON.stringify(policy))
  expect(await cartera('policy', 'explain', file)).toContain(
    '36 % a year from Jan 01, 2020 on, simple interest',
  )
  expect(await cartera('policy', 'explain', 'standard')).toContain(
    'Overdue items bear no interest and no fees.',
  )
})
