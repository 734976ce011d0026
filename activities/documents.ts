import { localDateOf } from '../domain/calendar.ts'
import type { KeptDocument } from '../domain/document.ts'
import { attachedFormats } from '../domain/policy.ts'
import { Refusal } from '../domain/refusal.ts'
import { customerId, lockCustomers } from '../ledger/customers.ts'
import { attach, readDocuments } from '../ledger/documents.ts'
import { readContext } from '../ledger/facts.ts'
import { openMessage } from '../ledger/messages.ts'
import { minutesOf } from '../ledger/minutes.ts'
import { evidenceOf } from '../ledger/placements/evidence.ts'
import { PURPOSES } from '../ledger/purposes.ts'
import type { Calendars } from '../ledger/scope.ts'
import { statementOf, statementOfMessage } from '../ledger/statement.ts'
import { printedOfRun } from '../ledger/statementRuns.ts'
import type { StatementWork } from '../workflows/statement.messages.ts'
import { whileBeating } from './beating.ts'
import {
  demandDocument,
  evidenceDocuments,
  type MakingDeps,
  minutesDocument,
  packDocument,
  statementDocuments,
} from './documents/make.ts'
import { refusing } from './failures.ts'

export interface DocumentDeps extends MakingDeps {
  calendars: Calendars
  /** The moment of the making: it may have waited in the queue. */
  clock: () => Promise<number>
}

/**
 * Makes documents. The facts are read under the customer's lock, and the lock is gone before anything is drawn: that
 * takes as long as all else of a message together.
 */
export const createDocumentActivities = (deps: DocumentDeps) => {
  const makeStatement = async (company: string, work: StatementWork): Promise<KeptDocument[]> => {
    const { database } = deps
    const doing = { company, actor: work.actor, now: await deps.clock() }
    const { id, statement } = await database.transaction(async (sql) => {
      const [customer] = await lockCustomers(sql, [await customerId(sql, company, work.customer)])
      const today = localDateOf(doing.now, customer!.time_zone)
      const asOf = work.asOf ?? today
      if (asOf > today)
        throw new Refusal('InvalidDate', { field: 'asOf', value: asOf, must: `not be after ${today}` })
      return { id: customer!.id, statement: await statementOf(sql, customer!, asOf) }
    })
    return readDocuments(database, await statementDocuments(deps, doing, id, statement, work.formats))
  }

  /** What a message's policy attaches; the claim takes it when the facts are still the same. */
  const prepare = async (company: string, message: number): Promise<void> => {
    const { database, calendars } = deps
    const doing = { company, actor: 'cartera', now: await deps.clock() }
    const work = await database.transaction(async (sql) => {
      const { message: row, scope } = await openMessage(sql, calendars, doing, message)
      if (row.template === 'demand') {
        const context = await readContext(sql, scope, doing.now)
        const { demand } = await PURPOSES.demand.left(sql, scope, context, message)
        return row.state === 'pending' && demand ? { customer: scope.customer.id, demand } : null
      }
      const formats = attachedFormats(scope.policy, row.template)
      return row.state === 'pending' && formats.length > 0
        ? {
            customer: scope.customer.id,
            formats,
            statement: await statementOfMessage(sql, scope, row.template),
          }
        : null
    })
    if (work === null) return
    const ids =
      'demand' in work
        ? [await demandDocument(deps, doing, work.customer, work.demand)]
        : await statementDocuments(deps, doing, work.customer, work.statement, work.formats)
    await database.transaction((sql) => attach(sql, message, ids))
  }

  /** Drawn one by one, each with its customer's lock for a moment: a worker that takes over finds what is drawn. */
  const pack = async (company: string, run: number, actor: string): Promise<KeptDocument | null> => {
    const { database } = deps
    const { branch, day, customers } = await printedOfRun(database, company, run)
    if (customers.length === 0) return null
    const doing = async () => ({ company, actor, now: await deps.clock() })
    const ids: number[] = []
    for (const id of customers) {
      const statement = await database.transaction(async (sql) => {
        const [customer] = await lockCustomers(sql, [id])
        return statementOf(sql, customer!, day)
      })
      ids.push(...(await statementDocuments(deps, await doing(), id, statement, ['pdf'])))
    }
    const name = ['statements', branch, day, `run-${run}`].filter((part) => part !== '').join('-')
    const made = await packDocument(deps, await doing(), { name, day }, await readDocuments(database, ids))
    return (await readDocuments(database, [made]))[0]!
  }

  const minutes = async (company: string, confirmation: number, actor: string): Promise<KeptDocument> => {
    const { database } = deps
    const found = await minutesOf(database, company, confirmation)
    const customer = await customerId(database, company, found.customer.code)
    const made = await minutesDocument(deps, { company, actor, now: await deps.clock() }, customer, found)
    return (await readDocuments(database, [made]))[0]!
  }

  const evidence = async (company: string, placement: number, actor: string): Promise<KeptDocument[]> => {
    const { database } = deps
    const doing = { company, actor, now: await deps.clock() }
    const found = await database.transaction((sql) => evidenceOf(sql, company, actor, placement, doing.now))
    return readDocuments(database, await evidenceDocuments(deps, doing, found))
  }

  return {
    makeEvidence: ({ company, placement, actor }: { company: string; placement: number; actor: string }) =>
      whileBeating(() => refusing(() => evidence(company, placement, actor))),
    makeMinutes: ({
      company,
      confirmation,
      actor,
    }: {
      company: string
      confirmation: number
      actor: string
    }) => whileBeating(() => refusing(() => minutes(company, confirmation, actor))),
    makePrintPack: ({ company, run, actor }: { company: string; run: number; actor: string }) =>
      whileBeating(() => refusing(() => pack(company, run, actor))),
    makeStatement: ({ company, ...work }: StatementWork & { company: string }): Promise<KeptDocument[]> =>
      whileBeating(() => refusing(() => makeStatement(company, work))),
    prepareMessage: ({ company, message }: { company: string; message: number }): Promise<void> =>
      whileBeating(() => refusing(() => prepare(company, message))),
  }
}
export type DocumentActivities = ReturnType<typeof createDocumentActivities>
