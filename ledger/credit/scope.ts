import type { LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import type { ProcessKind } from '../../domain/process.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { beginProcess, touchProcessesOf } from '../processes.ts'
import type { Ask, CustomerScope } from '../scope.ts'
import { noticed } from './events.ts'

/** What commands about lines and guarantees share. */

export type CreditScope = CustomerScope & Pick<Ask, 'asking' | 'approval'>

/** From today on at the earliest: the past stays as it was. What waited for a yes until after its day begins then. */
export function beginningOf({ today, approval }: CreditScope, given: LocalDate | undefined): LocalDate {
  if (given === undefined || (given < today && approval)) return today
  if (given < today)
    throw new Refusal('InvalidDate', { field: 'from', value: given, must: `not be before ${today}` })
  return given
}

export function mustNotEndBefore(from: LocalDate, to: LocalDate | null): void {
  if (to !== null && to < from)
    throw new Refusal('InvalidDate', { field: 'to', value: to, must: `not be before ${from}` })
}

/** The journal knows it, and what waits about the customer looks again: the limit is another one. */
export async function changed(
  sql: Sql,
  { asking, customer, today }: CreditScope,
  about: { kind: Extract<ProcessKind, 'creditLine' | 'guarantee'>; id: number },
  event: string,
  why: string,
  result: Record<string, unknown>,
): Promise<Answer> {
  await appendToJournal(sql, asking.company, customer.id, {
    event,
    actor: asking.actor,
    at: asking.now,
    why,
    receivables: [],
    data: result,
  })
  // What changes today is told by this entry.
  await noticed(
    sql,
    about.kind === 'creditLine' ? 'line' : 'guarantee',
    about.id,
    'changed',
    today,
    asking.now,
  )
  const own = await beginProcess(sql, asking.company, {
    kind: about.kind,
    id: String(about.id),
    customer: customer.id,
  })
  const others = await touchProcessesOf(sql, [customer.id])
  return { result, cases: [], processes: [...new Set([own, ...others])].sort() }
}
