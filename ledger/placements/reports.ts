import type { Answer } from '../../domain/command.ts'
import type { PlacementCommands } from '../../domain/placementCommand.ts'
import type { Sql } from '../database.ts'
import { keepProofs } from '../proofs.ts'
import type { Ask } from '../scope.ts'
import { closeAbout } from '../tasks.ts'
import { agencyById } from './agencies.ts'
import { lateSubjectOf } from './endings.ts'
import { dropMails } from './mails.ts'
import { reportDueOn } from './offers.ts'
import { activeItems, change, journalPlacement, mustBe, openPlacement, placementAnswer } from './placement.ts'

/** What whoever has it says about it. The next report is due so many days after this one. */
export async function reportPlacement(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['reportPlacement'],
): Promise<Answer> {
  const { asking } = ask
  const { placement, scope } = await openPlacement(sql, ask, input.placement)
  mustBe(placement, 'accepted', 'active')
  const row = await sql.one<{ id: number }>(
    `INSERT INTO placement_report (placement_id, reported_on, recorded_at, reported_by, result, notes)
     VALUES ($1, $2, to_timestamp($3 / 1000.0), $4, $5, $6) RETURNING id::int`,
    [placement.id, scope.today, asking.now, asking.actor, input.result, input.notes],
  )
  await keepProofs(sql, scope, 'placement report', row!.id, input.proof)
  const reportDue = reportDueOn(scope)
  await change(sql, placement, { report_due_on: reportDue, chased_on: null, told_on: null })
  await dropMails(sql, placement.id, ['report_due'], 'reported')
  await closeAbout(sql, asking, scope, 'tell_supervisor', lateSubjectOf(placement.id))
  const items = await activeItems(sql, placement.id)
  const agency = await agencyById(sql, placement.agency_id!)
  const result = { report: row!.id, result: input.result, notes: input.notes, nextReportOn: reportDue }
  await journalPlacement(
    sql,
    asking,
    placement,
    'placement reported',
    items.map((i) => i.id),
    { ...result, agency: agency.code },
  )
  return placementAnswer(sql, asking.company, placement.id, [], result)
}
