import { addDays, type LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { toDecimal, toJson } from '../../domain/money.ts'
import { isTalking } from '../../domain/negotiation/agreement.ts'
import { beyondRules, claimOf, resolveOffer, type Terms } from '../../domain/negotiation/terms.ts'
import type { negotiationCommands } from '../../domain/negotiationCommand.ts'
import { isCreditKind } from '../../domain/openItem.ts'
import { Refusal } from '../../domain/refusal.ts'
import { withAuthority } from '../approvals/authority.ts'
import type { Carriers } from '../carriers.ts'
import { touchReceivables } from '../cases.ts'
import { journalCommand, openOfCustomer } from '../commandScope.ts'
import { customerId, lockPaidWith } from '../customers.ts'
import type { Sql } from '../database.ts'
import { beginProcess } from '../processes.ts'
import { findReceivables } from '../receivables.ts'
import { type Ask, openCustomer } from '../scope.ts'
import { agree, promisesReplacedBy } from './agree.ts'
import { overtakeApproval } from './approval.ts'
import {
  findNegotiation,
  lastRound,
  type Negotiation,
  receivablesOf,
  type TalkItem,
  type TalkScope,
  tableOf,
  talkItems,
} from './rows.ts'
import { toldTerms } from './told.ts'

/** Offers to customers and from them, until they are agreed to or come to nothing. */

type Commands = typeof negotiationCommands
type Input<N extends keyof Commands> = Parameters<Carriers<Commands>[N]>[2]

export const negotiationCarriers: Carriers<Commands> = {
  proposeNegotiation: propose,
  counterOffer: counter,
  submitNegotiation: submit,
  withdrawNegotiation: withdraw,
}

/** A first offer about receivables of one currency: from now on they aren't chased while it is talked about. */
async function propose(sql: Sql, ask: Ask, input: Input<'proposeNegotiation'>): Promise<Answer> {
  const scope = await openCustomer(sql, ask, input.customer)
  const { asking, customer, today } = scope
  const items = await negotiable(sql, scope, input.documents)
  const terms = termsOf(scope, input, items, items[0]!.currency)
  const row = await sql.one<{ id: number }>(
    `INSERT INTO negotiation (company, customer_id, currency, state, opened_on, opened_by, recorded_at, valid_through)
     VALUES ($1, $2, $3, $4, $5, $6, to_timestamp($7 / 1000.0), $8) RETURNING id::int`,
    [
      asking.company,
      customer.id,
      terms.currency,
      input.by === 'us' ? 'proposed' : 'countered',
      today,
      asking.actor,
      asking.now,
      validThrough(scope, input.validThrough),
    ],
  )
  await sql.rows(
    `INSERT INTO negotiation_item (negotiation_id, receivable_id, ceiling_minor, active)
     SELECT $1, receivable, ceiling, true FROM unnest($2::bigint[], $3::bigint[]) AS i(receivable, ceiling)`,
    [row!.id, items.map((i) => i.receivable), items.map((i) => i.claimMinor)],
  )
  const result = await writeRound(sql, scope, row!.id, input, terms, items)
  return {
    result,
    cases: await touchReceivables(
      sql,
      items.map((i) => i.receivable),
    ),
    processes: [
      await beginProcess(sql, asking.company, {
        kind: 'negotiation',
        id: String(row!.id),
        customer: customer.id,
      }),
    ],
  }
}

/** Another offer, of either side, in the place of the one on the table. */
async function counter(sql: Sql, ask: Ask, input: Input<'counterOffer'>): Promise<Answer> {
  const scope = await openCustomer(sql, ask, input.customer)
  const negotiation = await findTalk(sql, scope, input.negotiation, ['proposed', 'countered'])
  const all = await talkItems(sql, scope, await receivablesOf(sql, negotiation.id))
  const items = all.filter((item) => item.claimMinor > 0n)
  if (items.length === 0) throw new Refusal('NothingClaimed', { document: all[0]!.document })
  const terms = termsOf(scope, input, items, negotiation.currency)
  await sql.rows('UPDATE negotiation SET state = $2, valid_through = $3 WHERE id = $1', [
    negotiation.id,
    input.by === 'us' ? 'proposed' : 'countered',
    validThrough(scope, input.validThrough),
  ])
  await sql.rows(
    `UPDATE negotiation_item n SET ceiling_minor = i.ceiling FROM unnest($2::bigint[], $3::bigint[]) AS i(receivable, ceiling)
     WHERE n.negotiation_id = $1 AND n.receivable_id = i.receivable`,
    [negotiation.id, items.map((i) => i.receivable), items.map((i) => i.claimMinor)],
  )
  const result = await writeRound(sql, scope, negotiation.id, input, terms, items)
  return { result, cases: await touchReceivables(sql, await receivablesOf(sql, negotiation.id)) }
}

/** Both sides agree on the offer on the table: it is put to those who have the authority, and then takes effect. */
async function submit(sql: Sql, ask: Ask, input: Input<'submitNegotiation'>): Promise<Answer> {
  await lockPaidWith(sql, await customerId(sql, ask.asking.company, input.customer))
  const scope = await openCustomer(sql, ask, input.customer)
  const negotiation = await findTalk(
    sql,
    scope,
    input.negotiation,
    scope.approval ? ['submitted'] : ['proposed', 'countered'],
  )
  const { items, round, terms } = await tableOf(sql, scope, negotiation, input.waivesUpTo)
  if (!scope.approval) {
    mustBeWithin(scope, terms, items)
    await promisesReplacedBy(sql, terms, items)
    await sql.rows(`UPDATE negotiation SET state = 'submitted' WHERE id = $1`, [negotiation.id])
  }
  const { currency } = negotiation
  const told = { negotiation: negotiation.id, terms: toldTerms(terms, items) }
  return withAuthority(
    sql,
    scope,
    {
      kind: 'negotiation',
      command: 'submitNegotiation',
      // As asked for today: on yes no more interest is waived, however much has accrued.
      input: {
        ...input,
        ...(terms.waivedMinor > 0n ? { waivesUpTo: toJson(terms.waivedMinor, currency) } : {}),
      },
      subject: `negotiation ${negotiation.id}`,
      items: items.map((item) => ({ receivable: item.receivable, ceilingMinor: item.owedMinor })),
      amount: { currency, minor: claimOf(items) + terms.waivedMinor },
      onYes: [{ code: 'negotiation_agreed', data: told }],
      onNo: [{ code: 'negotiation_rejected', data: { negotiation: negotiation.id } }],
      why: input.why,
      alsoAsked: [negotiation.opened_by, round.actor],
    },
    () => agree(sql, scope, { negotiation, items, round, terms }, input),
  )
}

/** One of the sides takes it back: what it covers is chased again. */
async function withdraw(sql: Sql, ask: Ask, input: Input<'withdrawNegotiation'>): Promise<Answer> {
  const scope = await openCustomer(sql, ask, input.customer)
  const negotiation = await findTalk(sql, scope, input.negotiation, ['proposed', 'countered', 'submitted'])
  const overtaken = await overtakeApproval(sql, scope, negotiation, input.why)
  const receivables = await closeTalk(sql, scope, negotiation, 'withdrawn', {
    why: input.why,
    data: { by: input.by },
  })
  return {
    result: { negotiation: negotiation.id, state: 'withdrawn', by: input.by },
    cases: await touchReceivables(sql, receivables),
    processes: overtaken,
  }
}

/** It came to nothing. Returns what it covered. */
export async function closeTalk(
  sql: Sql,
  scope: TalkScope,
  negotiation: Negotiation,
  state: 'withdrawn' | 'lapsed' | 'rejected',
  { why, data = {} }: { why?: string; data?: Record<string, unknown> } = {},
): Promise<number[]> {
  await sql.rows('UPDATE negotiation SET state = $2, closed_on = $3 WHERE id = $1', [
    negotiation.id,
    state,
    scope.today,
  ])
  await sql.rows('UPDATE negotiation_item SET active = false WHERE negotiation_id = $1', [negotiation.id])
  const receivables = await receivablesOf(sql, negotiation.id)
  await journalCommand(
    sql,
    scope,
    `negotiation ${state}`,
    receivables,
    { negotiation: negotiation.id, ...data },
    why,
  )
  return receivables
}

/** Open debits of the customer and of one currency, in no other negotiation, with something claimed of each. */
async function negotiable(sql: Sql, scope: TalkScope, documents: readonly string[]): Promise<TalkItem[]> {
  const receivables = openOfCustomer(scope, await findReceivables(sql, scope.asking.company, documents))
  const { currency } = receivables[0]!
  for (const receivable of receivables) {
    const { name: document } = receivable
    if (isCreditKind(receivable.kind))
      throw new Refusal('InvalidAmount', {
        value: toDecimal(receivable.balance_minor, receivable.currency),
        currency: receivable.currency,
      })
    if (receivable.currency !== currency)
      throw new Refusal('WrongCurrency', { document, expected: currency, given: receivable.currency })
    const other = await sql.one<{ id: number }>(
      'SELECT negotiation_id::int AS id FROM negotiation_item WHERE receivable_id = $1 AND active',
      [receivable.id],
    )
    if (other) throw new Refusal('NegotiationExists', { document, negotiation: other.id })
  }
  const items = await talkItems(
    sql,
    scope,
    receivables.map((r) => r.id),
  )
  const nothing = items.find((item) => item.claimMinor === 0n)
  if (nothing) throw new Refusal('NothingClaimed', { document: nothing.document })
  return items
}

/** @throws Refusal NotOpen when it isn't in one of these states any more, or its time is over */
async function findTalk(
  sql: Sql,
  { customer, today }: TalkScope,
  id: number,
  states: readonly Negotiation['state'][],
): Promise<Negotiation> {
  const negotiation = await findNegotiation(sql, customer.id, id)
  const lapsed = isTalking(negotiation.state) && negotiation.valid_through < today
  if (lapsed || !states.includes(negotiation.state))
    throw new Refusal('NotOpen', {
      what: 'negotiation',
      id: String(id),
      state: lapsed ? 'lapsed' : negotiation.state,
    })
  return negotiation
}

/** What we offer keeps within the policy; what a customer wants is written down as it is. */
function termsOf(
  scope: TalkScope,
  { by, offer }: Pick<Input<'counterOffer'>, 'by' | 'offer'>,
  items: readonly TalkItem[],
  currency: string,
): Terms {
  const terms = resolveOffer(offer, items, currency, scope.today)
  if (by === 'us') mustBeWithin(scope, terms, items)
  return terms
}

function mustBeWithin({ policy, today }: TalkScope, terms: Terms, items: readonly TalkItem[]): void {
  const [first] = beyondRules(terms, items, policy.negotiations, today)
  if (first) throw new Refusal('TermsBeyondPolicy', first)
}

function validThrough({ policy, today }: TalkScope, said: LocalDate | undefined): LocalDate {
  const latest = addDays(today, policy.negotiations.validity_days)
  if (said === undefined) return latest
  if (said < today || said > latest)
    throw new Refusal('InvalidDate', {
      field: 'validThrough',
      value: said,
      must: said < today ? `not be before ${today}` : `not be after ${latest}`,
    })
  return said
}

/** Writes an offer down, and tells it. */
async function writeRound(
  sql: Sql,
  scope: TalkScope,
  id: number,
  input: Input<'counterOffer'> | Input<'proposeNegotiation'>,
  terms: Terms,
  items: readonly TalkItem[],
): Promise<Record<string, unknown>> {
  const { asking, today } = scope
  const told = toldTerms(terms, items)
  const valid = validThrough(scope, input.validThrough)
  const row = await sql.one<{ no: number }>(
    `INSERT INTO negotiation_round (negotiation_id, no, made_by, person, offer, terms, notes, made_on, valid_through, recorded_at, actor)
     SELECT $1, (SELECT count(*) + 1 FROM negotiation_round WHERE negotiation_id = $1), $2, $3, $4, $5, $6, $7, $8, to_timestamp($9 / 1000.0), $10
     RETURNING no`,
    [
      id,
      input.by,
      input.person,
      JSON.stringify(input.offer),
      JSON.stringify(told),
      input.notes,
      today,
      valid,
      asking.now,
      asking.actor,
    ],
  )
  const result = {
    negotiation: id,
    round: row!.no,
    by: input.by,
    person: input.person,
    documents: items.map((item) => item.document),
    claim: toDecimal(claimOf(items), terms.currency),
    currency: terms.currency,
    terms: told,
    validThrough: valid,
  }
  await journalCommand(
    sql,
    scope,
    row!.no === 1 ? 'negotiation proposed' : 'negotiation countered',
    items.map((item) => item.receivable),
    result,
    input.notes,
  )
  return result
}

/** The state that the offer on the table gives it. */
export const onTheTable = async (sql: Sql, id: number): Promise<'proposed' | 'countered'> =>
  (await lastRound(sql, id)).madeBy === 'us' ? 'proposed' : 'countered'
