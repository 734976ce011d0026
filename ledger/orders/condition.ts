import type { Amount } from '../../domain/orders/exposure.ts'
import { convert, type Rates } from '../../domain/orders/rates.ts'
import { stillAnnounced } from '../announcedMoney.ts'
import type { Customer } from '../customers.ts'
import type { Sql } from '../database.ts'
import type { Condition } from './orders.ts'

/*
 * Money of a group since a condition was made: what came to the accounts of those who pay for it, posted or identified, but
 * for what settles items of others; and what the source says is settled. Transfers from one on are a range of the primary
 * key: those of some hours. They tell what came into the books later; a posting may have begun, and be dated, before.
 */
const PAID = `
WITH payers AS (
  SELECT payer_id FROM customer WHERE id = ANY($1) UNION SELECT payer_id FROM receivable WHERE customer_id = ANY($1) AND closed_as IS NULL),
came AS (
  SELECT f.receipt_id, f.currency, sum(f.amount_minor) AS minor FROM transfer f JOIN account u ON u.id = f.credit_account
  WHERE f.id > $2 AND f.code IN ('receipt', 'identification') AND f.reverses_id IS NULL AND u.payer_id IN (SELECT payer_id FROM payers)
  GROUP BY f.receipt_id, f.currency)
SELECT c.currency, (c.minor - coalesce((
    SELECT sum(CASE WHEN t.reverses_id IS NULL THEN t.amount_minor ELSE -t.amount_minor END) FROM transfer t
    JOIN account u ON u.id IN (t.debit_account, t.credit_account) AND u.payer_id IN (SELECT payer_id FROM payers)
    JOIN account a ON a.id IN (t.debit_account, t.credit_account)
    JOIN receivable r ON r.id = a.receivable_id
    WHERE t.receipt_id = c.receipt_id AND t.id > $2 AND t.code = 'application' AND r.customer_id <> ALL ($1)), 0))::bigint AS minor
FROM came c JOIN receipt q ON q.id = c.receipt_id WHERE q.reversed_at IS NULL
UNION ALL
SELECT t.currency, CASE WHEN t.code = 'source_settlement' THEN t.amount_minor ELSE -t.amount_minor END
FROM transfer t JOIN account a ON a.id = CASE WHEN t.code = 'source_settlement' THEN t.credit_account ELSE t.debit_account END
JOIN receivable r ON r.id = a.receivable_id
WHERE t.id > $2 AND coalesce(t.moves_id, t.id) > $2 AND t.code IN ('source_settlement', 'source_reopening') AND r.customer_id = ANY($1)`

/** Whether what was asked for has been paid, or announced where that counts, since. Money in a currency without a rate doesn't count. */
export async function isMet(
  sql: Sql,
  group: readonly Customer[],
  condition: Condition,
  rates: Rates,
): Promise<boolean> {
  const ids = group.map((c) => c.id)
  const paid = await sql.rows<Amount>(PAID, [ids, condition.afterTransfer])
  const announced = condition.announced
    ? await stillAnnounced(sql, group[0]!.company, ids, condition.since)
    : []
  const sum = [...paid, ...announced].reduce(
    (total, { currency, minor }) => total - (convert(-minor, currency, condition.currency, rates) ?? 0n),
    0n,
  )
  return sum >= condition.minor
}
