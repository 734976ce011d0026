import { addDays, type LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchCustomers, touchReceivables } from './cases.ts'
import type { Asking } from './commands.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { findReceivables, type Receivable } from './receivables.ts'
import type { CommandScope } from './scope.ts'

/** What suspends chasing beside promises: announced payments, disputes, pauses. */

const ofCustomer = (scope: CommandScope, receivables: Receivable[]): Receivable[] => {
  for (const receivable of receivables) {
    if (receivable.customer_id !== scope.customer.id)
      throw new Refusal('WrongCustomer', { document: receivable.name, customer: scope.customer.code })
    if (receivable.closed_as)
      throw new Refusal('AlreadyClosed', { document: receivable.name, closedAs: receivable.closed_as })
  }
  return receivables
}

const journal = (
  sql: Sql,
  scope: CommandScope,
  event: string,
  receivables: number[],
  data: Record<string, unknown>,
  why?: string,
) =>
  appendToJournal(sql, scope.asking.company, scope.customer.id, {
    event,
    actor: scope.asking.actor,
    at: scope.asking.now,
    ...(why === undefined || why === '' ? {} : { why }),
    receivables,
    data,
  })

/** "I have already paid": its items wait so many days for the money. */
export async function announcePayment(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['announcePayment'],
): Promise<Answer> {
  const { asking, customer, policy, calendar, today } = scope
  const covered = ofCustomer(scope, await findReceivables(sql, asking.company, input.documents))
  const { currency } = input.amount
  for (const r of covered)
    if (r.currency !== currency)
      throw new Refusal('WrongCurrency', { document: r.name, expected: r.currency, given: currency })
  const lapsesAfter = calendar.nextWorkingDay(addDays(today, input.days ?? policy.announced_days))
  const row = await sql.one<{ id: number }>(
    `INSERT INTO announced_payment (company, customer_id, currency, amount_minor, tracking_key, state, announced_on, lapses_after, recorded_at)
     VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, to_timestamp($8 / 1000.0)) RETURNING id::int`,
    [
      asking.company,
      customer.id,
      currency,
      input.amount.minor,
      input.trackingKey ?? null,
      today,
      lapsesAfter,
      asking.now,
    ],
  )
  const ids = [...new Set(covered.map((r) => r.id))]
  await sql.rows('INSERT INTO announced_item (announced_id, receivable_id) SELECT $1, unnest($2::bigint[])', [
    row!.id,
    ids,
  ])
  const result = {
    announcement: row!.id,
    amount: toDecimal(BigInt(input.amount.minor), currency),
    currency,
    waitsUntil: lapsesAfter,
  }
  await journal(sql, scope, 'payment announced', ids, { ...result, trackingKey: input.trackingKey ?? null })
  return { result, cases: await touchReceivables(sql, ids) }
}

export async function withdrawAnnouncement(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['withdrawAnnouncement'],
): Promise<Answer> {
  const row = await mustFind<{ state: string }>(
    sql,
    'announced payment',
    String(input.announcement),
    'SELECT state FROM announced_payment WHERE id = $1 AND customer_id = $2',
    [input.announcement, scope.customer.id],
  )
  if (row.state !== 'open')
    throw new Refusal('NotOpen', {
      what: 'announced payment',
      id: String(input.announcement),
      state: row.state,
    })
  const ids = await closeAnnouncement(sql, input.announcement, 'withdrawn', scope.today)
  await journal(
    sql,
    scope,
    'announced payment withdrawn',
    ids,
    { announcement: input.announcement },
    input.why,
  )
  return {
    result: { announcement: input.announcement, state: 'withdrawn' },
    cases: await touchReceivables(sql, ids),
  }
}

async function closeAnnouncement(sql: Sql, id: number, state: string, on: LocalDate): Promise<number[]> {
  await sql.rows('UPDATE announced_payment SET state = $2, closed_on = $3 WHERE id = $1', [id, state, on])
  return (
    await sql.rows<{ id: number }>(
      'SELECT receivable_id::int AS id FROM announced_item WHERE announced_id = $1',
      [id],
    )
  ).map((r) => r.id)
}

/**
 * Looks at a customer's announced payments: arrived once enough money was received since (by tracking key, or by
 * amount for the items), lapsed when the day has passed. A lapsed one counts as a promise not kept.
 */
