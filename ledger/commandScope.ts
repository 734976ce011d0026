import { Refusal } from '../domain/refusal.ts'
import type { Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import type { Receivable } from './receivables.ts'
import type { CommandScope } from './scope.ts'

/** What commands of a case share: whose receivables they may name, and their entry in the journal. */

export const openOfCustomer = (
  scope: Pick<CommandScope, 'customer'>,
  receivables: Receivable[],
): Receivable[] => {
  for (const receivable of receivables) {
    if (receivable.customer_id !== scope.customer.id)
      throw new Refusal('WrongCustomer', { document: receivable.name, customer: scope.customer.code })
    if (receivable.closed_as)
      throw new Refusal('AlreadyClosed', { document: receivable.name, closedAs: receivable.closed_as })
  }
  return receivables
}

export const journalCommand = (
  sql: Sql,
  scope: Pick<CommandScope, 'customer' | 'asking'>,
  event: string,
  receivables: number[],
  data: Record<string, unknown>,
  why?: string,
) =>
  appendToJournal(sql, scope.asking.company, scope.customer.id, {
    event,
    actor: scope.asking.actor,
    at: scope.asking.now,
    ...(why === undefined || why === '' ? {} : { why }),
    receivables,
    data,
  })
