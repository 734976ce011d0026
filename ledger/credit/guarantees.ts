import { addDays } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import type { CreditCommands } from '../../domain/credit/command.ts'
import { covered, type Guarantee, type GuaranteeKind, type GuaranteeTerm } from '../../domain/credit/limit.ts'
import { lastDay } from '../../domain/credit/rules.ts'
import { type CreditState, heldFrom, stateOn, termOn } from '../../domain/credit/term.ts'
import { fromJson, type Money, toDecimal } from '../../domain/money.ts'
import { Refusal } from '../../domain/refusal.ts'
import { withAuthority } from '../approvals/authority.ts'
import { mustFind, type Sql } from '../database.ts'
import { keepPapers, keepProofs } from '../proofs.ts'
import { type Ask, openCustomer } from '../scope.ts'
import { guaranteesOf } from './limit.ts'
import { beginningOf, type CreditScope, changed, mustNotEndBefore } from './scope.ts'

/** What stands behind a customer's debt. To take it in, to prolong it and to give it back ask for authority. */

export async function registerGuarantee(
  sql: Sql,
  ask: Ask,
  input: CreditCommands['registerGuarantee'],
): Promise<Answer> {
  const scope = await openCustomer(sql, ask, input.customer)
  const { kind, reference, givenBy, why } = input
  const money = fromJson(input.amount)
  const from = beginningOf(scope, input.from)
  const to = input.to ?? null
  mustNotEndBefore(from, to)
  const [signedOn, maturesOn] = [input.signedOn ?? null, input.maturesOn ?? null]
  mustBeSigned(scope, signedOn, maturesOn)
  const coveragePercent = coverageOf(scope, kind, input.coveragePercent)
  const known = await sql.one<{ id: number }>(
    'SELECT id::int FROM guarantee WHERE customer_id = $1 AND kind = $2 AND reference = $3',
    [scope.customer.id, kind, reference],
  )
  if (known) throw new Refusal('GuaranteeExists', { guarantee: known.id, reference })
  const terms = { minor: money.minor, coveragePercent, from, to }
  // Whoever has to agree reads them before.
  await keepPapers(sql, scope, input.proof)
  const data = { customer: scope.customer.code, kind, reference, givenBy, ...shown(money.currency, terms) }
  return withAuthority(
    sql,
    scope,
    {
      kind: 'guarantee',
      command: 'registerGuarantee',
      input,
      subject: `${scope.customer.code} ${kind} ${reference}`,
      items: [],
      amount: { currency: money.currency, minor: covered(money.minor, coveragePercent) },
      onYes: [{ code: 'guarantee_counts', data }],
      onNo: [{ code: 'limit_stays', data }],
      why,
    },
    async () => {
      const row = await sql.one<{ id: number }>(
        `INSERT INTO guarantee (company, customer_id, kind, reference, given_by, currency, signed_on, matures_on)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id::int`,
        [
          ask.asking.company,
          scope.customer.id,
          kind,
          reference,
          givenBy,
          money.currency,
          signedOn,
          maturesOn,
        ],
      )
      const id = row!.id
      await addTerm(sql, ask, id, { what: 'registered', ...terms, why })
      await keepProofs(sql, scope, 'guarantee', id, input.proof)
      return changed(sql, scope, { kind: 'guarantee', id }, 'guarantee registered', why, {
        guarantee: id,
        ...data,
        ...(signedOn === null ? {} : { signedOn, maturesOn }),
      })
    },
  )
}

/** @throws Refusal InvalidDate */
function mustBeSigned({ today }: CreditScope, signedOn: string | null, maturesOn: string | null): void {
  if (signedOn !== null && signedOn > today)
    throw new Refusal('InvalidDate', { field: 'signedOn', value: signedOn, must: `not be after ${today}` })
  if (maturesOn !== null && signedOn !== null && maturesOn < signedOn)
    throw new Refusal('InvalidDate', {
      field: 'maturesOn',
      value: maturesOn,
      must: `not be before ${signedOn}`,
    })
}

