import { addDays, type Instant, type LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { inOrder } from '../../domain/placement/agencyChoice.ts'
import { STAGE_OF } from '../../domain/placement/placement.ts'
import type { PlacementCommands } from '../../domain/placementCommand.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Sql } from '../database.ts'
import type { Ask, CaseScope } from '../scope.ts'
import { closeAbout, openTask } from '../tasks.ts'
import { type Agency, agencies, agencyById, findAgency, ourOwn, placedWith } from './agencies.ts'
import { dropMails, planMail } from './mails.ts'
import {
  activeItems,
  becomes,
  change,
  journalPlacement,
  mustBe,
  openPlacement,
  type Placement,
  placementAnswer,
  setStage,
} from './placement.ts'

/** Who is asked to take a placement, and what they answer. */

type Doing = { company: string; actor: string; now: Instant }

/** Of the task for a person when no agency takes it. */
export const subjectOf = (placement: number): string => `placement ${placement}`

/** Offers it to this agency; without one, to the next by the policy's rules; when there is none, a person is told. */
export async function offer(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  placement: Placement,
  chosen: Agency | null = null,
): Promise<Placement> {
  const agency = chosen ?? (await nextAgency(sql, doing.company, scope, placement))
  if (agency === null) return toPerson(sql, doing, scope, placement)
  const { calendar, policy, today } = scope
  const answerBy = calendar.addWorkingDays(today, policy.placements.acceptance_working_days)
  await closeAbout(sql, doing, scope, 'tell_supervisor', subjectOf(placement.id))
  await sql.rows(
    `INSERT INTO placement_offer (placement_id, no, agency_id, offered_on, answer_by)
     SELECT $1, count(*) + 1, $2, $3, $4 FROM placement_offer WHERE placement_id = $1`,
    [placement.id, agency.id, today, answerBy],
  )
  const offered = await becomes(sql, placement, 'offered', {
    agency_id: agency.id,
    commission_percent: agency.commission,
    answer_by: answerBy,
  })
  await planMail(sql, doing, { placement: placement.id, agency: agency.id, purpose: 'offer', on: today })
  const items = await activeItems(sql, placement.id)
  await journalPlacement(
    sql,
    doing,
    placement,
    'placement offered',
    items.map((i) => i.id),
    { agency: agency.code, answerBy },
  )
  return offered
}

async function nextAgency(
  sql: Sql,
  company: string,
  { customer, policy }: CaseScope,
  placement: Placement,
): Promise<Agency | null> {
  const asked = await sql.rows<{ id: number }>(
    'SELECT agency_id::int AS id FROM placement_offer WHERE placement_id = $1',
    [placement.id],
  )
  const placed = await placedWith(sql, company)
  const items = await activeItems(sql, placement.id)
  const totals = [...new Set(items.map((i) => i.currency))].map((currency) => ({
    currency,
    minor: items.filter((i) => i.currency === currency).reduce((sum, i) => sum + i.claimed_minor, 0n),
  }))
  // A lawyer goes to court; an agency doesn't.
  const wanted = placement.kind === 'agency' ? 'agency' : 'lawyer'
  const candidates = (await agencies(sql, company, false))
    .filter((agency) => agency.kind === wanted && !asked.some(({ id }) => id === agency.id))
    .map((agency) => ({ ...agency, placed: placed.get(agency.id) ?? {} }))
  const to = { segment: customer.segment, branch: customer.branch, totals }
  return inOrder(candidates, to, policy.placements.choose_agency)[0] ?? null
}

async function toPerson(sql: Sql, doing: Doing, scope: CaseScope, placement: Placement): Promise<Placement> {
  const items = await activeItems(sql, placement.id)
  await openTask(sql, doing, scope, {
    kind: 'tell_supervisor',
    subject: subjectOf(placement.id),
    owner: scope.policy.supervisor,
    receivables: items.map((i) => i.id),
    detail: { placement: placement.id },
  })
  if (placement.state === 'approved') return placement
  return becomes(sql, placement, 'approved', { agency_id: null, commission_percent: null, answer_by: null })
}

/** The agency that was asked didn't take it, says so or said nothing: the next one, else a person. */
export async function turnedDown(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  placement: Placement,
  answer: 'declined' | 'expired' | 'withdrawn',
  why: string,
  next: Agency | null = null,
): Promise<Placement> {
  const agency = await agencyById(sql, placement.agency_id!)
  await answerOffer(sql, placement.id, answer, scope.today, doing.actor, why)
  await dropMails(sql, placement.id, ['offer'], answer)
  if (answer !== 'declined')
    await planMail(sql, doing, {
      placement: placement.id,
      agency: agency.id,
      purpose: 'expired',
      on: scope.today,
    })
  const items = await activeItems(sql, placement.id)
  await journalPlacement(
    sql,
    doing,
    placement,
    `offer ${answer}`,
    items.map((i) => i.id),
    { agency: agency.code },
    why,
  )
  return offer(sql, doing, scope, placement, next)
}

const answerOffer = (sql: Sql, placement: number, answer: string, on: LocalDate, by: string, why: string) =>
  sql.rows(
    `UPDATE placement_offer SET answer = $2, answered_on = $3, answered_by = $4, why = $5 WHERE placement_id = $1 AND answer IS NULL`,
    [placement, answer, on, by, why],
  )

/** What was offered isn't any more; nobody need answer. */
export const withdrawOffer = (sql: Sql, placement: number, on: LocalDate, by: string, why: string) =>
  answerOffer(sql, placement, 'withdrawn', on, by, why)

/** A person names the agency: of those that turned it down too. */
export async function offerPlacement(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['offerPlacement'],
): Promise<Answer> {
  const { asking } = ask
  await ourOwn(sql, asking.company, asking.actor)
  const { placement, scope } = await openPlacement(sql, ask, input.placement)
  mustBe(placement, 'approved', 'offered')
  const agency = await findAgency(sql, asking.company, input.agency)
  if (placement.kind === 'demand' || !agency.active)
    throw new Refusal('NotPlaceable', { what: placement.kind === 'demand' ? 'demand' : agency.code })
  if (placement.state === 'offered')
    await turnedDown(sql, asking, scope, placement, 'withdrawn', input.why, agency)
  else await offer(sql, asking, scope, placement, agency)
  return placementAnswer(sql, asking.company, placement.id, [])
}

/** From now on it is theirs: our side stops speaking to the customer about these receivables. */
export async function acceptPlacement(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['acceptPlacement'],
): Promise<Answer> {
  const { asking } = ask
  const { placement, scope } = await openPlacement(sql, ask, input.placement)
  mustBe(placement, 'offered')
  const { today } = scope
  await answerOffer(sql, placement.id, 'accepted', today, asking.actor, input.notes ?? '')
  const items = await activeItems(sql, placement.id)
  const accepted = await becomes(sql, placement, 'accepted', {
    accepted_on: today,
    answer_by: null,
    report_due_on: reportDueOn(scope),
  })
  await planMail(sql, asking, {
    placement: placement.id,
    agency: placement.agency_id!,
    purpose: 'handover',
    on: today,
  })
  const ids = items.map((i) => i.id)
  const agency = await agencyById(sql, placement.agency_id!)
  await journalPlacement(
    sql,
    asking,
    placement,
    'placement accepted',
    ids,
    { agency: agency.code },
    input.notes,
  )
  const cases = await setStage(sql, ids, STAGE_OF[placement.kind])
  return placementAnswer(sql, asking.company, accepted.id, cases)
}

/** When the next report is to be there by. */
export const reportDueOn = ({ calendar, policy, today }: Pick<CaseScope, 'calendar' | 'policy' | 'today'>) =>
  calendar.nextWorkingDay(addDays(today, policy.placements.report_every_days))

export async function declinePlacement(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['declinePlacement'],
): Promise<Answer> {
  const { asking } = ask
  const { placement, scope } = await openPlacement(sql, ask, input.placement)
  mustBe(placement, 'offered')
  await turnedDown(sql, asking, scope, placement, 'declined', input.why)
  // Whoever turned it down isn't told who is asked next.
  return {
    result: { placement: placement.id, declined: true },
    cases: [scope.case.key],
    processes: [`placement:${placement.id}`],
  }
}

/** The evidence was handed over: it is theirs to collect. */
export const handedOver = (sql: Sql, placement: Placement): Promise<Placement> =>
  change(sql, placement, { state: 'active' })
