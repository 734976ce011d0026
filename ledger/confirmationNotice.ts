import { daysBetween, type LocalDate } from '../domain/calendar.ts'
import { type ConfirmationMode, daysOfConfirmation } from '../domain/confirmation.ts'
import { languageFor, type Notice, type NoticeItem } from '../domain/notice.ts'
import { cashOf } from './confirmationBooks.ts'
import type { Sql } from './database.ts'
import { cutList, type NoticeSender } from './notice.ts'
import type { CaseScope } from './scope.ts'

/** What a message about a balance asks. */

export interface AskedConfirmation {
  id: number
  mode: ConfirmationMode
  asOf: LocalDate
  closesOn: LocalDate | null
  /** It is the reminder of one that the customer got. */
  again: boolean
}

/** The confirmation that a message is about, while it waits for an answer. */
export const askedBy = (sql: Sql, messageId: number): Promise<AskedConfirmation | null> =>
  sql.one<AskedConfirmation>(
    `SELECT c.id::int, c.mode, c.as_of AS "asOf", c.closes_on AS "closesOn", c.reminder_id IS NOT DISTINCT FROM $1 AND m.state = 'sent' AS again
     FROM confirmation c JOIN message m ON m.id = c.message_id WHERE (c.message_id = $1 OR c.reminder_id = $1) AND c.state = 'asked'`,
    [messageId],
  )

/** The next message goes on in the place of one that was refused. */
export const sayInstead = (sql: Sql, refused: number, by: number) =>
  sql.rows(
    `UPDATE confirmation SET message_id = CASE WHEN message_id = $1 THEN $2 ELSE message_id END,
       reminder_id = CASE WHEN reminder_id = $1 THEN $2 ELSE reminder_id END WHERE message_id = $1 OR reminder_id = $1`,
    [refused, by],
  )

interface ItemRow {
  document: string
  tranche: string
  currency: string
  site: string
  issued_on: LocalDate
  due_on: LocalDate
  original_minor: bigint
  ours_minor: bigint
}

/** Silence counts from the day on which the customer is asked, which may be later than it was decided. */
async function closingOf(sql: Sql, scope: CaseScope, { id, mode }: AskedConfirmation) {
  const { closesOn } = daysOfConfirmation(mode, scope.today, scope.policy.confirmation, scope.calendar)
  await sql.rows('UPDATE confirmation SET closes_on = $2 WHERE id = $1', [id, closesOn])
  return closesOn
}

/** The books of the day asked about, each currency with its credits; whoever is to state its own balance isn't shown ours. */
export async function confirmationNotice(
  sql: Sql,
  scope: CaseScope,
  sender: NoticeSender,
  confirmation: AskedConfirmation,
  recipient: { name: string; email: string },
): Promise<Notice> {
  const rows =
    confirmation.mode === 'request'
      ? []
      : await sql.rows<ItemRow>(
          `SELECT r.document, r.tranche, r.currency, r.site, r.issued_on, i.due_on, r.original_minor, i.ours_minor
           FROM confirmation_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.confirmation_id = $1 ORDER BY i.due_on, r.document, r.tranche`,
          [confirmation.id],
        )
  const cash = confirmation.mode === 'request' ? [] : await cashOf(sql, confirmation.id)
  const { customer } = scope
  return {
    template: 'confirmation',
    severity: 'courtesy',
    language: languageFor(customer.language),
    company: sender,
    customer: { code: customer.code, name: customer.name },
    recipient,
    analystName: customer.analyst,
    today: scope.today,
    confirmation: { ...confirmation, closesOn: await closingOf(sql, scope, confirmation), cash },
    sections: [...new Set(rows.map((r) => r.currency))].sort().map((currency) => {
      const mine = rows.filter((r) => r.currency === currency)
      return {
        currency,
        ...cutList(
          mine.filter((r) => r.ours_minor > 0n).map((r) => itemOf(r, confirmation.asOf)),
          scope.policy.list_limit,
        ),
        credits: mine
          .filter((r) => r.ours_minor < 0n)
          .map((r) => ({ document: r.document, issuedOn: r.issued_on, usedMinor: -r.ours_minor })),
      }
    }),
  }
}

const itemOf = (row: ItemRow, asOf: LocalDate): NoticeItem => ({
  document: row.document,
  tranche: row.tranche,
  issuedOn: row.issued_on,
  dueOn: row.due_on,
  daysLate: daysBetween(row.due_on, asOf),
  originalMinor: row.original_minor,
  openMinor: row.ours_minor,
  creditMinor: 0n,
  cashMinor: 0n,
  disputedMinor: 0n,
  severity: null,
  waits: null,
  site: row.site === '' ? null : row.site,
})
