import { addDays, type Instant, type LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import type { Policy } from '../domain/policy.ts'
import { countsAgainst, type Instalment, promiseDeadline } from '../domain/promise.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchReceivables } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { planConfirmation } from './promiseConfirmations.ts'
import { brokenCount, closePromise, PROMISES, type PromiseRow } from './promiseStanding.ts'
import { findReceivables, type Receivable } from './receivables.ts'
import type { CommandScope } from './scope.ts'

/** What customers promise: recorded, withdrawn, replaced, excused. */

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
  await planConfirmation(sql, asking, scope, id)
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

/** It wasn't kept through an error of ours: it doesn't count against the customer any more. */
export async function excusePromise(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['excusePromise'],
): Promise<Answer> {
  const promise = await findPromise(sql, scope, input.promise)
  if (!countsAgainst({ state: promise.state, supplierError: promise.supplier_error }))
    throw new Refusal('NotCounted', { promise: promise.id, state: promise.state })
  await sql.rows('UPDATE promise SET supplier_error = true WHERE id = $1', [promise.id])
  const result = {
    promise: promise.id,
    state: promise.state,
    level: await brokenCount(sql, scope.customer.id),
  }
  await journalCommand(sql, scope, 'promise excused', promise.receivables, result, input.why)
  return { result, cases: await touchReceivables(sql, promise.receivables) }
}

const findPromise = (sql: Sql, scope: CommandScope, id: number): Promise<PromiseRow> =>
  mustFind<PromiseRow>(sql, 'promise', String(id), `${PROMISES} WHERE p.id = $1 AND p.customer_id = $2`, [
    id,
    scope.customer.id,
  ])

async function findOpenPromise(sql: Sql, scope: CommandScope, id: number): Promise<PromiseRow> {
  const promise = await findPromise(sql, scope, id)
  if (promise.state !== 'open')
    throw new Refusal('NotOpen', { what: 'promise', id: String(id), state: promise.state })
  return promise
}
