import { addDays, type Instant, instantOf, type LocalDate } from '../../domain/calendar.ts'
import { toDecimal } from '../../domain/money.ts'
import { isHeld, STAGE_OF } from '../../domain/placement/placement.ts'
import type { Look } from '../../domain/process.ts'
import type { Sql } from '../database.ts'
import type { Looker } from '../looks.ts'
import { TRIES_UNTIL_TOLD } from '../retries.ts'
import { type CaseScope, caseOfCustomer } from '../scope.ts'
import { openTask } from '../tasks.ts'
import { nettedOf } from '../unusedMoney.ts'
import { agencyById } from './agencies.ts'
import { demandLapsed, endPlacement, lateSubjectOf, lookAgain, recallItems } from './endings.ts'
import { openMails, planMail, wasSent } from './mails.ts'
import { turnedDown } from './offers.ts'
import {
  activeItems,
  becomes,
  change,
  journalPlacement,
  type PlacedItem,
  type Placement,
  readPlacement,
  setStage,
  setTold,
  takeOut,
} from './placement.ts'
import { lookAtPrescription } from './prescriptions.ts'

/** What becomes due of a placement, or of a clock on a claim, by itself. */

type Doing = { company: string; actor: string; now: Instant }

export const lookAtPlacement: Looker = async (sql, { company, id, now, actor, scope }) => {
  const doing = { company, actor, now }
  const inCase = await caseOfCustomer(sql, scope!)
  const opens = (on: LocalDate | null) => (on === null ? null : openingOf(inCase, on))
  if (id.startsWith('clock-')) {
    const { outcome, nextOn } = await lookAtPrescription(
      sql,
      doing,
      inCase,
      Number(id.slice('clock-'.length)),
    )
    return { closed: nextOn === null, outcome, nextAt: opens(nextOn) }
  }
  return look(sql, doing, inCase, await readPlacement(sql, company, Number(id)))
}

/** A day's work begins with the contact hours: nobody is told anything at midnight. */
const openingOf = ({ customer, policy }: CaseScope, on: LocalDate): Instant =>
  instantOf(on, policy.contact_hours.from, customer.time_zone)

async function look(sql: Sql, doing: Doing, scope: CaseScope, seen: Placement): Promise<Look> {
  const cases: string[] = []
  let placement = seen
  if (isOpen(placement)) {
    cases.push(...(await settle(sql, doing, scope, placement)))
    placement = await readPlacement(sql, doing.company, placement.id)
  }
  if (placement.state === 'approved' && placement.message_id !== null)
    cases.push(...(await followLetter(sql, doing, scope, placement)))
  placement = await readPlacement(sql, doing.company, placement.id)
  const { today } = scope
  if (placement.state === 'offered' && placement.answer_by! < today)
    placement = await turnedDown(sql, doing, scope, placement, 'expired', 'no answer in time')
  if (placement.state === 'accepted' && (await wasSent(sql, placement.id, placement.agency_id!, 'handover')))
    placement = await becomes(sql, placement, 'active')
  if (placement.kind === 'demand' && placement.state === 'active' && placement.answer_by! < today) {
    cases.push(...(await demandLapsed(sql, doing, scope, placement)))
    placement = await readPlacement(sql, doing.company, placement.id)
  }
  if (isHeld(placement.state) && placement.agency_id !== null)
    placement = await chaseReport(sql, doing, scope, placement)

  await tellUndelivered(sql, doing, scope, placement)
  const mails = await openMails(sql, placement.id, doing.now)
  const nextOn = isOpen(placement) ? nextDay(scope, placement) : null
  const nextAt = [
    mails.nextTryAt,
    nextOn === null ? null : openingOf(scope, nextOn),
    waitForLetter(placement, doing.now),
  ]
    .filter((at) => at !== null)
    .sort((a, b) => a - b)
  return {
    closed: !isOpen(placement) && mails.due.length === 0 && mails.nextTryAt === null,
    outcome: placement.state,
    nextAt: nextAt[0] ?? null,
    deliveries: mails.due.map((id) => ({ channel: 'placement_mail', id })),
    cases: [...new Set(cases)].sort(),
  }
}

const isOpen = ({ state }: Placement): boolean => state === 'approved' || state === 'offered' || isHeld(state)

