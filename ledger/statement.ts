import { daysBetween, type LocalDate } from '../domain/calendar.ts'
import { type Netted, netAll } from '../domain/netting.ts'
import { languageFor } from '../domain/notice.ts'
import type { Intent } from '../domain/plan.ts'
import type { Statement, StatementItem, StatementSection } from '../domain/statement.ts'
import {
  announcedOn,
  type DisputedPart,
  disputesOn,
  type PromisedPart,
  promisesOn,
} from './agreementsAsOf.ts'
import type { Customer } from './customers.ts'
import type { Sql } from './database.ts'
import { interestOfBooks } from './interest/accrual.ts'
import { isDebit, leftOverOf, type OpenRow, openRows, payersOf, unusedOf } from './openAsOf.ts'
import type { CaseScope } from './scope.ts'

/*
 * A statement is told from the history of transfers and terms, as the aging report is: the same day asked again later
 * comes out the same, and the statements of all customers add up to the report. Cash that nets a customer's items is on
 * that customer's statement; what nets nothing, on that of the payer's own.
 */

/**
 * As a message of the case tells it today: all of the customer, or what of it is spoken about with the case's contact. A
 * statement of account is always the customer's.
 */
export const statementOfMessage = (
  sql: Sql,
  scope: CaseScope,
  template: Intent['template'],
): Promise<Statement> =>
  statementOf(
    sql,
    scope.customer,
    scope.today,
    scope.case.grouping === 'customer' || template === 'account_statement' ? null : scope.case.id,
  )

/** What a customer owes on a day of the books; of one case only, when one is named. */
export async function statementOf(
  sql: Sql,
  customer: Customer,
  asOf: LocalDate,
  caseId: number | null = null,
): Promise<Statement> {
  const payers = await payersOf(sql, customer.id)
  const all = await openRows(sql, customer.id, payers, asOf)
  const lots = await unusedOf(sql, all, payers, asOf)
  const netted = netAll(
    lots,
    all.filter(isDebit).map((row) => ({ ...row, receivableId: row.id })),
  )
  const own = all.filter((row) => row.customer === customer.id && (caseId === null || row.case_id === caseId))
  const debits = own.filter(isDebit)
  const uncovered = (row: OpenRow) => row.minor - total(netted.get(row.id) ?? [])
  const disputes = await disputesOn(sql, debits, asOf, uncovered)
  const promises = (await promisesOn(sql, customer.id, all, asOf, uncovered)).filter(({ rows }) =>
    rows.some((row) => debits.includes(row)),
  )
  const announced = await announcedOn(sql, debits, asOf)
  const interest = (await interestOfBooks(sql, customer.id, caseId, asOf, netted)).map(
    ({ claim, openMinor }) => ({
      currency: claim.claim.currency,
      document: claim.document,
      dueOn: claim.dueOn,
      minor: openMinor,
    }),
  )
  const used = debits.flatMap((row) => netted.get(row.id) ?? [])
  const leftOver = caseId === null ? await leftOverOf(sql, customer.id, lots, netted) : []
  const cash = lots
    .filter((lot) => lot.receipt !== undefined)
    .map((lot) => ({
      currency: lot.currency,
      receipt: lot.receipt!,
      receivedOn: lot.valueOn,
      minor: total([...used, ...leftOver].filter((part) => part.receiptId === lot.receiptId)),
    }))
    .filter(({ minor }) => minor > 0n)

  const itemOf = (row: OpenRow): StatementItem => {
    const unpresented =
      customer.requires_presentation && (row.presented_on === null || row.presented_on > asOf)
    return {
      document: row.name,
      site: row.site === '' ? null : row.site,
      issuedOn: row.issued_on,
      dueOn: row.due_on,
      daysLate: unpresented ? 0 : daysBetween(row.due_on, asOf),
      unpresented,
      originalMinor: row.original_minor,
      openMinor: row.minor,
      coveredMinor: row.minor - uncovered(row),
      disputedMinor: total(disputes.filter((d) => d.row === row)),
      promisedOn: promises.find(({ rows }) => rows.includes(row))?.on ?? null,
      announced: announced.has(row.id),
    }
  }
  const sectionOf = (currency: string): StatementSection => {
    const rows = own.filter((row) => row.currency === currency)
    return {
      currency,
      items: rows.filter(isDebit).map(itemOf),
      credits: creditsOf(rows, caseId === null ? null : used),
      downPayments: rows
        .filter(({ kind }) => kind === 'down_payment')
        .map((row) => ({ document: row.name, issuedOn: row.issued_on, minor: -row.minor })),
      cash: cash.filter((part) => part.currency === currency).map(({ currency: _, ...part }) => part),
      interest: interest.filter((part) => part.currency === currency).map(({ currency: _, ...part }) => part),
      disputes: disputes.filter(({ row }) => row.currency === currency).map(disputeOf),
      promises: promises.filter((p) => p.currency === currency).map((p) => promiseOf(p, debits)),
    }
  }
  return {
    customer: { code: customer.code, name: customer.name },
    language: languageFor(customer.language),
    analystName: customer.analyst,
    asOf,
    sections: [...new Set([...own, ...cash, ...interest].map(({ currency }) => currency))]
      .sort()
      .map(sectionOf),
  }
}

const total = (parts: readonly { minor: bigint }[]): bigint =>
  parts.reduce((sum, { minor }) => sum + minor, 0n)

/** A customer's own credits in full; on the statement of one case, what of them covers its items. */
const creditsOf = (rows: readonly OpenRow[], used: readonly Netted[] | null): StatementSection['credits'] =>
  rows
    .filter((row) => !isDebit(row) && row.kind !== 'down_payment')
    .map((row) => ({
      document: row.name,
      issuedOn: row.issued_on,
      minor: used === null ? -row.minor : total(used.filter((part) => part.creditId === row.id)),
    }))
    .filter(({ minor }) => minor > 0n)

const disputeOf = ({
  row,
  reason,
  reasonWords,
  openedOn,
  minor,
}: DisputedPart): StatementSection['disputes'][number] => ({
  document: row.name,
  reason,
  reasonWords,
  openedOn,
  minor,
})

const promiseOf = (
  { on, minor, by, rows }: PromisedPart,
  shown: readonly OpenRow[],
): StatementSection['promises'][number] => ({
  on,
  minor,
  by,
  documents: rows.filter((row) => shown.includes(row)).map(({ name }) => name),
})
