import { expect, test } from 'vitest'
import { limitOf } from '../../../ledger/credit/limit.ts'
import { COMPANY, freshLedger } from '../../setup/ledger.ts'
import { loadItems, noon } from '../../setup/portfolio.ts'

test('the limit of any day is read from what was decided, which nobody can alter', async () => {
  const { database, owner } = await freshLedger()
  await loadItems(database, [{ document: 'F-1', due: '2026-04-10' }], noon('2026-03-09'))
  await database.rows(
    `INSERT INTO credit_line (company, customer_id, kind, currency) VALUES ($1, 1, 'base', 'MXN')`,
    [COMPANY],
  )
  const grant = (seq: number, what: string, minor: bigint, from: string, to: string | null = null) =>
    database.rows(
      `INSERT INTO credit_line_term (line_id, kind, seq, what, amount_minor, valid_from, valid_to, why, actor, recorded_at)
       VALUES (1, 'base', $1, $2, $3, $4, $5, 'x', 'ana', to_timestamp(0))`,
      [seq, what, minor, from, to],
    )
  // Beyond what a number of JSON carries.
  await grant(1, 'granted', 9_007_199_254_740_993n, '2026-01-01')
  await grant(2, 'reduced', 5n, '2026-04-01', '2026-04-30')
  await database.rows(
    `INSERT INTO guarantee (company, customer_id, kind, reference, given_by, currency) VALUES ($1, 1, 'deposit', 'D-1', 'Banco', 'USD')`,
    [COMPANY],
  )
  await database.rows(
    `INSERT INTO guarantee_term (guarantee_id, seq, what, amount_minor, coverage_percent, valid_from, why, actor, recorded_at)
     VALUES (1, 1, 'registered', 1000, 95, '2026-04-15', 'x', 'ana', to_timestamp(0))`,
  )
  const on = async (day: string) => (await limitOf(database, [1], day)).map((l) => `${l.currency} ${l.minor}`)
  expect(await on('2025-12-31')).toEqual([])
  expect(await on('2026-03-31')).toEqual(['MXN 9007199254740993'])
  expect(await on('2026-04-30')).toEqual(['MXN 5', 'USD 950'])
  expect(await on('2026-05-01')).toEqual(['USD 950'])
  expect(await limitOf(database, [2], '2026-04-30')).toEqual([])

  await expect(database.rows(`UPDATE credit_line_term SET amount_minor = 6`)).rejects.toThrow(/denied/)
  await expect(owner.rows(`DELETE FROM guarantee_term`)).rejects.toThrow(/append-only/)
  await expect(
    database.rows(
      `INSERT INTO credit_line (company, customer_id, kind, currency) VALUES ($1, 1, 'base', 'MXN')`,
      [COMPANY],
    ),
  ).rejects.toThrow(/one_base_line/)
})