/** @throws Refusal CoverageTooHigh */
function coverageOf({ policy }: CreditScope, kind: GuaranteeKind, given: number | undefined): number {
  const most = policy.credit.coverage_percent[kind]
  if (given !== undefined && given > most) throw new Refusal('CoverageTooHigh', { kind, most, given })
  return given ?? most
}

const shown = (currency: string, term: Pick<GuaranteeTerm, 'minor' | 'coveragePercent' | 'from' | 'to'>) => ({
  amount: toDecimal(term.minor, currency),
  currency,
  coveragePercent: term.coveragePercent,
  covered: toDecimal(covered(term.minor, term.coveragePercent), currency),
  from: term.from,
  to: term.to,
})

const addTerm = (
  sql: Sql,
  { asking, approval }: Ask,
  id: number,
  { what, minor, coveragePercent, from, to, why }: Omit<GuaranteeTerm, 'seq'> & { why: string },
) =>
  sql.rows(
    `INSERT INTO guarantee_term (guarantee_id, seq, what, amount_minor, coverage_percent, valid_from, valid_to, why, actor, approval_id, recorded_at)
     SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, to_timestamp($10 / 1000.0) FROM guarantee_term WHERE guarantee_id = $1`,
    [id, what, minor, coveragePercent, from, to, why, asking.actor, approval?.id ?? null, asking.now],
  )

/** From the day after its last one, so that what holds until then stays; what has lapsed begins again. */
export async function renewGuarantee(
  sql: Sql,
  ask: Ask,
  input: CreditCommands['renewGuarantee'],
): Promise<Answer> {
  const { scope, guarantee } = await openGuarantee(sql, ask, input.guarantee, ['in_force', 'ahead', 'lapsed'])
  const { id, currency, kind, terms } = guarantee
  const last = lastDay(terms, scope.today)
  const from = beginningOf(scope, input.from ?? (last === null ? undefined : addDays(last, 1)))
  const to = input.to ?? null
  mustNotEndBefore(from, to)
  const before = terms.at(-1)!
  const ends = last ?? before.to
  const money = input.amount === undefined ? { currency, minor: before.minor } : fromJson(input.amount)
  mustBeIn(guarantee, money)
  const coveragePercent = coverageOf(scope, kind, input.coveragePercent ?? before.coveragePercent)
  const term = { minor: money.minor, coveragePercent, from, to }
  await keepPapers(sql, scope, input.proof)
  const data = {
    customer: scope.customer.code,
    guarantee: id,
    kind,
    reference: guarantee.reference,
    ...shown(currency, term),
  }
  return withAuthority(
    sql,
    scope,
    {
      kind: 'guarantee',
      command: 'renewGuarantee',
      input,
      subject: `guarantee ${id}`,
      items: [],
      amount: { currency, minor: covered(term.minor, coveragePercent) },
      onYes: [{ code: 'guarantee_counts', data }],
      onNo: [
        ends === null
          ? { code: 'limit_stays', data }
          : { code: 'guarantee_ends', data: { ...data, to: ends } },
      ],
      why: input.why,
    },
    async () => {
      await addTerm(sql, ask, id, { what: 'renewed', ...term, why: input.why })
      await keepProofs(sql, scope, 'guarantee', id, input.proof)
      return changed(sql, scope, { kind: 'guarantee', id }, 'guarantee renewed', input.why, data)
    },
  )
}

