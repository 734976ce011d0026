import type { Instant } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import type { PlacementState } from '../../domain/placement/placement.ts'
import type { PlacementCommands } from '../../domain/placementCommand.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Sql } from '../database.ts'
import type { Ask, CaseScope } from '../scope.ts'
import { closeAbout, openTask } from '../tasks.ts'
import { agencyById, ourOwn } from './agencies.ts'
import { dropMails, planMail } from './mails.ts'
import { subjectOf, withdrawOffer } from './offers.ts'
import {
  activeItems,
  becomes,
  journalPlacement,
  mustBe,
  openPlacement,
  type PlacedItem,
  type Placement,
  placementAnswer,
  takeOut,
} from './placement.ts'

/** How a placement ends: paid, taken back, given back, given up. */

type Doing = { company: string; actor: string; now: Instant }
type Ending = Extract<PlacementState, 'recalled' | 'returned' | 'recovered' | 'closed'>

/**
 * Ends it: what is still placed stands where it stood before, nobody is waited for any more, and whoever has it, or was
 * asked to take it, is told to stop. Returns the keys of the cases that look again.
 */
export async function endPlacement(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  placement: Placement,
  state: Ending,
  why: string,
): Promise<string[]> {
  const items = await activeItems(sql, placement.id)
  const ids = items.map((i) => i.id)
  const cases = await takeOut(sql, placement.id, ids)
  await withdrawOffer(sql, placement.id, scope.today, doing.actor, why)
  await becomes(sql, placement, state, {
    closed_on: scope.today,
    closed_why: why,
    answer_by: null,
    report_due_on: null,
  })
  await dropMails(sql, placement.id, ['offer', 'handover', 'report_due', 'changed'], state)
  // Whoever brought the money in, or gave it back, knows.
  if (placement.agency_id !== null && state !== 'recovered' && state !== 'returned')
    await planMail(sql, doing, {
      placement: placement.id,
      agency: placement.agency_id,
      purpose: 'recall',
      on: scope.today,
      detail: { why, documents: items.map((i) => i.name) },
    })
  for (const subject of [subjectOf(placement.id), lateSubjectOf(placement.id)])
    await closeAbout(sql, doing, scope, 'tell_supervisor', subject)
  const agency = placement.agency_id === null ? null : await agencyById(sql, placement.agency_id)
  await journalPlacement(
    sql,
    doing,
    placement,
    `placement ${state}`,
    ids,
    agency === null ? {} : { agency: agency.code },
    why,
  )
  return cases
}

/** Of the task about a report that didn't come although it was asked for. */
export const lateSubjectOf = (placement: number): string => `placement late ${placement}`

/** A person looks at what came back and is still owed. */
export async function lookAgain(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  placement: Placement,
  items: readonly PlacedItem[],
): Promise<void> {
  const open = items.filter((i) => !i.closed).map((i) => i.id)
  if (open.length === 0) return
  await openTask(sql, doing, scope, {
    kind: 'review',
    subject: `after placement ${placement.id}`,
    receivables: open,
    detail: { placement: placement.id },
    byHand: true,
  })
}

/** We take it back: all of it, or some documents. */
export async function recallPlacement(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['recallPlacement'],
): Promise<Answer> {
  const { asking } = ask
  await ourOwn(sql, asking.company, asking.actor)
  const { placement, scope } = await openPlacement(sql, ask, input.placement)
  mustBe(placement, 'approved', 'offered', 'accepted', 'active')
  const items = await activeItems(sql, placement.id)
  const named = input.documents?.map((name) => {
    const item = items.find((i) => i.name === name || `${i.name}/1` === name)
    if (!item) throw new Refusal('NotFound', { what: 'receivable', id: name })
    return item
  })
  const out = named ?? items
  if (new Set(out).size === items.length) {
    const cases = await endPlacement(sql, asking, scope, placement, 'recalled', input.why)
    return placementAnswer(sql, asking.company, placement.id, cases)
  }
  const cases = await recallItems(sql, asking, scope, placement, out, input.why)
  return placementAnswer(sql, asking.company, placement.id, cases)
}

/** Takes some of it back; whoever has it is told which. */
export async function recallItems(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  placement: Placement,
  items: readonly PlacedItem[],
  why: string,
): Promise<string[]> {
  const ids = items.map((i) => i.id)
  const cases = await takeOut(sql, placement.id, ids)
  const documents = items.map((i) => i.name)
  if (placement.agency_id !== null)
    await planMail(sql, doing, {
      placement: placement.id,
      agency: placement.agency_id,
      purpose: 'changed',
      on: scope.today,
      detail: { why, documents },
    })
  await journalPlacement(sql, doing, placement, 'placement items recalled', ids, { documents }, why)
  return cases
}

/** The agency gives it back: a person of ours looks at it. */
export async function returnPlacement(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['returnPlacement'],
): Promise<Answer> {
  const { asking } = ask
  const { placement, scope } = await openPlacement(sql, ask, input.placement)
  mustBe(placement, 'accepted', 'active')
  const items = await activeItems(sql, placement.id)
  const cases = await endPlacement(sql, asking, scope, placement, 'returned', input.why)
  await lookAgain(sql, asking, scope, placement, items)
  return placementAnswer(sql, asking.company, placement.id, cases)
}

/** It came to an end that is neither: a judgment that can't be enforced, a debtor who is gone. */
export async function closePlacement(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['closePlacement'],
): Promise<Answer> {
  const { asking } = ask
  await ourOwn(sql, asking.company, asking.actor)
  const { placement, scope } = await openPlacement(sql, ask, input.placement)
  mustBe(placement, 'approved', 'accepted', 'active')
  const items = await activeItems(sql, placement.id)
  const cases = await endPlacement(sql, asking, scope, placement, 'closed', input.why)
  await lookAgain(sql, asking, scope, placement, items)
  return placementAnswer(sql, asking.company, placement.id, cases)
}

/** The day of a demand has passed and it isn't paid: the ladder goes on, and a person is told. */
export async function demandLapsed(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  placement: Placement,
): Promise<string[]> {
  const items = await activeItems(sql, placement.id)
  // A letter that was sent isn't undone: they stay where it brought them.
  await sql.rows(`UPDATE placement_item SET stage_before = 'prelegal' WHERE placement_id = $1 AND active`, [
    placement.id,
  ])
  const cases = await endPlacement(sql, doing, scope, placement, 'closed', 'not paid in time')
  await lookAgain(sql, doing, scope, placement, items)
  return cases
}
