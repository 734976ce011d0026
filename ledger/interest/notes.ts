import { addDays, type LocalDate } from '../../domain/calendar.ts'
import { amountIn } from '../../domain/interest/claim.ts'
import { toDecimal } from '../../domain/money.ts'
import { insertReceivable } from '../corrections.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { type NewTransfer, postTransfers } from '../transfers.ts'
import { accrue, bookDays, type InterestStanding, interestKey } from './accrual.ts'
import { type InterestScope, lineOf } from './waivers.ts'

/*
 * A note charges what accrued on some receivables as a claim of its own: it is due, reminded of, disputed and paid like
 * any other, by its own number. A receivable of which more was charged than turned out to be owed gives it back by the
 * next note; when nothing else is charged, that is a credit note.
 */

export interface ChargedNote {
  id: number
  document: string
  currency: string
  amount: string
  dueOn: LocalDate
  lines: { document: string; currency: string; amount: string }[]
}

export interface Charged {
  notes: ChargedNote[]
  /** Too little for a note yet: it stays open. */
  below: { currency: string; amount: string; minimum: string }[]
}

/** Charges what is open of these receivables up to a day: a note per case, payer and currency. */
export async function chargeInterest(
  sql: Sql,
  scope: InterestScope,
  charge: { receivables: readonly number[]; through: LocalDate; why: string },
): Promise<Charged> {
  const { asking, customer } = scope
  const accrued = await accrue(sql, asking, customer.id, charge.receivables, charge.through)
  const groups = new Map<string, InterestStanding[]>()
  for (const standing of accrued.filter(({ openMinor }) => openMinor !== 0n)) {
    const { caseId, payerId, claim } = standing.claim
    const key = `${caseId} ${payerId} ${claim.currency}`
    groups.set(key, [...(groups.get(key) ?? []), standing])
  }
  const charged: Charged = { notes: [], below: [] }
  for (const standings of groups.values()) {
    const { currency } = standings[0]!.claim.claim
    const minor = standings.reduce((sum, { openMinor }) => sum + openMinor, 0n)
    const minimum = minimumOf(standings, currency)
    // What is to be given back is, however little.
    if (minor === 0n || (minor > 0n && minor < minimum))
      charged.below.push({
        currency,
        amount: toDecimal(minor, currency),
        minimum: toDecimal(minimum, currency),
      })
    else charged.notes.push(await issueNote(sql, scope, standings, minor, charge))
  }
  return charged
}

const minimumOf = (standings: readonly InterestStanding[], currency: string): bigint =>
  standings.reduce((least, { claim }) => {
    const minimum = amountIn(claim.rule?.minimum ?? {}, currency)
    return minimum > least ? minimum : least
  }, 0n)

async function issueNote(
  sql: Sql,
  scope: InterestScope,
  standings: readonly InterestStanding[],
  minor: bigint,
  { through, why }: { through: LocalDate; why: string },
): Promise<ChargedNote> {
  const { asking, customer, today } = scope
  const { claim: first } = standings[0]!
  const { currency } = first.claim
  const issuedOn = (await bookDays(sql, asking))(today)
  const dueOn = addDays(issuedOn, minor > 0n ? (first.rule?.note_due_days ?? 0) : 0)
  const document = await nextNumber(sql, customer)
  const note = await insertReceivable(
    sql,
    scope,
    { id: first.id, currency },
    {
      document,
      kind: minor > 0n ? 'debit_note' : 'credit_note',
      minor,
      issuedOn,
      dueOn,
      isInterest: true,
    },
  )
  const transfers = standings.map(
    ({ claim, openMinor }): NewTransfer => ({
      ...(openMinor > 0n
        ? { debit: note.account, credit: claim.account.id!, minor: openMinor }
        : { debit: claim.account.id!, credit: note.account, minor: -openMinor }),
      currency,
      code: 'interest_charge',
      reference: document,
      key: interestKey(claim),
      valueOn: issuedOn,
      postingOn: issuedOn,
    }),
  )
  const posted = await postTransfers(sql, asking, transfers)
  await sql.rows(
    `INSERT INTO interest_note_line (note_id, receivable_id, amount_minor, through_on, transfer_id)
     SELECT $1, receivable, minor, $3, transfer FROM jsonb_to_recordset($2::jsonb) AS l(receivable bigint, minor bigint, transfer bigint)`,
    [
      note.id,
      JSON.stringify(
        standings.map(({ claim, openMinor }, index) => ({
          receivable: claim.id,
          minor: Number(openMinor),
          transfer: posted[index],
        })),
      ),
      through,
    ],
  )
  const made: ChargedNote = {
    id: note.id,
    document,
    currency,
    amount: toDecimal(minor, currency),
    dueOn,
    lines: standings.map(({ claim, openMinor }) =>
      lineOf({ document: claim.document, currency, minor: openMinor }),
    ),
  }
  const { id, ...data } = made
  await appendToJournal(sql, asking.company, customer.id, {
    event: 'interest charged',
    actor: asking.actor,
    at: asking.now,
    ...(why === '' ? {} : { why }),
    receivables: [id, ...standings.map(({ claim }) => claim.id)],
    data: { ...data, through },
  })
  return made
}

async function nextNumber(sql: Sql, customer: { id: number; code: string }): Promise<string> {
  const row = await sql.one<{ n: number }>(
    `SELECT count(*)::int AS n FROM receivable WHERE customer_id = $1 AND is_interest AND replaces_id IS NULL`,
    [customer.id],
  )
  return `INT-${customer.code}-${row!.n + 1}`
}