export async function settleAnnouncements(
  sql: Sql,
  asking: Pick<Asking, 'company' | 'actor' | 'now'>,
  customerId: number,
  today: LocalDate,
): Promise<{ lapsed: { id: number; receivables: number[] }[]; changed: number[] }> {
  const open = await sql.rows<{
    id: number
    lapses_after: LocalDate
    arrived: boolean
    currency: string
    amount_minor: bigint
  }>(
    `SELECT n.id::int, n.lapses_after, n.currency, n.amount_minor,
       EXISTS (SELECT FROM receipt q WHERE q.company = n.company AND q.tracking_key = n.tracking_key AND q.reversed_at IS NULL)
       OR n.amount_minor <= coalesce((SELECT sum(q.amount_minor) FROM receipt q JOIN customer c ON c.payer_id = q.payer_id
            WHERE c.id = n.customer_id AND q.currency = n.currency AND q.reversed_at IS NULL AND q.recorded_at >= n.recorded_at), 0)
       OR NOT EXISTS (SELECT FROM announced_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.announced_id = n.id AND r.closed_as IS NULL) AS arrived
     FROM announced_payment n WHERE n.customer_id = $1 AND n.state = 'open' ORDER BY n.id`,
    [customerId],
  )
  const lapsed = []
  const changed: number[] = []
  for (const row of open) {
    if (!row.arrived && today <= row.lapses_after) continue
    const receivables = await closeAnnouncement(sql, row.id, row.arrived ? 'arrived' : 'lapsed', today)
    changed.push(...receivables)
    if (!row.arrived) lapsed.push({ id: row.id, receivables })
    await appendToJournal(sql, asking.company, customerId, {
      event: row.arrived ? 'announced payment arrived' : 'announced payment lapsed',
      actor: asking.actor,
      at: asking.now,
      receivables,
      data: {
        announcement: row.id,
        amount: toDecimal(row.amount_minor, row.currency),
        currency: row.currency,
      },
    })
  }
  return { lapsed, changed }
}

/** A dispute over parts of receivables. The undisputed rest is chased meanwhile. */
export async function openDispute(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['openDispute'],
): Promise<Answer> {
  const { asking, customer, today } = scope
  const receivables = ofCustomer(
    scope,
    await findReceivables(
      sql,
      asking.company,
      input.lines.map((l) => l.document),
    ),
  )
  const lines = receivables.map((receivable, index) => {
    const given = input.lines[index]!.amount
    if (given && given.currency !== receivable.currency)
      throw new Refusal('WrongCurrency', {
        document: receivable.name,
        expected: receivable.currency,
        given: given.currency,
      })
    const minor = given ? BigInt(given.minor) : receivable.balance_minor
    if (minor > receivable.balance_minor)
      throw new Refusal('DisputeExceedsOpen', {
        document: receivable.name,
        open: toDecimal(receivable.balance_minor, receivable.currency),
        given: toDecimal(minor, receivable.currency),
      })
    return { receivable, minor }
  })
  const row = await sql.one<{ id: number }>(
    `INSERT INTO dispute (company, customer_id, reason, owner, opened_on, opened_at) VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0)) RETURNING id::int`,
    [asking.company, customer.id, input.reason, input.owner, today, asking.now],
  )
  for (const line of lines)
    await sql.rows(
      `INSERT INTO dispute_line (dispute_id, receivable_id, amount_minor) VALUES ($1, $2, $3)
       ON CONFLICT (dispute_id, receivable_id) DO UPDATE SET amount_minor = greatest(dispute_line.amount_minor, excluded.amount_minor)`,
      [row!.id, line.receivable.id, line.minor],
    )
  const result = {
    dispute: row!.id,
    reason: input.reason,
    lines: lines.map((l) => ({
      document: l.receivable.name,
      amount: toDecimal(l.minor, l.receivable.currency),
      currency: l.receivable.currency,
    })),
  }
  const ids = lines.map((l) => l.receivable.id)
  await journal(sql, scope, 'dispute opened', ids, { ...result, owner: input.owner }, input.notes)
  return { result, cases: await touchReceivables(sql, ids) }
}

