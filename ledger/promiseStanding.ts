import { addDays, type LocalDate } from '../domain/calendar.ts'
import { toDecimal } from '../domain/money.ts'
import {
  countsAgainst,
  type HowPaid,
  howPaid,
  type Instalment,
  type PaidTowards,
  type PromiseOutcome,
  standingOfPromise,
} from '../domain/promise.ts'
import type { Asking } from './commands.ts'
import type { Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { nettedOf } from './unusedMoney.ts'

/** How promises stand, by the money that came: open, kept early, not kept, corrected. */

export type PromiseState = PromiseOutcome | 'withdrawn' | 'replaced'

export interface PromiseRow {
  id: number
  customer_id: number
  currency: string
  state: PromiseState
  made_on: LocalDate
  made_by: string
  closed_on: LocalDate | null
  threshold_percent: number
  after_transfer: bigint
  supplier_error: boolean
  replaces_id: number | null
  receivables: number[]
  documents: string[]
  instalments: { no: number; dueOn: LocalDate; decidedAfter: LocalDate; minor: number }[]
}

export const PROMISES = `SELECT p.id::int, p.customer_id::int, p.currency, p.state, p.made_on, p.made_by, p.closed_on, p.threshold_percent, p.after_transfer, p.supplier_error, p.replaces_id::int,
    (SELECT array_agg(i.receivable_id::int ORDER BY i.receivable_id) FROM promise_item i WHERE i.promise_id = p.id) AS receivables,
    (SELECT array_agg(r.document ORDER BY r.id) FROM promise_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.promise_id = p.id) AS documents,
    (SELECT jsonb_agg(jsonb_build_object('no', n.no, 'dueOn', n.due_on, 'decidedAfter', n.decided_after, 'minor', n.amount_minor) ORDER BY n.no)
     FROM promise_instalment n WHERE n.promise_id = p.id) AS instalments
  FROM promise p`

export async function closePromise(
  sql: Sql,
  asking: Pick<Asking, 'company' | 'actor' | 'now'>,
  promise: PromiseRow,
  state: PromiseRow['state'],
  today: LocalDate,
  details: { why?: string; paidMinor?: bigint } = {},
): Promise<void> {
  await sql.rows('UPDATE promise SET state = $2, closed_on = $3 WHERE id = $1', [promise.id, state, today])
  await sql.rows('UPDATE promise_item SET active = false WHERE promise_id = $1', [promise.id])
  await appendToJournal(sql, asking.company, promise.customer_id, {
    event: `promise ${state.replace('_', ' ')}`,
    actor: asking.actor,
    at: asking.now,
    ...(details.why === undefined ? {} : { why: details.why }),
    receivables: promise.receivables,
    data: {
      promise: promise.id,
      currency: promise.currency,
      ...(details.paidMinor === undefined ? {} : { paid: toDecimal(details.paidMinor, promise.currency) }),
    },
  })
}

/** How a customer keeps its word: promises kept, and those that count against it (`brokenCount`). */
export interface PromiseRecord {
  kept: number
  broken: number
}

/** The record of each of these customers. */
export async function promiseRecords(
  sql: Sql,
  customerIds: readonly number[],
): Promise<Map<number, PromiseRecord>> {
  const others = await sql.rows<{ customer: number; n: number }>(
    `SELECT c.id::int AS customer, c.broken_before + coalesce(l.n, 0) AS n FROM customer c LEFT JOIN (
       SELECT customer_id, count(*)::int AS n FROM announced_payment WHERE customer_id = ANY($1) AND state = 'lapsed' GROUP BY customer_id) l
       ON l.customer_id = c.id WHERE c.id = ANY($1)`,
    [customerIds],
  )
  const records = new Map(others.map((row) => [row.customer, { kept: 0, broken: row.n }]))
  const promises = await sql.rows<{ customer: number; state: string; supplierError: boolean; n: number }>(
    `SELECT customer_id::int AS customer, state, supplier_error AS "supplierError", count(*)::int AS n FROM promise
     WHERE customer_id = ANY($1) GROUP BY customer_id, state, supplier_error`,
    [customerIds],
  )
  for (const { customer, n, ...promise } of promises) {
    const record = records.get(customer)!
    if (promise.state === 'kept') record.kept += n
    if (countsAgainst(promise)) record.broken += n
  }
  return records
}

/** How many promises of a customer count against it: not kept (here or before its load), withdrawn, or announced money that never came. */
export const brokenCount = async (sql: Sql, customerId: number): Promise<number> =>
  (await promiseRecords(sql, [customerId])).get(customerId)!.broken

/** Transfers that pay a receivable with money, here or as the source tells. */
const MONEY = ['application', 'source_settlement', 'source_reopening']

/** Money applied to these receivables by transfers after this one; negative where it was taken back. */
export const appliedTo = (
  sql: Sql,
  receivables: readonly number[],
  afterTransfer = 0n,
  codes: readonly string[] = MONEY,
): Promise<(PaidTowards & { receivable: number })[]> =>
  sql.rows(
    `SELECT a.receivable_id::int AS receivable, CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END AS minor, t.value_on AS "valueOn"
     FROM account a JOIN transfer t ON t.credit_account = a.id OR t.debit_account = a.id
     WHERE a.receivable_id = ANY($1) AND t.code = ANY($3) AND coalesce(t.reverses_id, t.moves_id, t.id) > $2`,
    [receivables, afterTransfer, codes],
  )

/** Money towards a promise's items since it was made: applied by transfer, or netted virtually. */
async function paidTowards(
  sql: Sql,
  promise: PromiseRow,
  codes = MONEY,
): Promise<{ paid: PaidTowards[]; stillOwedMinor: bigint }> {
  const applied = await appliedTo(sql, promise.receivables, promise.after_transfer, codes)
  const owed = await sql.one<{ minor: bigint; payers: number[] }>(
    `SELECT sum(o.owed_minor)::bigint AS minor, array_agg(DISTINCT r.payer_id::int) AS payers
     FROM receivable r JOIN owed o ON o.receivable_id = r.id WHERE r.id = ANY($1)`,
    [promise.receivables],
  )
  const netted = await nettedOf(sql, owed!.payers)
  const virtual = promise.receivables.flatMap((id) => netted.get(id) ?? [])
  return { paid: [...applied, ...virtual], stillOwedMinor: owed!.minor }
}

const instalmentsOf = (promise: PromiseRow): Instalment[] =>
  promise.instalments.map((i) => ({ ...i, minor: BigInt(i.minor) }))

const termsOf = (promise: PromiseRow) => ({
  instalments: instalmentsOf(promise),
  thresholdPercent: promise.threshold_percent,
})

export interface OpenPromise {
  id: number
  currency: string
  madeOn: LocalDate
  madeBy: string
  receivables: number[]
  instalments: Instalment[]
  thresholdPercent: number
  /** First day on which something is known of it: the outcome of the next missing instalment, or else of the last. */
  askAgainOn: LocalDate
}

const openRows = (sql: Sql, customerId: number): Promise<PromiseRow[]> =>
  sql.rows<PromiseRow>(`${PROMISES} WHERE p.customer_id = $1 AND p.state = 'open' ORDER BY p.id`, [
    customerId,
  ])

const stillOpen = (promise: PromiseRow, missing: { decidedAfter: LocalDate }): OpenPromise => ({
  id: promise.id,
  currency: promise.currency,
  madeOn: promise.made_on,
  madeBy: promise.made_by,
  receivables: promise.receivables,
  instalments: instalmentsOf(promise),
  thresholdPercent: promise.threshold_percent,
  askAgainOn: addDays(missing.decidedAfter, 1),
})

/** The open promises of a customer as they stand in the books, without looking at what came of them. */
export async function openPromises(sql: Sql, customerId: number): Promise<OpenPromise[]> {
  return (await openRows(sql, customerId)).map((promise) => stillOpen(promise, promise.instalments.at(-1)!))
}

export interface PromiseSoFar extends OpenPromise {
  /** Paid towards it, or netted virtually. */
  paidMinor: bigint
}

/** The same, with what is paid towards each. */
export async function promisesSoFar(sql: Sql, customerId: number): Promise<PromiseSoFar[]> {
  const soFar: PromiseSoFar[] = []
  for (const promise of await openRows(sql, customerId)) {
    const { paid } = await paidTowards(sql, promise)
    soFar.push({
      ...stillOpen(promise, promise.instalments.at(-1)!),
      paidMinor: paid.reduce((sum, p) => sum + p.minor, 0n),
    })
  }
  return soFar
}

/** All promises of a customer, the newest first; what came for those that are open. */
export async function promisesEver(
  sql: Sql,
  customerId: number,
): Promise<{ promise: PromiseRow; paidMinor: bigint | null }[]> {
  const soFar = new Map((await promisesSoFar(sql, customerId)).map((p) => [p.id, p.paidMinor]))
  const rows = await sql.rows<PromiseRow>(`${PROMISES} WHERE p.customer_id = $1 ORDER BY p.id DESC`, [
    customerId,
  ])
  return rows.map((promise) => ({ promise, paidMinor: soFar.get(promise.id) ?? null }))
}

/**
 * Looks at the open promises of a customer and closes those whose outcome is known: early when kept, after the
 * last day on which money counts when not. Returns the ones still open and those that were not kept.
 */
export async function settlePromises(
  sql: Sql,
  asking: Pick<Asking, 'company' | 'actor' | 'now'>,
  customerId: number,
  today: LocalDate,
): Promise<{
  open: PromiseSoFar[]
  changed: number[]
}> {
  const open: PromiseSoFar[] = []
  const changed: number[] = []
  for (const promise of await openRows(sql, customerId)) {
    const { paid, stillOwedMinor } = await paidTowards(sql, promise)
    const { outcome, missing, paidMinor } = standingOfPromise(termsOf(promise), paid, stillOwedMinor, today)
    if (outcome === 'open') {
      open.push({ ...stillOpen(promise, missing!), paidMinor })
      continue
    }
    await closePromise(sql, asking, promise, outcome, today, { paidMinor })
    changed.push(...promise.receivables)
  }
  return { open, changed }
}

/** What came of a promise, and how what it says is paid as the books stand now: by money, or credit notes too. */
export async function promiseNow(
  sql: Sql,
  id: number,
): Promise<{ promise: PromiseState; promisePaid: HowPaid }> {
  const promise = (await sql.one<PromiseRow>(`${PROMISES} WHERE p.id = $1`, [id]))!
  if (promise.state !== 'kept') return { promise: promise.state, promisePaid: 'no' }
  const { paid } = await paidTowards(sql, promise, [...MONEY, 'credit_application'])
  return { promise: promise.state, promisePaid: howPaid(termsOf(promise), paid) }
}

/**
 * Money that was valued in time and recorded late corrects the outcome of a promise that had been closed as not
 * kept; a bounced payment makes a kept one broken. Money taken back otherwise changes only open promises.
 */
export async function correctPromises(
  sql: Sql,
  asking: Asking,
  receivableIds: readonly number[],
  bounced = false,
): Promise<void> {
  const promises = await sql.rows<PromiseRow & { closed_on: LocalDate }>(
    `${PROMISES}
     WHERE p.id IN (SELECT promise_id FROM promise_item WHERE receivable_id = ANY($1)) AND p.state = ANY($2) ORDER BY p.id`,
    [receivableIds, bounced ? ['kept', 'partially_kept'] : ['broken', 'partially_kept']],
  )
  for (const promise of promises) {
    const { paid, stillOwedMinor } = await paidTowards(sql, promise)
    const lastDay = promise.instalments.at(-1)!.decidedAfter
    const after = addDays(lastDay > promise.closed_on ? lastDay : promise.closed_on, 1)
    const { outcome, paidMinor } = standingOfPromise(termsOf(promise), paid, stillOwedMinor, after)
    if (outcome !== promise.state && outcome !== 'open')
      await closePromise(sql, asking, promise, outcome, promise.closed_on, {
        why: bounced ? 'the payment that kept it bounced' : 'money valued in time was recorded late',
        paidMinor,
      })
  }
}