/**
 * What was paid, here or there, isn't asked for any more. All of it paid: over, by whoever's hand it came in. A part of
 * it: whoever has the rest is told what is still to be collected.
 */
async function settle(sql: Sql, doing: Doing, scope: CaseScope, placement: Placement): Promise<string[]> {
  const items = await activeItems(sql, placement.id)
  // The letter left all of it out.
  if (items.length === 0) return endPlacement(sql, doing, scope, placement, 'closed', 'nothing left to say')
  const payers = await sql.rows<{ payer: number }>(
    'SELECT DISTINCT payer_id::int AS payer FROM receivable WHERE id = ANY($1)',
    [items.map((i) => i.id)],
  )
  const netted = await nettedOf(
    sql,
    payers.map((p) => p.payer),
  )
  const left = (item: PlacedItem) =>
    item.claimed_minor - (netted.get(item.id) ?? []).reduce((sum, part) => sum + part.minor, 0n)
  if (items.every((item) => left(item) <= 0n)) {
    const byAgency = await broughtIn(sql, placement)
    const theirs = byAgency || placement.agency_id === null
    const why = theirs ? 'paid' : 'paid to us'
    return endPlacement(sql, doing, scope, placement, theirs ? 'recovered' : 'recalled', why)
  }
  if (placement.agency_id === null || placement.state === 'offered') {
    await setTold(sql, placement.id)
    return []
  }
  // What whoever has it brought in, they know.
  const theirs = items.filter((item) => item.claimed_minor <= 0n && item.told_minor === 0n)
  const paid = items.filter((item) => left(item) <= 0n && !theirs.includes(item))
  const changed = items.filter((item) => left(item) > 0n && item.claimed_minor !== item.told_minor)
  const cases = await takeOut(
    sql,
    placement.id,
    theirs.map((item) => item.id),
  )
  if (paid.length > 0) cases.push(...(await recallItems(sql, doing, scope, placement, paid, 'paid to us')))
  if (changed.length > 0) {
    await planMail(sql, doing, {
      placement: placement.id,
      agency: placement.agency_id,
      purpose: 'changed',
      on: scope.today,
    })
    await journalPlacement(
      sql,
      doing,
      placement,
      'placement changed',
      changed.map((i) => i.id),
      {
        items: changed.map((i) => ({
          document: i.name,
          before: toDecimal(i.told_minor, i.currency),
          open: toDecimal(i.claimed_minor, i.currency),
          currency: i.currency,
        })),
      },
    )
    await setTold(sql, placement.id)
  }
  return cases
}

/** The last of it came in through the agency. */
const broughtIn = async (sql: Sql, placement: Placement): Promise<boolean> => {
  const last = await sql.one<{ theirs: boolean }>(
    `SELECT EXISTS (SELECT FROM placement_recovery v WHERE v.placement_id = $1 AND v.receipt_id = t.receipt_id) AS theirs
     FROM placement_item i JOIN account a ON a.receivable_id = i.receivable_id JOIN transfer t ON t.credit_account = a.id
     WHERE i.placement_id = $1 AND i.active AND t.code NOT IN ('opening') ORDER BY t.id DESC LIMIT 1`,
    [placement.id],
  )
  return last?.theirs ?? false
}

/** The demand letter is on its way: its day counts from when it was sent. */
async function followLetter(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  placement: Placement,
): Promise<string[]> {
  const letter = await sql.one<{
    state: string
    sent_at: Instant | null
    reason: string | null
    as_of: LocalDate | null
  }>(
    `SELECT m.state, m.sent_at, m.reason, (SELECT max(d.as_of) FROM message_document x JOIN document d ON d.id = x.document_id WHERE x.message_id = m.id) AS as_of
     FROM message m WHERE m.id = $1`,
    [placement.message_id],
  )
  const items = await activeItems(sql, placement.id)
  const ids = items.map((i) => i.id)
  if (letter!.state === 'sent') {
    const sentOn = letter!.as_of ?? scope.today
    const answerBy = demandDeadline(scope, sentOn)
    await becomes(sql, placement, 'active', { answer_by: answerBy })
    await journalPlacement(sql, doing, placement, 'demand runs', ids, { payBy: answerBy })
    return setStage(sql, ids, STAGE_OF.demand)
  }
  if (letter!.state === 'failed' || letter!.state === 'skipped') {
    const cases = await endPlacement(sql, doing, scope, placement, 'closed', letter!.reason ?? letter!.state)
    if (letter!.state === 'failed') await lookAgain(sql, doing, scope, placement, items)
    return cases
  }
  return []
}

