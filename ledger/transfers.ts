import type { Instant, LocalDate } from '../domain/calendar.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Sql } from './database.ts'

export type ContraKind =
  | 'bank'
  | 'sales'
  | 'opening_balance'
  | 'allowance'
  | 'interest_and_fees'
  | 'write_off'
  | 'unidentified'
  | 'in_transit'
  | 'agency_payable'
  | 'collection_costs'

export interface NewTransfer {
  debit: number
  credit: number
  currency: string
  minor: bigint
  code: string
  reference?: string
  key: string
  reverses?: number
  /** The first application of money that this one carries along to a replacement. */
  moves?: number
  receiptId?: number | null
  valueOn: LocalDate
  postingOn: LocalDate
}

export interface Posting {
  company: string
  actor: string
  now: Instant
}

/** A transfer as it is in the books. */
export interface Posted {
  id: number
  debit_account: number
  credit_account: number
  currency: string
  amount_minor: bigint
  value_on: LocalDate
  posting_on: LocalDate
}

/** Takes a transfer back, valued like it, in the books on a day or on its own when that is later. */
export const mirrorOf = (
  t: Posted,
  postingOn: LocalDate,
  { code, reference }: { code: string; reference: string },
) => ({
  debit: t.credit_account,
  credit: t.debit_account,
  currency: t.currency,
  minor: t.amount_minor,
  code,
  reference,
  key: `reversal:${t.id}`,
  reverses: t.id,
  valueOn: t.value_on,
  postingOn: t.posting_on > postingOn ? t.posting_on : postingOn,
})

/** The account of a receivable. */
export async function receivableAccount(sql: Sql, receivableId: number): Promise<number> {
  const row = await sql.one<{ id: bigint }>('SELECT id FROM account WHERE receivable_id = $1', [receivableId])
  if (!row) throw new Error(`receivable ${receivableId} has no account`)
  return Number(row.id)
}

/** An account that isn't a receivable's, made when it is first needed. */
export async function accountOf(
  sql: Sql,
  company: string,
  kind: ContraKind | 'unapplied',
  currency: string,
  payerId: number | null = null,
  /** Who has the money of it, or is owed it. */
  holder = '',
): Promise<number> {
  const find = () =>
    sql.one<{ id: bigint }>(
      `SELECT id FROM account WHERE company = $1 AND kind = $2 AND currency = $3 AND coalesce(payer_id, 0) = coalesce($4::bigint, 0)
         AND holder = $5 AND kind NOT IN ('receivable', 'interest')`,
      [company, kind, currency, payerId, holder],
    )
  const found = await find()
  if (found) return Number(found.id)
  await sql.rows(
    `INSERT INTO account (company, kind, currency, payer_id, holder, balance_minor)
     VALUES ($1, $2, $3, $4, $5, CASE WHEN $2 IN ('unapplied', 'unidentified') THEN 0 END) ON CONFLICT DO NOTHING`,
    [company, kind, currency, payerId, holder],
  )
  return Number((await find())!.id)
}

/** `accountOf` of one company that asks for each account once: for work on many receipts. */
export type Accounts = (
  kind: ContraKind | 'unapplied',
  currency: string,
  payerId?: number | null,
) => Promise<number>

export function accountsOf(sql: Sql, company: string): Accounts {
  const known = new Map<string, Promise<number>>()
  return (kind, currency, payerId = null) => {
    const key = `${kind} ${currency} ${payerId}`
    const account = known.get(key) ?? accountOf(sql, company, kind, currency, payerId)
    known.set(key, account)
    return account
  }
}

/** Writes transfers in one statement; the database keeps the balances and refuses what mustn't be. */
export async function postTransfers(sql: Sql, posting: Posting, transfers: NewTransfer[]): Promise<number[]> {
  if (transfers.length === 0) return []
  const company = await sql.one<{ on: LocalDate | null }>(
    'SELECT books_closed_through AS on FROM company WHERE id = $1',
    [posting.company],
  )
  if (company?.on && transfers.some((t) => t.postingOn <= company.on!))
    throw new Refusal('BooksClosed', { through: company.on })
  const rows = await sql.rows<{ id: bigint }>(
    `INSERT INTO transfer (company, debit_account, credit_account, currency, amount_minor, code, reference,
                           idempotency_key, reverses_id, moves_id, receipt_id, actor, value_on, posting_on, recorded_at)
     SELECT $1, debit, credit, currency, minor, code, coalesce(reference, ''), key, reverses, moves, "receiptId", $3,
            "valueOn", "postingOn", to_timestamp($4 / 1000.0)
     FROM jsonb_to_recordset($2::jsonb) AS t(debit bigint, credit bigint, currency text, minor bigint, code text,
            reference text, key text, reverses bigint, moves bigint, "receiptId" bigint, "valueOn" date, "postingOn" date)
     RETURNING id`,
    [
      posting.company,
      JSON.stringify(transfers.map((t) => ({ ...t, minor: Number(t.minor) }))),
      posting.actor,
      posting.now,
    ],
  )
  return rows.map((row) => Number(row.id))
}
