import type { LocalDate } from '../domain/calendar.ts'
import type { ClosedAs } from '../domain/facts.ts'
import type { ReceivableKind } from '../domain/openItem.ts'
import { Refusal } from '../domain/refusal.ts'
import { documentName } from './cases.ts'
import type { Sql } from './database.ts'

export interface Receivable {
  id: number
  name: string
  document: string
  tranche: string
  customer_id: number
  payer_id: number
  case_id: number
  case_key: string
  account_id: number
  kind: ReceivableKind
  currency: string
  original_minor: bigint
  /** Debits less credits of its account: positive is owed to us. */
  balance_minor: bigint
  /** Of the claim, what was written off and not recovered: not in the balance, and money for it is still taken. */
  written_off_minor: bigint
  issued_on: LocalDate
  due_on: LocalDate
  closed_as: ClosedAs | null
  /** Charges interest of other receivables. */
  is_interest: boolean
}

/**
 * What of the claim of account `a` is written off and not recovered: hardly ever anything. No function of the database,
 * which would begin a query of its own for every row.
 */
const WRITTEN_OFF = `(coalesce((SELECT sum(amount_minor) FROM transfer WHERE credit_account = a.id AND code IN ('write_off', 'recovery')), 0)
  - coalesce((SELECT sum(amount_minor) FROM transfer WHERE debit_account = a.id AND code IN ('write_off', 'recovery')), 0))::bigint`

/** SQL of what is claimed of each receivable: what is owed, and what was written off of it. A write-off forgives nothing. */
export const CLAIMED = `(SELECT o.receivable_id, (o.owed_minor + ${WRITTEN_OFF})::bigint AS claimed_minor
  FROM owed o JOIN account a ON a.receivable_id = o.receivable_id)`

const COLUMNS = `r.id::int, r.document, r.tranche, r.customer_id::int, r.payer_id::int, r.case_id::int, k.key AS case_key, a.id::int AS account_id,
  r.kind, r.currency, r.original_minor, a.balance_minor, ${WRITTEN_OFF} AS written_off_minor, r.issued_on, r.due_on, r.closed_as, r.is_interest`

/** The receivables named `DOCUMENT` or `DOCUMENT/TRANCHE`, by those names; what isn't there is missing. */
export async function receivablesByName(
  sql: Sql,
  company: string,
  names: readonly string[],
): Promise<Map<string, Receivable>> {
  // A document may hold a slash itself, so a name with one is looked for both ways.
  const wanted = [...new Set(names)].flatMap((name) => {
    const slash = name.lastIndexOf('/')
    return slash > 0
      ? [
          [name, '1'],
          [name.slice(0, slash), name.slice(slash + 1)],
        ]
      : [[name, '1']]
  })
  const rows = await sql.rows<Receivable>(
    `SELECT DISTINCT ${COLUMNS} FROM unnest($2::text[], $3::text[]) AS wanted(document, tranche)
     JOIN receivable r ON r.company = $1 AND r.document = wanted.document AND r.tranche = wanted.tranche
     JOIN account a ON a.receivable_id = r.id JOIN collection_case k ON k.id = r.case_id`,
    [company, wanted.map((w) => w[0]), wanted.map((w) => w[1])],
  )
  const byName = new Map<string, Receivable>()
  for (const row of rows) {
    const found = { ...row, name: documentName(row) }
    byName.set(found.name, found)
    byName.set(`${found.document}/${found.tranche}`, found)
  }
  return byName
}

/**
 * The same in the order asked for.
 * @throws Refusal NotFound with the first name that isn't there
 */
export async function findReceivables(
  sql: Sql,
  company: string,
  names: readonly string[],
): Promise<Receivable[]> {
  const byName = await receivablesByName(sql, company, names)
  return names.map((name) => named(byName, name))
}

/** @throws Refusal NotFound */
export function named(byName: ReadonlyMap<string, Receivable>, name: string): Receivable {
  const found = byName.get(name)
  if (!found) throw new Refusal('NotFound', { what: 'receivable', id: name })
  return found
}

export async function findReceivable(sql: Sql, company: string, name: string): Promise<Receivable> {
  return (await findReceivables(sql, company, [name]))[0]!
}

/** In the order of their ids. */
export const receivablesById = async (sql: Sql, ids: readonly number[]): Promise<Receivable[]> =>
  (
    await sql.rows<Receivable>(
      `SELECT ${COLUMNS} FROM receivable r JOIN account a ON a.receivable_id = r.id JOIN collection_case k ON k.id = r.case_id
       WHERE r.id = ANY($1) ORDER BY r.id`,
      [ids],
    )
  ).map((row) => ({ ...row, name: documentName(row) }))

/** The same, read again after the customers' locks were taken. */
export const readAgain = (
  sql: Sql,
  company: string,
  receivables: readonly Receivable[],
): Promise<Receivable[]> =>
  findReceivables(
    sql,
    company,
    receivables.map((r) => `${r.document}/${r.tranche}`),
  )

/**
 * Closes what is no longer owed and re-opens what is again, where it stood; says which changed. Those are looked at once
 * more: what was planned about a closed one must go. What money closed and a write-off has a part in is written off,
 * until all of it is recovered.
 */
export async function settleStages(
  sql: Sql,
  receivableIds: readonly number[],
  closedAs: ClosedAs,
): Promise<{ id: number; closed: boolean }[]> {
  return sql.rows<{ id: number; closed: boolean }>(
    `UPDATE receivable r SET
       touched = true,
       closed_as = now.closed_as,
       stage = CASE WHEN now.closed_as IS NOT NULL THEN 'closed' WHEN r.stage = 'closed' THEN coalesce(r.closed_at_stage, 'current') ELSE r.stage END,
       closed_at_stage = CASE WHEN r.stage <> 'closed' THEN r.stage ELSE r.closed_at_stage END,
       next_action_at = CASE WHEN now.closed_as IS NULL THEN r.next_action_at END
     FROM (SELECT x.id, CASE WHEN o.owed_minor <> 0 THEN NULL
              WHEN coalesce(x.closed_as, $2) NOT IN ('paid', 'credited', 'written_off') THEN coalesce(x.closed_as, $2)
              WHEN ${WRITTEN_OFF} > 0 THEN 'written_off'
              WHEN x.closed_as IS NULL OR x.closed_as = 'written_off' THEN $2
              ELSE x.closed_as END AS closed_as
           FROM receivable x JOIN owed o ON o.receivable_id = x.id JOIN account a ON a.receivable_id = x.id WHERE x.id = ANY($1) OFFSET 0) now -- worked out once, not wherever it is used
     WHERE r.id = now.id AND now.closed_as IS DISTINCT FROM r.closed_as
     RETURNING r.id::int, r.closed_as IS NOT NULL AS closed`,
    [receivableIds, closedAs],
  )
}