/** The day that a demand letter gives. */
export const demandDeadline = (
  { calendar, policy }: Pick<CaseScope, 'calendar' | 'policy'>,
  on: LocalDate,
): LocalDate => calendar.nextWorkingDay(addDays(on, policy.placements.demand_deadline_days))

/** A letter wakes nobody here when it is sent: it is looked for. */
const LETTER_AGAIN_MS = 60 * 60_000
const waitForLetter = (placement: Placement, now: Instant): Instant | null =>
  placement.state === 'approved' && placement.message_id !== null ? now + LETTER_AGAIN_MS : null

/** A late report is asked for, then told to the supervisor: each once for each report. */
async function chaseReport(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  placement: Placement,
): Promise<Placement> {
  const { today, policy } = scope
  const { chaseOn, tellOn } = lateDays(scope, placement)
  if (placement.chased_on === null && today >= chaseOn) {
    await planMail(sql, doing, {
      placement: placement.id,
      agency: placement.agency_id!,
      purpose: 'report_due',
      on: today,
      detail: { dueOn: placement.report_due_on },
    })
    const agency = await agencyById(sql, placement.agency_id!)
    const items = await activeItems(sql, placement.id)
    await journalPlacement(
      sql,
      doing,
      placement,
      'report chased',
      items.map((i) => i.id),
      { agency: agency.code, dueOn: placement.report_due_on },
    )
    return change(sql, placement, { chased_on: today })
  }
  if (tellOn !== null && placement.told_on === null && today >= tellOn) {
    const agency = await agencyById(sql, placement.agency_id!)
    const items = await activeItems(sql, placement.id)
    await openTask(sql, doing, scope, {
      kind: 'tell_supervisor',
      subject: lateSubjectOf(placement.id),
      owner: policy.supervisor,
      receivables: items.map((i) => i.id),
      detail: { placement: placement.id, agency: agency.code, dueOn: placement.report_due_on },
    })
    return change(sql, placement, { told_on: today })
  }
  return placement
}

/** An agency that can't be written to, or not for long: a person is told, once about each mail. */
async function tellUndelivered(
  sql: Sql,
  doing: Doing,
  scope: CaseScope,
  placement: Placement,
): Promise<void> {
  const undelivered = await sql.rows<{ purpose: string; agency: string; reason: string }>(
    `UPDATE placement_mail m SET told = true FROM agency a WHERE a.id = m.agency_id AND m.placement_id = $1 AND NOT m.told
       AND (m.state = 'failed' OR m.state = 'sending' AND m.attempts >= $2) RETURNING m.purpose, a.code AS agency, m.reason`,
    [placement.id, TRIES_UNTIL_TOLD],
  )
  for (const { purpose, agency, reason } of undelivered)
    await openTask(sql, doing, scope, {
      kind: 'tell_supervisor',
      subject: `agency mail ${agency}`,
      owner: scope.policy.supervisor,
      receivables: [],
      detail: { placement: placement.id, purpose, reason },
    })
}

/** When a report is asked for, and when, that done, the supervisor is told. */
function lateDays(
  { calendar, policy }: CaseScope,
  placement: Placement,
): { chaseOn: LocalDate; tellOn: LocalDate | null } {
  const { chase_after_working_days, tell_after_working_days } = policy.placements
  return {
    chaseOn: calendar.addWorkingDays(placement.report_due_on!, chase_after_working_days),
    tellOn:
      placement.chased_on === null
        ? null
        : calendar.addWorkingDays(placement.chased_on, tell_after_working_days),
  }
}

/** The next day on which something is due by itself. */
function nextDay(scope: CaseScope, placement: Placement): LocalDate | null {
  if (placement.state === 'offered' || (placement.kind === 'demand' && placement.answer_by !== null))
    return addDays(placement.answer_by!, 1)
  if (!isHeld(placement.state) || placement.report_due_on === null) return null
  const { chaseOn, tellOn } = lateDays(scope, placement)
  if (placement.chased_on === null) return chaseOn
  return placement.told_on === null ? tellOn : null
}