/** Ends a dispute. An accepted one is followed by a credit (`credit`), which is a command of its own. */
export async function resolveDispute(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['resolveDispute'],
): Promise<Answer> {
  const row = await mustFind<{ resolved_on: string | null; outcome: string }>(
    sql,
    'dispute',
    String(input.dispute),
    'SELECT resolved_on, outcome FROM dispute WHERE id = $1 AND customer_id = $2',
    [input.dispute, scope.customer.id],
  )
  if (row.resolved_on !== null)
    throw new Refusal('NotOpen', { what: 'dispute', id: String(input.dispute), state: row.outcome })
  await sql.rows(
    'UPDATE dispute SET resolved_on = $2, resolved_at = to_timestamp($3 / 1000.0), outcome = $4 WHERE id = $1',
    [input.dispute, scope.today, scope.asking.now, input.outcome],
  )
  const ids = (
    await sql.rows<{ id: number }>(
      'SELECT receivable_id::int AS id FROM dispute_line WHERE dispute_id = $1',
      [input.dispute],
    )
  ).map((r) => r.id)
  await journal(
    sql,
    scope,
    'dispute resolved',
    ids,
    { dispute: input.dispute, outcome: input.outcome },
    input.why,
  )
  return {
    result: { dispute: input.dispute, outcome: input.outcome },
    cases: await touchReceivables(sql, ids),
  }
}

/** Nobody contacts the customer (about one receivable, or at all) from a day to a day. */
export async function pause(sql: Sql, scope: CommandScope, input: CaseCommands['pause']): Promise<Answer> {
  const { asking, customer, today } = scope
  const [receivable] =
    input.document === undefined
      ? []
      : ofCustomer(scope, await findReceivables(sql, asking.company, [input.document]))
  const from = input.from ?? today
  if (input.to < from || input.to < today)
    throw new Refusal('InvalidDate', {
      field: 'to',
      value: input.to,
      must: `not be before ${from > today ? from : today}`,
    })
  const overlap = await sql.one<{ from_on: string; to_on: string }>(
    `SELECT from_on, to_on FROM pause WHERE customer_id = $1 AND receivable_id IS NOT DISTINCT FROM $2
       AND from_on <= $4 AND to_on >= $3 AND (resumed_on IS NULL OR resumed_on > greatest(from_on, $3))`,
    [customer.id, receivable?.id ?? null, from, input.to],
  )
  if (overlap) throw new Refusal('PauseOverlaps', { from: overlap.from_on, to: overlap.to_on })
  const row = await sql.one<{ id: number }>(
    'INSERT INTO pause (company, customer_id, receivable_id, from_on, to_on, reason) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id::int',
    [asking.company, customer.id, receivable?.id ?? null, from, input.to, input.why],
  )
  const result = { pause: row!.id, from, to: input.to, covers: receivable?.name ?? customer.code }
  await journal(
    sql,
    scope,
    'paused',
    await pausedReceivables(sql, scope, receivable?.id ?? null),
    result,
    input.why,
  )
  return { result, cases: await touched(sql, scope, receivable?.id ?? null) }
}

export async function resume(sql: Sql, scope: CommandScope, input: CaseCommands['resume']): Promise<Answer> {
  const row = await mustFind<{
    receivable_id: number | null
    from_on: string
    to_on: string
    resumed_on: string | null
  }>(
    sql,
    'pause',
    String(input.pause),
    'SELECT receivable_id::int, from_on, to_on, resumed_on FROM pause WHERE id = $1 AND customer_id = $2',
    [input.pause, scope.customer.id],
  )
  if (row.resumed_on !== null || row.to_on < scope.today)
    throw new Refusal('PauseNotActive', { id: String(input.pause) })
  // Resumed before it began: as if it had never been.
  const resumedOn = scope.today < row.from_on ? row.from_on : scope.today
  await sql.rows('UPDATE pause SET resumed_on = $2 WHERE id = $1', [input.pause, resumedOn])
  await journal(
    sql,
    scope,
    'resumed',
    await pausedReceivables(sql, scope, row.receivable_id),
    { pause: input.pause },
    input.why,
  )
  return { result: { pause: input.pause, resumedOn }, cases: await touched(sql, scope, row.receivable_id) }
}

const touched = (sql: Sql, scope: CommandScope, receivableId: number | null): Promise<string[]> =>
  receivableId === null ? touchCustomers(sql, [scope.customer.id]) : touchReceivables(sql, [receivableId])

const pausedReceivables = async (
  sql: Sql,
  scope: CommandScope,
  receivableId: number | null,
): Promise<number[]> =>
  receivableId !== null
    ? [receivableId]
    : (
        await sql.rows<{ id: number }>(
          'SELECT id::int FROM receivable WHERE customer_id = $1 AND closed_as IS NULL ORDER BY id',
          [scope.customer.id],
        )
      ).map((r) => r.id)
