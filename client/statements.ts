import type { KeptDocument } from '../domain/document.ts'
import { contentHash } from '../ledger/commands.ts'
import type { printPack } from '../workflows/printPack.ts'
import {
  evidenceWorkflowId,
  minutesWorkflowId,
  printPackWorkflowId,
  type StatementWork,
  statementWorkflowId,
} from '../workflows/statement.messages.ts'
import type { evidence, minutes, statement } from '../workflows/statement.ts'
import { shortRun } from './shortRun.ts'
import type { Door } from './temporal.ts'

const WITHIN_MS = 120_000
/** Hundreds of statements are drawn one by one. */
const PACK_WITHIN_MS = 60 * 60_000

/**
 * Has a customer's statement of account made, in each of the formats; asked again under the same key, the same run
 * answers.
 *
 * @throws Refusal NotFound, InvalidDate; TryLater when there is no answer within `withinMs`
 */
export async function makeStatement(
  door: Door,
  work: StatementWork,
  key: string,
  withinMs: number = WITHIN_MS,
): Promise<KeptDocument[]> {
  const { company } = door
  const workflowId = statementWorkflowId(company, `${key}:${contentHash('statement', work).slice(0, 16)}`)
  return shortRun<typeof statement>(door, 'statement', workflowId, { v: 1, company, work }, withinMs)
}

/**
 * Has the statements of a run that go out on paper made as one document; null when none do. Asked again it is found.
 *
 * @throws Refusal NotFound; TryLater when it isn't made within `withinMs`: it goes on, and asking again waits for it
 */
export async function makePrintPack(
  door: Door,
  run: number,
  actor: string,
  withinMs: number = PACK_WITHIN_MS,
): Promise<KeptDocument | null> {
  const { company } = door
  const workflowId = printPackWorkflowId(company, run)
  return shortRun<typeof printPack>(door, 'printPack', workflowId, { v: 1, company, run, actor }, withinMs)
}

/**
 * Has the minutes of a reconciliation made, to be signed.
 *
 * @throws Refusal NotFound; TryLater when there is no answer within `withinMs`
 */
export async function makeMinutes(
  door: Door,
  confirmation: number,
  actor: string,
  withinMs: number = WITHIN_MS,
): Promise<KeptDocument> {
  const { company } = door
  const workflowId = minutesWorkflowId(company, confirmation)
  return shortRun<typeof minutes>(
    door,
    'minutes',
    workflowId,
    { v: 1, company, confirmation, actor },
    withinMs,
  )
}

/**
 * Has the pack of evidence of a placement made: the PDF, then the archive.
 *
 * @throws Refusal NotFound, of another agency's placement too; TryLater when there is no answer within `withinMs`
 */
export async function makeEvidence(
  door: Door,
  placement: number,
  actor: string,
  withinMs: number = WITHIN_MS,
): Promise<KeptDocument[]> {
  const { company } = door
  const workflowId = evidenceWorkflowId(company, placement, actor)
  return shortRun<typeof evidence>(
    door,
    'evidence',
    workflowId,
    { v: 1, company, placement, actor },
    withinMs,
  )
}
