import { daysBetween, type LocalDate } from '../../domain/calendar.ts'
import { brakeOn } from '../../domain/decide.ts'
import type { CaseContext, ReceivableFacts } from '../../domain/facts.ts'
import { type Language, languageFor } from '../../domain/notice.ts'
import { documentName } from '../cases.ts'
import type { Sql } from '../database.ts'
import { readFacts } from '../facts.ts'
import { openPromises } from '../promiseStanding.ts'
import type { Left } from '../purposes.ts'
import type { CaseScope } from '../scope.ts'
import { demandDeadline } from './look.ts'
import { takeOut } from './placement.ts'

/** What a demand letter says: read when its message is claimed, and again when its document is made. */

export interface Demand {
  customer: { code: string; name: string }
  language: Language
  analystName: string
  asOf: LocalDate
  /** Last day to pay. */
  deadline: LocalDate
  sections: {
    currency: string
    items: {
      document: string
      issuedOn: LocalDate
      dueOn: LocalDate
      daysLate: number
      originalMinor: bigint
      openMinor: bigint
      /** Of it, what is neither covered nor disputed. */
      demandedMinor: bigint
    }[]
    demandedMinor: bigint
  }[]
}

/** What of a demand is still to be demanded: nothing that was paid, promised or disputed meanwhile. */
export async function demandLeft(
  sql: Sql,
  scope: CaseScope,
  context: CaseContext,
  messageId: number,
): Promise<Left> {
  const ids = await demandedBy(sql, messageId)
  const facts = await readFacts(sql, scope, await openPromises(sql, scope.customer.id), ids)
  const brakes = facts.map((one) => ({ id: one.id, reason: brakeOn(one, context) }))
  const left = brakes.filter((b) => b.reason === null).map((b) => b.id)
  const why = [...new Set(brakes.map((b) => b.reason))].join(', ')
  if (left.length === 0)
    return {
      nothingLeft: why === '' ? 'nothing left to say' : `nothing left to say: ${why}`,
      left,
      dropped: [],
    }
  const dropped = brakes.flatMap(({ id, reason }) => (reason === null ? [] : [{ receivable: id, reason }]))
  const demanded = new Map(facts.map((one) => [one.id, demandedOf(one)]))
  return { nothingLeft: null, left, dropped, demand: await demandOf(sql, scope, left, demanded) }
}

/** What the letter doesn't name isn't demanded: it stands where it stood. */
export async function leaveOut(sql: Sql, messageId: number, receivables: readonly number[]): Promise<void> {
  const placements = await sql.rows<{ id: number }>(
    `SELECT id::int FROM placement WHERE message_id = $1 AND state = 'approved'`,
    [messageId],
  )
  for (const { id } of placements) await takeOut(sql, id, receivables)
}

/** Payments take the undisputed part first. */
function demandedOf({ owedMinor, disputedMinor, nettedMinor }: ReceivableFacts): bigint {
  const undisputed = owedMinor - (disputedMinor < owedMinor ? disputedMinor : owedMinor)
  return undisputed - (nettedMinor < undisputed ? nettedMinor : undisputed)
}

/** Receivables that a message demands. */
export const demandedBy = async (sql: Sql, messageId: number): Promise<number[]> =>
  (
    await sql.rows<{ id: number }>(
      `SELECT i.receivable_id::int AS id FROM placement p JOIN placement_item i ON i.placement_id = p.id AND i.active
       WHERE p.message_id = $1 AND p.state = 'approved' ORDER BY 1`,
      [messageId],
    )
  ).map((row) => row.id)

async function demandOf(
  sql: Sql,
  scope: CaseScope,
  receivables: readonly number[],
  demanded: ReadonlyMap<number, bigint>,
): Promise<Demand> {
  const { customer, today } = scope
  const rows = await sql.rows<{
    id: number
    document: string
    tranche: string
    currency: string
    issued_on: LocalDate
    due_on: LocalDate
    original_minor: bigint
    owed_minor: bigint
  }>(
    `SELECT r.id::int, r.document, r.tranche, r.currency, r.issued_on, r.due_on, r.original_minor, o.owed_minor FROM receivable r JOIN owed o ON o.receivable_id = r.id
     WHERE r.id = ANY($1) ORDER BY r.due_on, r.document, r.tranche`,
    [receivables],
  )
  return {
    customer: { code: customer.code, name: customer.name },
    language: languageFor(customer.language),
    analystName: customer.analyst,
    asOf: today,
    deadline: demandDeadline(scope, today),
    sections: [...new Set(rows.map((r) => r.currency))].sort().map((currency) => {
      const mine = rows.filter((r) => r.currency === currency)
      return {
        currency,
        items: mine.map((r) => ({
          document: documentName(r),
          issuedOn: r.issued_on,
          dueOn: r.due_on,
          daysLate: daysBetween(r.due_on, today),
          originalMinor: r.original_minor,
          openMinor: r.owed_minor,
          demandedMinor: demanded.get(r.id)!,
        })),
        demandedMinor: mine.reduce((sum, r) => sum + demanded.get(r.id)!, 0n),
      }
    }),
  }
}
