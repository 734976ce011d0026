import { addDays, type LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { touchReceivables } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import type { Asking } from './commands.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { findReceivables } from './receivables.ts'
import type { CommandScope } from './scope.ts'

/** "I have already paid": its items wait so many days for the money. */
export async function announcePayment(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['announcePayment'],
): Promise<Answer> {
  const { asking, customer, policy, calendar, today } = scope
  const covered = openOfCustomer(scope, await findReceivables(sql, asking.company, input.documents))
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
  await journalCommand(sql, scope, 'payment announced', ids, {
    ...result,
    trackingKey: input.trackingKey ?? null,
  })
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
  await journalCommand(
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
): Promise<{ changed: number[] }> {
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
  const changed: number[] = []
  for (const row of open) {
    if (!row.arrived && today <= row.lapses_after) continue
    const receivables = await closeAnnouncement(sql, row.id, row.arrived ? 'arrived' : 'lapsed', today)
    changed.push(...receivables)
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
  return { changed }
}
