import type { Instant, LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { mayBecome, type PlacementKind, type PlacementState } from '../../domain/placement/placement.ts'
import { Refusal } from '../../domain/refusal.ts'
import { touchReceivables } from '../cases.ts'
import { mustFind, type Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { CLAIMED } from '../receivables.ts'
import { type Ask, type CommandScope, caseOfCustomer, openCustomer } from '../scope.ts'
import { agencyOfPerson } from './agencies.ts'

/** A placement with its customer locked: who may see it, what it covers, and how its state changes. */

export interface Placement {
  id: number
  customer_id: number
  kind: PlacementKind
  state: PlacementState
  agency_id: number | null
  commission_percent: string | null
  requested_by: string
  begun_on: LocalDate
  answer_by: LocalDate | null
  message_id: number | null
  report_due_on: LocalDate | null
  chased_on: LocalDate | null
  told_on: LocalDate | null
}

export interface PlacedItem {
  id: number
  /** `DOCUMENT` or `DOCUMENT/TRANCHE`. */
  name: string
  currency: string
  /** Owed, or written off and not recovered: a write-off leaves whoever has it the claim. */
  claimed_minor: bigint
  ceiling_minor: bigint
  told_minor: bigint
  closed: boolean
}

const PLACEMENT = `SELECT p.id::int, p.customer_id::int, p.kind, p.state, p.agency_id::int, p.commission_percent, p.requested_by, p.begun_on, p.answer_by,
    p.message_id::int, p.report_due_on, p.chased_on, p.told_on FROM placement p`

export const placementProcess = (id: number) => ({ kind: 'placement' as const, id: String(id) })

export const readPlacement = (sql: Sql, company: string, id: number): Promise<Placement> =>
  mustFind<Placement>(sql, 'placement', String(id), `${PLACEMENT} WHERE p.company = $1 AND p.id = $2`, [
    company,
    id,
  ])

/** What of it is still placed, the oldest first. */
export const activeItems = (sql: Sql, placementId: number): Promise<PlacedItem[]> =>
  sql.rows<PlacedItem>(
    `SELECT r.id::int, CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END AS name, r.currency, o.claimed_minor,
       i.ceiling_minor, i.told_minor, r.closed_as IS NOT NULL AS closed
     FROM placement_item i JOIN receivable r ON r.id = i.receivable_id JOIN ${CLAIMED} o ON o.receivable_id = r.id
     WHERE i.placement_id = $1 AND i.active ORDER BY r.due_on, r.id`,
    [placementId],
  )

export interface OpenPlacement {
  placement: Placement
  scope: CommandScope
  /** The asking person speaks for the agency that has it. */
  byAgency: boolean
}

/**
 * Takes the lock of the placement's customer. A person of an agency finds only what is placed with, or offered to, that
 * agency.
 *
 * @throws Refusal NotFound; NotOpen when it is over
 */
export async function openPlacement(sql: Sql, ask: Ask, id: number): Promise<OpenPlacement> {
  const { company, actor } = ask.asking
  const customer = await mustFind<{ code: string }>(
    sql,
    'placement',
    String(id),
    'SELECT c.code FROM placement p JOIN customer c ON c.id = p.customer_id WHERE p.company = $1 AND p.id = $2',
    [company, id],
  )
  const scope = await caseOfCustomer(sql, await openCustomer(sql, ask, customer.code))
  const placement = await readPlacement(sql, company, id)
  const agency = await agencyOfPerson(sql, company, actor)
  if (agency !== null && agency !== placement.agency_id)
    throw new Refusal('NotFound', { what: 'placement', id: String(id) })
  return { placement, scope, byAgency: agency !== null }
}

/** @throws Refusal NotOpen when it is in none of these states */
export function mustBe(placement: Placement, ...states: readonly PlacementState[]): void {
  if (!states.includes(placement.state))
    throw new Refusal('NotOpen', { what: 'placement', id: String(placement.id), state: placement.state })
}

type Changes = Partial<
  Pick<
    Placement,
    | 'agency_id'
    | 'commission_percent'
    | 'answer_by'
    | 'message_id'
    | 'report_due_on'
    | 'chased_on'
    | 'told_on'
  > & { accepted_on: LocalDate | null; closed_on: LocalDate; closed_why: string }
>

/** Moves it to a state that may follow; what else changes with that goes along. */
export async function becomes(
  sql: Sql,
  placement: Placement,
  state: PlacementState,
  changes: Changes = {},
): Promise<Placement> {
  if (!mayBecome(placement.state, state))
    throw new Error(`placement ${placement.id} can't become ${state}: it is ${placement.state}`)
  return change(sql, placement, { ...changes, state })
}

export async function change(
  sql: Sql,
  placement: Placement,
  changes: Changes & { state?: PlacementState },
): Promise<Placement> {
  const columns = Object.keys(changes)
  await sql.rows(
    `UPDATE placement SET ${columns.map((column, at) => `${column} = $${at + 2}`).join(', ')} WHERE id = $1`,
    [placement.id, ...Object.values(changes)],
  )
  return { ...placement, ...changes } as Placement
}

/** So these receivables stand while somebody has them; their case looks again. Returns its keys. */
export async function setStage(
  sql: Sql,
  receivables: readonly number[],
  stage: 'prelegal' | 'legal' | 'agency',
): Promise<string[]> {
  await sql.rows(`UPDATE receivable SET stage = $2 WHERE id = ANY($1) AND closed_as IS NULL`, [
    receivables,
    stage,
  ])
  return touchReceivables(sql, receivables)
}

/** Takes receivables out of a placement: they stand where they stood before. Returns the keys of their cases. */
export async function takeOut(
  sql: Sql,
  placementId: number,
  receivables: readonly number[],
): Promise<string[]> {
  // What is closed stands there again should its payment be taken back.
  await sql.rows(
    `UPDATE receivable r SET stage = CASE WHEN r.closed_as IS NULL THEN i.stage_before ELSE r.stage END,
       closed_at_stage = CASE WHEN r.closed_as IS NULL THEN r.closed_at_stage ELSE i.stage_before END
     FROM placement_item i WHERE i.placement_id = $1 AND i.active AND i.receivable_id = ANY($2) AND r.id = i.receivable_id`,
    [placementId, receivables],
  )
  await sql.rows(
    'UPDATE placement_item SET active = false WHERE placement_id = $1 AND receivable_id = ANY($2)',
    [placementId, receivables],
  )
  return touchReceivables(sql, receivables)
}

/** The claim goes on as another document: whoever has it keeps it, and its clocks run on. */
export async function movePlaced(sql: Sql, from: number, to: number): Promise<void> {
  const moved = await sql.rows(
    'UPDATE placement_item SET receivable_id = $2 WHERE receivable_id = $1 AND active RETURNING placement_id',
    [from, to],
  )
  if (moved.length > 0)
    await sql.rows(
      'UPDATE receivable n SET stage = o.stage FROM receivable o WHERE o.id = $1 AND n.id = $2',
      [from, to],
    )
  await sql.rows(
    `UPDATE prescription SET receivable_id = $2 WHERE receivable_id = $1 AND state = 'running'`,
    [from, to],
  )
}

/** Whoever has it knows what is claimed of each item now. */
export const setTold = (sql: Sql, placementId: number) =>
  sql.rows(
    `UPDATE placement_item i SET told_minor = greatest(o.claimed_minor, 0) FROM ${CLAIMED} o WHERE i.placement_id = $1 AND i.active AND o.receivable_id = i.receivable_id`,
    [placementId],
  )

/** What happens to a placement, in the journal of its customer. */
export const journalPlacement = (
  sql: Sql,
  by: { company: string; actor: string; now: Instant },
  placement: Pick<Placement, 'id' | 'customer_id' | 'kind'>,
  event: string,
  receivables: readonly number[],
  data: Record<string, unknown> = {},
  why?: string,
) =>
  appendToJournal(sql, by.company, placement.customer_id, {
    event,
    actor: by.actor,
    at: by.now,
    ...(why === undefined || why === '' ? {} : { why }),
    receivables: [...receivables],
    data: { placement: placement.id, kind: placement.kind, ...data },
  })

/** What every command about a placement answers. */
export async function placementAnswer(
  sql: Sql,
  company: string,
  id: number,
  cases: readonly string[],
  more: Record<string, unknown> = {},
): Promise<Answer> {
  const row = await sql.one<{
    kind: string
    state: string
    customer: string
    agency: string | null
    key: string
  }>(
    `SELECT p.kind, p.state, c.code AS customer, a.code AS agency, k.key FROM placement p JOIN customer c ON c.id = p.customer_id
     JOIN collection_case k ON k.id = p.case_id LEFT JOIN agency a ON a.id = p.agency_id WHERE p.company = $1 AND p.id = $2`,
    [company, id],
  )
  const { key, ...placement } = row!
  return {
    result: { placement: id, ...placement, ...more },
    cases: [...new Set([key, ...cases])].sort(),
    processes: [`placement:${id}`],
  }
}
