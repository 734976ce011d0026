import { addDays, type LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import type { CreditCommands } from '../../domain/credit/command.ts'
import type { CreditLine, LineKind, LineTerm } from '../../domain/credit/limit.ts'
import { reviewDay } from '../../domain/credit/rules.ts'
import { cappedAt, heldFrom, stateOn } from '../../domain/credit/term.ts'
import { fromJson, type MoneyJson, toDecimal } from '../../domain/money.ts'
import { Refusal } from '../../domain/refusal.ts'
import { withAuthority } from '../approvals/authority.ts'
import { mustFind, type Sql } from '../database.ts'
import { type Ask, openCustomer } from '../scope.ts'
import { linesOf } from './limit.ts'
import { beginningOf, type CreditScope, changed, mustNotEndBefore } from './scope.ts'

/** Credit lines: how much a customer may owe with nothing behind it. More of it asks for authority, less doesn't. */

export async function requestLine(sql: Sql, ask: Ask, input: CreditCommands['requestLine']): Promise<Answer> {
  const scope = await openCustomer(sql, ask, input.customer)
  const from = beginningOf(scope, input.from)
  const to = input.to ?? null
  mustNotEndBefore(from, to)
  const reviewOn = input.reviewOn ?? reviewDay(scope.policy.credit, scope.calendar, from, to)
  if (reviewOn !== null) mustReviewInTime(scope, reviewOn, from)
  return grant(sql, scope, 'requestLine', input, { kind: 'base', from, to, reviewOn })
}

export async function requestTemporaryLimit(
  sql: Sql,
  ask: Ask,
  input: CreditCommands['requestTemporaryLimit'],
): Promise<Answer> {
  const scope = await openCustomer(sql, ask, input.customer)
  const from = beginningOf(scope, input.from)
  const { to } = input
  mustNotEndBefore(from, to)
  const latest = addDays(from, scope.policy.credit.temporary_longest_days - 1)
  if (to > latest)
    throw new Refusal('InvalidDate', { field: 'to', value: to, must: `not be after ${latest}` })
  const terms = { kind: 'temporary' as const, from, to, reviewOn: null }
  return grant(sql, scope, 'requestTemporaryLimit', input, terms)
}

function mustReviewInTime({ policy }: CreditScope, reviewOn: LocalDate, from: LocalDate): void {
  const latest = addDays(from, policy.credit.review_every_days)
  if (reviewOn <= from || reviewOn > latest)
    throw new Refusal('InvalidDate', {
      field: 'reviewOn',
      value: reviewOn,
      must: reviewOn <= from ? `be after ${from}` : `not be after ${latest}`,
    })
}

async function grant(
  sql: Sql,
  scope: CreditScope,
  command: 'requestLine' | 'requestTemporaryLimit',
  input: { amount: MoneyJson; why: string },
  term: { kind: LineKind; from: LocalDate; to: LocalDate | null; reviewOn: LocalDate | null },
): Promise<Answer> {
  const { currency, minor } = fromJson(input.amount)
  const { customer } = scope
  const data = {
    customer: customer.code,
    kind: term.kind,
    amount: toDecimal(minor, currency),
    currency,
    from: term.from,
    to: term.to,
  }
  return withAuthority(
    sql,
    scope,
    {
      kind: 'credit_line',
      command,
      input,
      subject: [customer.code, term.kind, currency, ...(term.kind === 'base' ? [] : [term.from])].join(' '),
      items: [],
      amount: { currency, minor },
      onYes: [{ code: 'credit_line', data }],
      onNo: [{ code: 'limit_stays', data }],
      why: input.why,
    },
    async () => {
      const line = await lineFor(sql, scope, term.kind, currency)
      const approval = scope.approval?.id ?? null
      await addTerm(sql, scope, line, { what: 'granted', minor, ...term, why: input.why, approval })
      return changed(sql, scope, { kind: 'creditLine', id: line.id }, 'credit line granted', input.why, {
        line: line.id,
        ...data,
        reviewOn: term.reviewOn,
        ...(approval === null ? {} : { approval }),
      })
    },
  )
}

/** A customer has one base line in a currency; each temporary limit is a line of its own. */
async function lineFor(
  sql: Sql,
  { asking, customer }: CreditScope,
  kind: LineKind,
  currency: string,
): Promise<{ id: number; kind: LineKind }> {
  const known =
    kind === 'base'
      ? await sql.one<{ id: number }>(
          `SELECT id::int FROM credit_line WHERE customer_id = $1 AND currency = $2 AND kind = 'base'`,
          [customer.id, currency],
        )
      : null
  const line =
    known ??
    (await sql.one<{ id: number }>(
      'INSERT INTO credit_line (company, customer_id, kind, currency) VALUES ($1, $2, $3, $4) RETURNING id::int',
      [asking.company, customer.id, kind, currency],
    ))
  return { id: line!.id, kind }
}

interface NewTerm extends Omit<LineTerm, 'seq'> {
  why: string
  approval: number | null
}

const addTerm = (
  sql: Sql,
  { asking }: CreditScope,
  line: { id: number; kind: LineKind },
  { what, minor, from, to, reviewOn, why, approval }: NewTerm,
) =>
  sql.rows(
    `INSERT INTO credit_line_term (line_id, kind, seq, what, amount_minor, valid_from, valid_to, review_on, why, actor, approval_id, recorded_at)
     SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11 / 1000.0) FROM credit_line_term WHERE line_id = $1`,
    [line.id, line.kind, what, minor, from, to, reviewOn, why, asking.actor, approval, asking.now],
  )

/** Less from today on: a raise that was to come doesn't come any more, what was to be lower still becomes so. */
export async function reduceLine(sql: Sql, ask: Ask, input: CreditCommands['reduceLine']): Promise<Answer> {
  const { scope, line, held } = await openLine(sql, ask, input.line)
  const { currency, minor } = fromJson(input.amount)
  const [term] = held
  if (currency !== line.currency)
    throw new Refusal('WrongCurrency', {
      document: String(line.id),
      expected: line.currency,
      given: currency,
    })
  if (minor >= term.minor)
    throw new Refusal('NotLower', {
      line: line.id,
      currency,
      current: toDecimal(term.minor, currency),
      given: toDecimal(minor, currency),
    })
  const reduced = cappedAt(held, minor)
  for (const each of reduced)
    await addTerm(sql, scope, line, {
      ...each,
      what: 'reduced',
      reviewOn: after(each.reviewOn, each.from),
      why: input.why,
      approval: null,
    })
  return changed(sql, scope, { kind: 'creditLine', id: line.id }, 'credit line reduced', input.why, {
    line: line.id,
    customer: scope.customer.code,
    kind: line.kind,
    before: toDecimal(term.minor, currency),
    amount: toDecimal(minor, currency),
    currency,
    from: term.from,
    to: reduced[0]!.to,
  })
}

export async function closeLine(sql: Sql, ask: Ask, input: CreditCommands['closeLine']): Promise<Answer> {
  const { scope, line, held } = await openLine(sql, ask, input.line)
  const [term] = held
  const from = scope.today
  await addTerm(sql, scope, line, {
    what: 'closed',
    minor: 0n,
    from,
    to: null,
    reviewOn: null,
    why: input.why,
    approval: null,
  })
  return changed(sql, scope, { kind: 'creditLine', id: line.id }, 'credit line closed', input.why, {
    line: line.id,
    customer: scope.customer.code,
    kind: line.kind,
    before: toDecimal(term.minor, line.currency),
    currency: line.currency,
    from,
  })
}

/** Somebody has looked at it, and it stays as it was decided last. */
export async function reviewLine(sql: Sql, ask: Ask, input: CreditCommands['reviewLine']): Promise<Answer> {
  const { scope, line } = await openLine(sql, ask, input.line)
  const term = line.terms.at(-1)!
  const { today, policy, calendar } = scope
  const from = term.from > today ? term.from : today
  const reviewOn = input.reviewOn ?? reviewDay(policy.credit, calendar, from, term.to)
  if (reviewOn !== null) mustReviewInTime(scope, reviewOn, from)
  await addTerm(sql, scope, line, {
    ...term,
    what: 'reviewed',
    from,
    reviewOn,
    why: input.why,
    approval: null,
  })
  return changed(sql, scope, { kind: 'creditLine', id: line.id }, 'credit line reviewed', input.why, {
    line: line.id,
    customer: scope.customer.code,
    amount: toDecimal(term.minor, line.currency),
    currency: line.currency,
    reviewOn,
  })
}

const after = (day: LocalDate | null, from: LocalDate): LocalDate | null =>
  day !== null && day > from ? day : null

/** A line with its customer locked, and what holds of it or is to. */
async function openLine(
  sql: Sql,
  ask: Ask,
  id: number,
): Promise<{ scope: CreditScope; line: CreditLine; held: [LineTerm, ...LineTerm[]] }> {
  const { code } = await mustFind<{ code: string }>(
    sql,
    'credit line',
    String(id),
    'SELECT c.code FROM credit_line l JOIN customer c ON c.id = l.customer_id WHERE l.company = $1 AND l.id = $2',
    [ask.asking.company, id],
  )
  const scope = await openCustomer(sql, ask, code)
  const [line] = await linesOf(sql, 'l.id', [id])
  const state = stateOn(line!.terms, scope.today)
  if (state !== 'in_force' && state !== 'ahead')
    throw new Refusal('NotOpen', { what: 'credit line', id: String(id), state })
  return { scope, line: line!, held: heldFrom(line!.terms, scope.today) as [LineTerm, ...LineTerm[]] }
}