/** It is given back: it counts no longer. */
export async function releaseGuarantee(
  sql: Sql,
  ask: Ask,
  input: CreditCommands['releaseGuarantee'],
): Promise<Answer> {
  const { scope, guarantee } = await openGuarantee(sql, ask, input.guarantee, ['in_force', 'ahead', 'lapsed'])
  const { id, currency, kind, reference } = guarantee
  const before = termOn(guarantee.terms, scope.today) ?? guarantee.terms.at(-1)!
  const data = {
    customer: scope.customer.code,
    guarantee: id,
    kind,
    reference,
    ...shown(currency, { ...before, from: scope.today, to: null }),
  }
  return withAuthority(
    sql,
    scope,
    {
      kind: 'guarantee',
      command: 'releaseGuarantee',
      input,
      subject: `guarantee ${id}`,
      items: [],
      amount: { currency, minor: covered(before.minor, before.coveragePercent) },
      onYes: [{ code: 'guarantee_given_back', data }],
      onNo: [{ code: 'limit_stays', data }],
      why: input.why,
    },
    async () => {
      const over = { minor: 0n, coveragePercent: before.coveragePercent, from: scope.today, to: null }
      await addTerm(sql, ask, id, { what: 'released', ...over, why: input.why })
      return changed(sql, scope, { kind: 'guarantee', id }, 'guarantee released', input.why, data)
    },
  )
}

/** So much of it was called in; the rest still counts. Nobody is asked: the limit only gets lower. */
export async function realiseGuarantee(
  sql: Sql,
  ask: Ask,
  input: CreditCommands['realiseGuarantee'],
): Promise<Answer> {
  const { scope, guarantee } = await openGuarantee(sql, ask, input.guarantee, ['in_force'])
  const { id, currency, kind, reference } = guarantee
  const money = fromJson(input.amount)
  mustBeIn(guarantee, money)
  const [term, ...coming] = heldFrom(guarantee.terms, scope.today) as [GuaranteeTerm, ...GuaranteeTerm[]]
  const left = term.minor - money.minor
  if (left < 0n)
    throw new Refusal('GuaranteeTooSmall', {
      guarantee: id,
      currency,
      available: toDecimal(term.minor, currency),
      given: toDecimal(money.minor, currency),
    })
  const rest = { ...term, minor: left }
  await addTerm(sql, ask, id, { ...rest, what: 'realised', why: input.why })
  // What was renewed already stays as it was agreed, less the same amount.
  for (const next of coming)
    if (next.minor > money.minor)
      await addTerm(sql, ask, id, {
        ...next,
        minor: next.minor - money.minor,
        what: 'realised',
        why: input.why,
      })
  return changed(sql, scope, { kind: 'guarantee', id }, 'guarantee realised', input.why, {
    customer: scope.customer.code,
    guarantee: id,
    kind,
    reference,
    realised: toDecimal(money.minor, currency),
    ...shown(currency, rest),
  })
}

export async function attachGuaranteeDocument(
  sql: Sql,
  ask: Ask,
  input: CreditCommands['attachGuaranteeDocument'],
): Promise<Answer> {
  const { scope, guarantee } = await openGuarantee(sql, ask, input.guarantee)
  await keepProofs(sql, scope, 'guarantee', guarantee.id, input.proof)
  return {
    result: { guarantee: guarantee.id, documents: input.proof.map(({ name }) => ({ name })) },
    cases: [],
  }
}

function mustBeIn({ id, currency }: Guarantee, given: Money): void {
  if (given.currency !== currency)
    throw new Refusal('WrongCurrency', { document: String(id), expected: currency, given: given.currency })
}

/** A guarantee with its customer locked. */
async function openGuarantee(
  sql: Sql,
  ask: Ask,
  id: number,
  states?: readonly CreditState[],
): Promise<{ scope: CreditScope; guarantee: Guarantee }> {
  const { code } = await mustFind<{ code: string }>(
    sql,
    'guarantee',
    String(id),
    'SELECT c.code FROM guarantee g JOIN customer c ON c.id = g.customer_id WHERE g.company = $1 AND g.id = $2',
    [ask.asking.company, id],
  )
  const scope = await openCustomer(sql, ask, code)
  const [guarantee] = await guaranteesOf(sql, 'g.id', [id])
  const state = stateOn(guarantee!.terms, scope.today)
  if (states && !states.includes(state))
    throw new Refusal('NotOpen', { what: 'guarantee', id: String(id), state })
  return { scope, guarantee: guarantee! }
}
