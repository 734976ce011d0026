import type { negotiationCommands } from '../../domain/negotiationCommand.ts'
import { closeApproval } from '../approvals/approval.ts'
import type { Declined } from '../approvals/declined.ts'
import type { Carriers } from '../carriers.ts'
import type { Sql } from '../database.ts'
import { touchProcess } from '../processes.ts'
import { openCustomer } from '../scope.ts'
import { closeTalk, onTheTable } from './commands.ts'
import { findNegotiation, type Negotiation, type TalkScope } from './rows.ts'

/** A negotiation and the approval that it waits for. */

/** Nobody has to answer any more. Returns the approval's process. */
export async function overtakeApproval(
  sql: Sql,
  { asking }: Pick<TalkScope, 'asking'>,
  { id }: Pick<Negotiation, 'id'>,
  why: string,
): Promise<string[]> {
  const waiting = await sql.one<{ id: number }>(
    `SELECT id::int FROM approval WHERE company = $1 AND kind = 'negotiation' AND subject = $2 AND state = 'open' FOR UPDATE`,
    [asking.company, `negotiation ${id}`],
  )
  if (!waiting) return []
  await closeApproval(sql, waiting, 'overtaken', asking.now, why)
  return touchProcess(sql, asking.company, { kind: 'approval', id: String(waiting.id) })
}

/** A no ends the negotiation; what is taken back, or doesn't fit any more, is on the table again. */
export const negotiationDeclined: Declined = async (sql, ask, approval, why) => {
  const { input } = approval.content as {
    input: Parameters<Carriers<typeof negotiationCommands>['submitNegotiation']>[2]
  }
  const scope = await openCustomer(sql, ask, input.customer)
  const negotiation = await findNegotiation(sql, scope.customer.id, input.negotiation)
  if (negotiation.state !== 'submitted') return
  const row = await sql.one<{ state: string }>('SELECT state FROM approval WHERE id = $1', [approval.id])
  if (row!.state === 'refused') await closeTalk(sql, scope, negotiation, 'rejected', { why })
  else
    await sql.rows('UPDATE negotiation SET state = $2 WHERE id = $1', [
      negotiation.id,
      await onTheTable(sql, negotiation.id),
    ])
}
