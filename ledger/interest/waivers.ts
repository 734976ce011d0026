import { toDecimal } from '../../domain/money.ts'
import { documentName } from '../cases.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { settleStages } from '../receivables.ts'
import type { CommandScope } from '../scope.ts'
import { accountsOf, mirrorOf, type NewTransfer, type Posted, postTransfers } from '../transfers.ts'
import { accrue, bookDays, interestAsOf, interestKey } from './accrual.ts'

/**
 * A waiver takes interest back from the books: from the account of a receivable what wasn't charged, from a note what is
 * open of it. It can be restored, as long as the ledger is.
 */

/** What this part needs of a command's scope: the customer is locked, its rules are read. */
export type InterestScope = Pick<CommandScope, 'customer' | 'policyId' | 'policy' | 'today' | 'asking'>

/** An invoice whose uncharged interest is meant, or an interest note itself. */
export interface InterestPart {
  receivable: number
  minor: bigint
}

export interface OpenInterest {
  receivable: number
  document: string
  currency: string
  /** Interest and fees up to today that aren't charged or waived; of a note, what is open of it. */
  openMinor: bigint
}

export interface Waived {
  /** One of each part: what `restoreInterest` takes back. */
  transfers: number[]
  parts: (OpenInterest & { minor: bigint })[]
}

/** What can be waived today of these receivables, notes of interest among them too; what has none isn't there. */
export async function openInterest(
  sql: Sql,
  scope: Pick<InterestScope, 'today'>,
  receivables: readonly number[],
): Promise<Map<number, OpenInterest>> {
  const standings = await interestAsOf(sql, receivables, scope.today)
  const uncharged = standings
    .filter(({ openMinor }) => openMinor > 0n)
    .map(({ claim, openMinor }) => ({
      receivable: claim.id,
      document: claim.document,
      currency: claim.claim.currency,
      openMinor,
    }))
  const notes = (await notesOf(sql, receivables)).map(({ account: _, ...note }) => note)
  return new Map([...uncharged, ...notes].map((open) => [open.receivable, open]))
}

async function notesOf(
  sql: Sql,
  receivables: readonly number[],
): Promise<(OpenInterest & { account: number })[]> {
  const rows = await sql.rows<{
    id: number
    document: string
    tranche: string
    currency: string
    account: number
    minor: bigint
  }>(
    `SELECT r.id::int, r.document, r.tranche, r.currency, a.id::int AS account, a.balance_minor AS minor
     FROM receivable r JOIN account a ON a.receivable_id = r.id
     WHERE r.id = ANY($1) AND r.is_interest AND a.balance_minor > 0 ORDER BY r.due_on, r.id`,
    [receivables],
  )
  return rows.map((row) => ({
    receivable: row.id,
    document: documentName(row),
    currency: row.currency,
    openMinor: row.minor,
    account: row.account,
  }))
}

/**
 * Waives so much of each, or what is open of it when that is less; tells the journal. Whoever calls it has the authority.
 */
export async function waiveInterest(
  sql: Sql,
  scope: InterestScope,
  waiver: { parts: readonly InterestPart[]; reference: string; why: string },
): Promise<Waived> {
  const { asking, customer, today } = scope
  const ids = waiver.parts.map(({ receivable }) => receivable)
  const accrued = await accrue(sql, asking, customer.id, ids, today)
  const notes = await notesOf(sql, ids)
  const accounts = accountsOf(sql, asking.company)
  const postingOn = (await bookDays(sql, asking))(today)
  const parts: Waived['parts'] = []
  const transfers: NewTransfer[] = []
  for (const { receivable, minor: asked } of waiver.parts) {
    const standing = accrued.find(({ claim }) => claim.id === receivable)
    const note = notes.find((one) => one.receivable === receivable)
    const open = standing
      ? {
          document: standing.claim.document,
          currency: standing.claim.claim.currency,
          openMinor: standing.openMinor,
        }
      : note
    const minor = !open ? 0n : asked < open.openMinor ? asked : open.openMinor
    if (!open || minor <= 0n) continue
    parts.push({
      receivable,
      document: open.document,
      currency: open.currency,
      openMinor: open.openMinor,
      minor,
    })
    transfers.push({
      debit: await accounts('interest_and_fees', open.currency),
      credit: standing ? standing.claim.account.id! : note!.account,
      currency: open.currency,
      minor,
      code: 'interest_waiver',
      reference: waiver.reference,
      key: standing ? interestKey(standing.claim) : `interest_waiver:${receivable}:${asking.key}`,
      valueOn: today,
      postingOn,
    })
  }
  const posted = await postTransfers(sql, asking, transfers)
  if (posted.length > 0) await tell(sql, scope, 'interest waived', parts, waiver)
  return { transfers: posted, parts }
}

/** Takes waivers back by mirrored transfers: what was waived is owed again. What was taken back already is left alone. */
export async function restoreInterest(
  sql: Sql,
  scope: InterestScope,
  restore: { transfers: readonly number[]; why: string; reference?: string },
): Promise<{ parts: (OpenInterest & { minor: bigint })[] }> {
  const { asking, today } = scope
  const waivers = await sql.rows<
    Posted & { reference: string; receivable: number; document: string; tranche: string }
  >(
    `SELECT t.id::int, t.debit_account::int, t.credit_account::int, t.currency, t.amount_minor, t.value_on, t.posting_on,
       t.reference, r.id::int AS receivable, r.document, r.tranche
     FROM transfer t JOIN account a ON a.id = t.credit_account JOIN receivable r ON r.id = coalesce(a.interest_of, a.receivable_id)
     WHERE t.id = ANY($1) AND t.company = $2 AND t.code = 'interest_waiver' AND r.customer_id = $3 AND t.reverses_id IS NULL
       AND NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id) ORDER BY t.id`,
    [restore.transfers, asking.company, scope.customer.id],
  )
  const postingOn = (await bookDays(sql, asking))(today)
  await postTransfers(
    sql,
    asking,
    waivers.map((t) => mirrorOf(t, postingOn, { code: 'interest_waiver', reference: t.reference })),
  )
  const parts = waivers.map((t) => ({
    receivable: t.receivable,
    document: documentName(t),
    currency: t.currency,
    openMinor: t.amount_minor,
    minor: t.amount_minor,
  }))
  const reference = restore.reference ?? waivers[0]?.reference ?? ''
  if (parts.length > 0) await tell(sql, scope, 'interest restored', parts, { ...restore, reference })
  return { parts }
}

/** Notes that are paid by it close, and open again; the journal hears of it. */
async function tell(
  sql: Sql,
  { asking, customer }: InterestScope,
  event: string,
  parts: Waived['parts'],
  { reference, why }: { reference: string; why: string },
): Promise<void> {
  const receivables = parts.map(({ receivable }) => receivable)
  const notes = await sql.rows<{ id: number }>(
    'SELECT id::int FROM receivable WHERE id = ANY($1) AND is_interest',
    [receivables],
  )
  await settleStages(
    sql,
    notes.map(({ id }) => id),
    'credited',
  )
  await appendToJournal(sql, asking.company, customer.id, {
    event,
    actor: asking.actor,
    at: asking.now,
    ...(why === '' ? {} : { why }),
    receivables,
    data: { reference, lines: parts.map(lineOf) },
  })
}

export const lineOf = ({
  document,
  currency,
  minor,
}: {
  document: string
  currency: string
  minor: bigint
}) => ({
  document,
  currency,
  amount: toDecimal(minor, currency),
})
