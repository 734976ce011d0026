import type { LocalDate } from '../../domain/calendar.ts'
import type { Amount, ExposureParts } from '../../domain/orders/exposure.ts'
import { limitOf } from '../credit/limit.ts'
import type { Customer } from '../customers.ts'
import type { Sql } from '../database.ts'
import { nettedOf } from '../unusedMoney.ts'

/** What a group of customers (or one that has no group) owes, has ordered and may owe; all of them are locked. */
export interface GroupBooks {
  /** Of each customer, by currency and due date. */
  open: readonly OpenRow[]
  /** Released orders; more are added while several are looked at. */
  reserved: (Amount & { customer: number })[]
  /** What unused money settles, by receivable. */
  netted: ReadonlyMap<number, bigint>
  limit: (Amount & { customer: number })[] | null
}

interface OpenRow extends Amount {
  customer: number
  dueOn: LocalDate
  /** Of it, what is held against orders once it is overdue. */
  askedMinor: bigint
  nettedMinor: bigint
  placed: number
  /** Who pays for them. */
  payers: number[]
}

/** What of overdue items a customer's policy doesn't hold against its orders. */
export interface Leaves {
  customer: number
  notCounted: readonly string[]
}

/*
 * Customers → their open receivables (index receivable_customer_open) → the account of each (unique index); summed by due
 * date, so that an account of thousands answers with a few hundred rows. What is promised, announced or disputed is only
 * read where a policy asks for it.
 */
const OPEN = `
SELECT r.customer_id::int AS customer, r.currency, r.due_on AS "dueOn", sum(o.owed_minor)::bigint AS minor,
  sum(CASE WHEN r.held OR c.requires_presentation AND r.presented_on IS NULL THEN 0
    WHEN l.kinds ? 'promised' AND EXISTS (SELECT FROM promise_item i WHERE i.receivable_id = r.id AND i.active) THEN 0
    WHEN l.kinds ? 'announced' AND EXISTS (SELECT FROM announced_item i JOIN announced_payment n ON n.id = i.announced_id
      WHERE i.receivable_id = r.id AND n.state = 'open') THEN 0
    WHEN l.kinds ? 'disputed' THEN greatest(0, o.owed_minor - coalesce((SELECT d.minor FROM disputed d WHERE d.receivable_id = r.id), 0))
    ELSE o.owed_minor END)::bigint AS "askedMinor",
  count(*) FILTER (WHERE r.stage IN ('legal', 'agency'))::int AS placed, array_agg(DISTINCT r.payer_id::int) AS payers
FROM receivable r JOIN customer c ON c.id = r.customer_id JOIN owed o ON o.receivable_id = r.id
LEFT JOIN jsonb_to_recordset($2::jsonb) AS l(customer bigint, kinds jsonb) ON l.customer = r.customer_id
WHERE r.customer_id = ANY($1) AND r.closed_as IS NULL AND r.kind IN ('invoice', 'debit_note', 'retention')
GROUP BY 1, 2, 3 ORDER BY 3, 1, 2`

export async function readBooks(
  sql: Sql,
  group: readonly Customer[],
  leaves: readonly Leaves[],
  today: LocalDate,
): Promise<GroupBooks> {
  const ids = group.map((c) => c.id)
  const open = await sql.rows<OpenRow>(OPEN, [
    ids,
    JSON.stringify(leaves.map(({ customer, notCounted }) => ({ customer, kinds: notCounted }))),
  ])
  const reserved = await sql.rows<Amount & { customer: number }>(
    `SELECT customer_id::int AS customer, currency, sum(reserved_minor)::bigint AS minor FROM sales_order
     WHERE customer_id = ANY($1) AND reserved_minor > 0 AND (counts_from IS NULL OR counts_from <= $2) GROUP BY 1, 2`,
    [ids, today],
  )
  return {
    open: open.map((row) => ({ ...row, nettedMinor: 0n })),
    reserved,
    netted: new Map(),
    limit: await readLimit(sql, ids, today),
    ...(await net(sql, group, open)),
  }
}

/** Takes what unused money settles off the items that it settles, which lie in the rows of their due dates. */
async function net(
  sql: Sql,
  group: readonly Customer[],
  open: readonly Omit<OpenRow, 'nettedMinor'>[],
): Promise<Partial<GroupBooks>> {
  const ids = group.map((c) => c.id)
  const netted = await nettedOf(sql, [...new Set(open.flatMap((row) => row.payers))])
  if (netted.size === 0) return {}
  const sums = new Map([...netted].map(([id, parts]) => [id, parts.reduce((sum, p) => sum + p.minor, 0n)]))
  const items = await sql.rows<{ id: number; customer: number; currency: string; dueOn: LocalDate }>(
    `SELECT id::int, customer_id::int AS customer, currency, due_on AS "dueOn" FROM receivable WHERE id = ANY($1) AND customer_id = ANY($2)`,
    [[...sums.keys()], ids],
  )
  return {
    netted: sums,
    open: open.map((row) => ({
      ...row,
      nettedMinor: items.reduce(
        (sum, i) =>
          i.customer === row.customer && i.currency === row.currency && i.dueOn === row.dueOn
            ? sum + sums.get(i.id)!
            : sum,
        0n,
      ),
    })),
  }
}

/** Null when none of them ever had a line or a guarantee; one that has lapsed is a limit of nothing. */
async function readLimit(sql: Sql, ids: readonly number[], today: LocalDate): Promise<GroupBooks['limit']> {
  const limits = await limitOf(sql, ids, today)
  if (limits.length > 0)
    return limits.map(({ customerId, currency, minor }) => ({ customer: customerId, currency, minor }))
  const before = await sql.rows<{ customer: number; currency: string }>(
    `SELECT customer_id::int AS customer, currency FROM credit_line WHERE customer_id = ANY($1)
     UNION SELECT customer_id::int, currency FROM guarantee WHERE customer_id = ANY($1) ORDER BY 1, 2 LIMIT 1`,
    [ids],
  )
  return before.length === 0 ? null : before.map((row) => ({ ...row, minor: 0n }))
}

/** What all of them stand for together. */
export const together = ({ open, reserved, limit }: GroupBooks): ExposureParts => ({
  owed: open,
  reserved,
  netted: open.map(({ currency, nettedMinor }) => ({ currency, minor: nettedMinor })),
  limit,
})

/** What one of them stands for, against a limit of its own. */
export const alone = (books: GroupBooks, customer: number, limit: Amount): ExposureParts => {
  const open = books.open.filter((row) => row.customer === customer)
  return {
    ...together({ ...books, open, reserved: books.reserved.filter((r) => r.customer === customer) }),
    limit: [limit],
  }
}
