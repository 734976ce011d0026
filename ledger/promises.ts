import { addDays, type Instant, type LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import type { Policy } from '../domain/policy.ts'
import {
  countsAgainst,
  type Instalment,
  type PaidTowards,
  type PromiseOutcome,
  promiseDeadline,
  standingOfPromise,
} from '../domain/promise.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchReceivables } from './cases.ts'
import { openOfCustomer } from './commandScope.ts'
import type { Asking } from './commands.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { findReceivables, type Receivable } from './receivables.ts'
import type { CommandScope } from './scope.ts'
import { nettedOf } from './unusedMoney.ts'

interface PromiseRow {
  id: number
  customer_id: number
  currency: string
  state: PromiseOutcome | 'withdrawn' | 'replaced'
  made_on: LocalDate
  made_by: string
  closed_on: LocalDate | null
  threshold_percent: number
  after_transfer: bigint
  supplier_error: boolean
  receivables: number[]
  documents: string[]
  instalments: { no: number; dueOn: LocalDate; decidedAfter: LocalDate; minor: number }[]
}

const PROMISES = `SELECT p.id::int, p.customer_id::int, p.currency, p.state, p.made_on, p.made_by, p.closed_on, p.threshold_percent, p.after_transfer, p.supplier_error,
    (SELECT array_agg(i.receivable_id::int ORDER BY i.receivable_id) FROM promise_item i WHERE i.promise_id = p.id) AS receivables,
    (SELECT array_agg(r.document ORDER BY r.id) FROM promise_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.promise_id = p.id) AS documents,
    (SELECT jsonb_agg(jsonb_build_object('no', n.no, 'dueOn', n.due_on, 'decidedAfter', n.decided_after, 'minor', n.amount_minor) ORDER BY n.no)
     FROM promise_instalment n WHERE n.promise_id = p.id) AS instalments
  FROM promise p`

/** Records what a customer promised. The covered receivables aren't chased while it is open. */
export async function recordPromise(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['recordPromise'],
  replaces: number | null = null,
): Promise<Answer> {
  const { asking, customer, policy, calendar, today } = scope
  const currency = input.instalments[0]!.amount.currency
  const covered = await coverable(sql, scope, input.documents, currency)
  checkInstalments(scope, input)
  const promised = input.instalments.reduce((sum, i) => sum + BigInt(i.amount.minor), 0n)
  const open = covered.reduce((sum, r) => sum + r.balance_minor, 0n)
  if (promised > open)
    throw new Refusal('PromiseExceedsOpen', {
      open: toDecimal(open, currency),
      given: toDecimal(promised, currency),
    })
  const broken = await brokenCount(sql, customer.id)
  if (broken > policy.promise.broken_allowed)
    throw new Refusal('TooManyBroken', { broken, allowed: policy.promise.broken_allowed })

  const instalments = input.instalments.map((instalment, index) => ({
    no: index + 1,
    dueOn: instalment.dueOn,
    decidedAfter: promiseDeadline(instalment.dueOn, policy.promise.grace_working_days, calendar),
    minor: BigInt(instalment.amount.minor),
  }))
  const id = await insertPromise(sql, asking, {
    customer: customer.id,
    currency,
    madeOn: today,
    madeBy: input.madeBy,
    policy: policy.promise,
    replaces,
    receivables: covered.map((r) => r.id),
    instalments,
  })
  const result = {
    promise: id,
    documents: covered.map((r) => r.name),
    currency,
    instalments: instalments.map((i) => ({
      dueOn: i.dueOn,
      amount: toDecimal(i.minor, currency),
      countsUntil: i.decidedAfter,
    })),
  }
  await appendToJournal(sql, asking.company, customer.id, {
    event: replaces === null ? 'promise recorded' : 'promise replaced',
    actor: asking.actor,
    at: asking.now,
    receivables: covered.map((r) => r.id),
    data: { ...result, madeBy: input.madeBy, ...(replaces === null ? {} : { replaces }) },
  })
  return {
    result,
    cases: await touchReceivables(
      sql,
      covered.map((r) => r.id),
    ),
  }
}

/** Writes an open promise; money counts for it from the next transfer on. */
export async function insertPromise(
  sql: Sql,
  doing: { company: string; now: Instant },
  promise: {
    customer: number
    currency: string
    madeOn: LocalDate
    madeBy: string
    policy: Policy['promise']
    replaces: number | null
    receivables: readonly number[]
    instalments: readonly Instalment[]
  },
): Promise<number> {
  const row = await sql.one<{ id: number }>(
    `INSERT INTO promise (company, customer_id, currency, state, made_on, made_by, recorded_at, grace_working_days, threshold_percent, after_transfer, replaces_id)
     VALUES ($1, $2, $3, 'open', $4, $5, to_timestamp($6 / 1000.0), $7, $8, coalesce((SELECT max(id) FROM transfer), 0), $9) RETURNING id::int`,
    [
      doing.company,
      promise.customer,
      promise.currency,
      promise.madeOn,
      promise.madeBy,
      doing.now,
      promise.policy.grace_working_days,
      promise.policy.threshold_percent,
      promise.replaces,
    ],
  )
  await sql.rows(
    'INSERT INTO promise_item (promise_id, receivable_id, active) SELECT $1, unnest($2::bigint[]), true',
    [row!.id, promise.receivables],
  )
  await sql.rows(
    `INSERT INTO promise_instalment (promise_id, no, due_on, decided_after, amount_minor)
     SELECT $1, no, "dueOn", "decidedAfter", minor FROM jsonb_to_recordset($2::jsonb) AS i(no int, "dueOn" date, "decidedAfter" date, minor bigint)`,
    [row!.id, JSON.stringify(promise.instalments.map((i) => ({ ...i, minor: Number(i.minor) })))],
  )
  return row!.id
}

/** The receivables that a promise may cover: the customer's, open, of its currency, and in no other open promise. */
async function coverable(
  sql: Sql,
  scope: CommandScope,
  documents: string[],
  currency: string,
): Promise<Receivable[]> {
  const covered = openOfCustomer(scope, distinct(await findReceivables(sql, scope.asking.company, documents)))
  for (const receivable of covered) {
    if (receivable.currency !== currency)
      throw new Refusal('WrongCurrency', {
        document: receivable.name,
        expected: receivable.currency,
        given: currency,
      })
    const open = await sql.one<{ promise_id: number }>(
      'SELECT promise_id::int FROM promise_item WHERE receivable_id = $1 AND active',
      [receivable.id],
    )
    if (open) throw new Refusal('PromiseExists', { document: receivable.name, promise: open.promise_id })
  }
  return covered
}

/** Instalments of one currency, each after the one before, from today to the furthest day of the policy. */
function checkInstalments({ policy, today }: CommandScope, input: CaseCommands['recordPromise']): void {
  const currency = input.instalments[0]!.amount.currency
  const latest = addDays(today, policy.promise.furthest_days)
  let previous = ''
  for (const { dueOn, amount } of input.instalments) {
    if (amount.currency !== currency)
      throw new Refusal('WrongCurrency', {
        document: input.documents[0]!,
        expected: currency,
        given: amount.currency,
      })
    if (dueOn < today)
      throw new Refusal('InvalidDate', { field: 'dueOn', value: dueOn, must: `not be before ${today}` })
    if (dueOn <= previous)
      throw new Refusal('InvalidDate', {
        field: 'dueOn',
        value: dueOn,
        must: `be after the instalment before it, ${previous}`,
      })
    if (dueOn > latest) throw new Refusal('PromiseTooFar', { latest })
    previous = dueOn
  }
}

/** A document that is named twice is promised once. */
const distinct = (receivables: Receivable[]): Receivable[] => [
  ...new Map(receivables.map((r) => [r.id, r])).values(),
]

export async function withdrawPromise(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['withdrawPromise'],
): Promise<Answer> {
  const promise = await findOpenPromise(sql, scope, input.promise)
  await closePromise(sql, scope.asking, promise, 'withdrawn', scope.today, { why: input.why })
  if (input.supplierError)
    await sql.rows('UPDATE promise SET supplier_error = true WHERE id = $1', [promise.id])
  return {
    result: { promise: promise.id, state: 'withdrawn' },
    cases: await touchReceivables(sql, promise.receivables),
  }
}

/** The old promise stays as history; the new one takes its place without counting against the customer. */
export async function replacePromise(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['replacePromise'],
): Promise<Answer> {
  const promise = await findOpenPromise(sql, scope, input.promise)
  await closePromise(sql, scope.asking, promise, 'replaced', scope.today, { why: input.why })
  const answer = await recordPromise(sql, scope, input, promise.id)
  const released = await touchReceivables(sql, promise.receivables)
  return { result: answer.result, cases: [...new Set([...answer.cases, ...released])].sort() }
}

async function findOpenPromise(sql: Sql, scope: CommandScope, id: number): Promise<PromiseRow> {
  const promise = await mustFind<PromiseRow>(
    sql,
    'promise',
    String(id),
    `${PROMISES} WHERE p.id = $1 AND p.customer_id = $2`,
    [id, scope.customer.id],
  )
  if (promise.state !== 'open')
    throw new Refusal('NotOpen', { what: 'promise', id: String(id), state: promise.state })
  return promise
}

async function closePromise(
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

/** Money towards a promise's items since it was made: applied by transfer, or netted virtually. */
async function paidTowards(
  sql: Sql,
  promise: PromiseRow,
): Promise<{ paid: PaidTowards[]; stillOwedMinor: bigint }> {
  const applied = await sql.rows<{ minor: bigint; valueOn: LocalDate }>(
    `SELECT CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END AS minor, t.value_on AS "valueOn"
     FROM account a JOIN transfer t ON t.credit_account = a.id OR t.debit_account = a.id
     WHERE a.receivable_id = ANY($1) AND t.code IN ('application', 'source_settlement', 'source_reopening') AND coalesce(t.reverses_id, t.moves_id, t.id) > $2`,
    [promise.receivables, promise.after_transfer],
  )
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
  askAgainOn: addDays(missing.decidedAfter, 1),
})

/** The open promises of a customer as they stand in the books, without looking at what came of them. */
export async function openPromises(sql: Sql, customerId: number): Promise<OpenPromise[]> {
  return (await openRows(sql, customerId)).map((promise) => stillOpen(promise, promise.instalments.at(-1)!))
}

/** The same, with what is paid towards each. */
export async function promisesSoFar(
  sql: Sql,
  customerId: number,
): Promise<(OpenPromise & { paidMinor: bigint })[]> {
  const soFar = []
  for (const promise of await openRows(sql, customerId)) {
    const { paid } = await paidTowards(sql, promise)
    soFar.push({
      ...stillOpen(promise, promise.instalments.at(-1)!),
      paidMinor: paid.reduce((sum, p) => sum + p.minor, 0n),
    })
  }
  return soFar
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
  open: OpenPromise[]
  changed: number[]
}> {
  const open: OpenPromise[] = []
  const changed: number[] = []
  for (const promise of await openRows(sql, customerId)) {
    const { paid, stillOwedMinor } = await paidTowards(sql, promise)
    const { outcome, missing, paidMinor } = standingOfPromise(termsOf(promise), paid, stillOwedMinor, today)
    if (outcome === 'open') {
      open.push(stillOpen(promise, missing!))
      continue
    }
    await closePromise(sql, asking, promise, outcome, today, { paidMinor })
    changed.push(...promise.receivables)
  }
  return { open, changed }
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
