import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlTotals, LoadReport, LoadScope, NewLoad } from '../domain/load.ts'
import type { Profile } from '../domain/profile.ts'
import { Refusal } from '../domain/refusal.ts'
import { contentHash } from '../ledger/commands.ts'
import type { Database, Sql } from '../ledger/database.ts'
import { isOvertaken, reportOf, stagedThrough } from '../ledger/loads.ts'
import { upload } from '../ledger/uploads.ts'
import { loadWorkflowId, release } from '../workflows/portfolioLoad.messages.ts'
import type { portfolioLoad } from '../workflows/portfolioLoad.ts'
import { TASK_QUEUE } from '../workflows/taskQueues.ts'
import { TryLater } from './failures.ts'
import type { Door } from './temporal.ts'
import { understood } from './temporalFailures.ts'

/** A file of open items and how to read it. */
export interface LoadRequest {
  content: Uint8Array
  fileName: string
  profile: Profile
  kind: NewLoad['kind']
  asOf: NewLoad['asOf']
  /** All of the source when not said. */
  scope?: LoadScope
  control?: ControlTotals | null
  hold: boolean
  actor: string
}

/** A load that was started, or found: `known` is what the ledger had about it before. */
export interface StartedLoad {
  id: string
  known: LoadReport | null
}

const POLL_MS = 250
/** So long nobody needs to have begun a load before the client says so. */
const UNBEGUN_MS = 30_000
/** A step that failed so often is in trouble: the workflow goes on trying, the client stops waiting. */
const TRIES_UNTIL_TROUBLE = 4

/**
 * Starts a load. The same file read in the same way finds the same load: one that is under way is joined, one that is
 * in the books is only reported. It is another attempt (`…-2`) after one that was refused, since what was wrong may have
 * been mended in the books, and after one that another file of the source has overtaken.
 */
export async function startLoad(door: Door, database: Database, request: LoadRequest): Promise<StartedLoad> {
  const { content, ...asked } = request
  const fileHash = createHash('sha256').update(content).digest('hex')
  const { id, known } = await attemptOf(database, baseId(door.company, request, fileHash))
  if (known?.state === 'released') return { id, known }
  await upload(database, content)
  const load: NewLoad = {
    ...asked,
    id,
    company: door.company,
    source: request.profile.source,
    authority: request.profile.authority,
    fileHash,
  }
  try {
    await door.client.workflow.start<typeof portfolioLoad>('portfolioLoad', {
      workflowId: loadWorkflowId(door.company, id),
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      taskQueue: TASK_QUEUE,
      args: [{ v: 1, load }],
    })
  } catch (error) {
    throw understood(error)
  }
  return { id, known }
}

/** Of the source's name and what decides what the load does. */
function baseId(company: string, { profile, kind, asOf, scope = {} }: LoadRequest, fileHash: string): string {
  const name = profile.source.replaceAll(/[^A-Za-z0-9_-]+/g, '-')
  return `${name}-${contentHash('load', { company, profile, kind, asOf, scope, fileHash }).slice(0, 16)}`
}

async function attemptOf(sql: Sql, base: string): Promise<StartedLoad> {
  for (let attempt = 1; ; attempt++) {
    const id = attempt === 1 ? base : `${base}-${attempt}`
    const known = await reportOf(sql, id)
    if (known?.state === 'refused') continue
    if (known?.state === 'released' && (await isOvertaken(sql, id))) continue
    return { id, known }
  }
}

/** Where a load stands: how many lines are staged of how many the file has (0: not known yet). */
export type Progress = (stage: 'waiting' | 'staging', stagedLines: number) => void

/**
 * Waits until a load is refused, held or released, looking at the ledger.
 * @throws TryLater when no worker takes it, or a step keeps failing; Error when its workflow ended without an answer
 */
export async function watchLoad(
  door: Door,
  sql: Sql,
  id: string,
  progress: Progress = () => {},
): Promise<LoadReport> {
  const startedAt = Date.now()
  for (let look = 1; ; look++) {
    const report = await reportOf(sql, id)
    if (report && report.state !== 'staging') return report
    if (!report && Date.now() - startedAt > UNBEGUN_MS)
      throw new TryLater('workers', loadWorkflowId(door.company, id))
    progress(report ? 'staging' : 'waiting', report ? await stagedThrough(sql, id) : 0)
    if (look % 12 === 0) await refuseTrouble(door, sql, id)
    await sleep(POLL_MS)
  }
}

async function refuseTrouble(door: Door, sql: Sql, id: string): Promise<void> {
  const handle = door.client.workflow.getHandle(loadWorkflowId(door.company, id))
  let description: Awaited<ReturnType<typeof handle.describe>>
  try {
    description = await handle.describe()
  } catch (error) {
    throw understood(error)
  }
  const stuck = description.raw.pendingActivities?.find(
    (a) => (a.attempt ?? 0) >= TRIES_UNTIL_TROUBLE && a.lastFailure,
  )
  if (stuck) throw new TryLater('ledger', stuck.lastFailure?.message ?? '')
  if (description.status.name === 'RUNNING') return
  const report = await reportOf(sql, id)
  if (!report || report.state === 'staging')
    throw new Error(`the workflow of load ${id} ended as ${description.status.name} before the load was in`)
}

/** Waits until every case of a released load was woken. */
export async function waitForWakes(door: Door, id: string): Promise<void> {
  try {
    await door.client.workflow.getHandle(loadWorkflowId(door.company, id)).result()
  } catch (error) {
    if (!(error instanceof Error && error.name === 'WorkflowNotFoundError')) throw understood(error)
  }
}

/**
 * Lets a held load go. A load that was released before is only reported.
 * @throws Refusal NotFound when the ledger doesn't know it, NotOpen when it was refused; TryLater
 */
export async function releaseLoad(
  door: Door,
  sql: Sql,
  id: string,
  actor: string,
  withinMs = 120_000,
): Promise<LoadReport> {
  const known = await reportOf(sql, id)
  if (!known) throw new Refusal('NotFound', { what: 'load', id })
  if (known.state === 'released') return known
  if (known.state === 'refused') throw new Refusal('NotOpen', { what: 'load', id, state: known.state })
  const handle = door.client.workflow.getHandle(loadWorkflowId(door.company, id))
  try {
    return await door.client.withDeadline(Date.now() + withinMs, () =>
      handle.executeUpdate(release, { args: [actor] }),
    )
  } catch (error) {
    const report = await reportOf(sql, id)
    if (report?.state === 'released') return report
    if (error instanceof Error && error.name === 'WorkflowNotFoundError')
      throw new TryLater(
        'workers',
        `load ${id} has no workflow any more; load its file again, then release it`,
        error,
      )
    throw understood(error)
  }
}
