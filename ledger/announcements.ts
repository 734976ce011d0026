import { addDays, type LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { findAnnounced } from './announcedMoney.ts'
import { touchReceivables } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import type { Asking } from './commands.ts'
import { mustFind, type Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { keepProofs } from './proofs.ts'
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
  await keepProofs(sql, scope, 'announcement', row!.id, input.proof)
  const result = {
    announcement: row!.id,
    amount: toDecimal(BigInt(input.amount.minor), currency),
    currency,
    waitsUntil: lapsesAfter,
  }
  await journalCommand(sql, scope, 'payment announced', ids, {
    ...result,
    trackingKey: input.trackingKey ?? null,
    ...(input.proof === undefined
      ? {}
      : { proof: input.proof.map(({ name, sha256 }) => ({ name, sha256 })) }),
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
 * Looks at a customer's announced payments: arrived once their money was received or their items are settled, lapsed
 * when the day has passed. A lapsed one counts as a promise not kept.
 */
export async function settleAnnouncements(
  sql: Sql,
  asking: Pick<Asking, 'company' | 'actor' | 'now'>,
  customerId: number,
  today: LocalDate,
): Promise<{ changed: number[] }> {
  const { open, arrivals, arrived } = await findAnnounced(sql, asking.company, customerId)
  if (open.length === 0) return { changed: [] }
  await sql.rows(
    `INSERT INTO announced_money (announced_id, receipt_id, amount_minor)
     SELECT announced, receipt, minor FROM jsonb_to_recordset($1::jsonb) AS a(announced bigint, receipt bigint, minor bigint)`,
    [
      JSON.stringify(
        arrivals.map((a) => ({ announced: a.announcedId, receipt: a.receiptId, minor: Number(a.minor) })),
      ),
    ],
  )
  const changed: number[] = []
  for (const row of open) {
    const came = arrived.has(row.id)
    if (!came && today <= row.lapses_after) continue
    const receivables = await closeAnnouncement(sql, row.id, came ? 'arrived' : 'lapsed', today)
    changed.push(...receivables)
    await appendToJournal(sql, asking.company, customerId, {
      event: came ? 'announced payment arrived' : 'announced payment lapsed',
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

/** Who waits for money that was announced under one of these keys, whoever it comes from. */
export const customersWaitingFor = async (
  sql: Sql,
  company: string,
  trackingKeys: readonly string[],
): Promise<number[]> =>
  trackingKeys.length === 0
    ? []
    : (
        await sql.rows<{ id: number }>(
          `SELECT DISTINCT customer_id::int AS id FROM announced_payment WHERE company = $1 AND tracking_key = ANY($2) AND state = 'open'`,
          [company, trackingKeys],
        )
      ).map((row) => row.id)

/**
 * The receipt of announced payments was taken back. Bounced, they came to nothing, and count as promises that weren't kept;
 * otherwise the money is still there, and they wait for it again as long as they did.
 */
export async function takeBackArrivals(
  sql: Sql,
  asking: Pick<Asking, 'company' | 'actor' | 'now'>,
  receiptId: number,
  bounced: boolean,
  why: string,
): Promise<void> {
  const announced = await sql.rows<{
    id: number
    customer: number
    currency: string
    minor: bigint
    receivables: number[]
  }>(
    `UPDATE announced_payment n SET state = CASE WHEN $2 THEN 'lapsed' ELSE 'open' END, closed_on = CASE WHEN $2 THEN n.closed_on END
     FROM announced_money m WHERE m.announced_id = n.id AND m.receipt_id = $1 AND n.state = 'arrived'
     RETURNING n.id::int, n.customer_id::int AS customer, n.currency, n.amount_minor AS minor,
       (SELECT array_agg(i.receivable_id::int ORDER BY 1) FROM announced_item i WHERE i.announced_id = n.id) AS receivables`,
    [receiptId, bounced],
  )
  if (!bounced)
    await sql.rows('DELETE FROM announced_money WHERE announced_id = ANY($1)', [announced.map((n) => n.id)])
  for (const one of announced)
    await appendToJournal(sql, asking.company, one.customer, {
      event: bounced ? 'announced payment lapsed' : 'announced payment reopened',
      actor: asking.actor,
      at: asking.now,
      why: bounced ? 'the payment that kept it bounced' : why,
      receivables: one.receivables,
      data: { announcement: one.id, amount: toDecimal(one.minor, one.currency), currency: one.currency },
    })
}
