import type { LocalDate } from '../domain/calendar.ts'
import type { ConfirmationItem, UnappliedCash } from '../domain/confirmation.ts'
import { documentName } from './cases.ts'
import type { Sql } from './database.ts'
import type { CaseScope } from './scope.ts'

/** The books of the day that a confirmation asks about, as they were known when it was asked. */

/**
 * What was open of the case's receivables on a day of the books, by the transfers posted up to it. Those that are closed
 * now may have been open then; what was closed before it has nothing posted after it.
 */
export async function keepBooksOf(sql: Sql, scope: CaseScope, id: number, asOf: LocalDate): Promise<void> {
  await sql.rows(
    `INSERT INTO confirmation_item (confirmation_id, receivable_id, due_on, ours_minor)
     SELECT $1, r.id, coalesce(term.due_on, r.due_on), o.owed_minor - later.minor
     FROM receivable r JOIN account a ON a.receivable_id = r.id JOIN owed o ON o.receivable_id = r.id
     CROSS JOIN LATERAL (
       SELECT coalesce((SELECT sum(amount_minor) FROM transfer WHERE debit_account = a.id AND posting_on > $3), 0)
            - coalesce((SELECT sum(amount_minor) FROM transfer WHERE credit_account = a.id AND posting_on > $3), 0) AS minor) later
     LEFT JOIN LATERAL (
       SELECT t.due_on FROM receivable_term t WHERE t.receivable_id = r.id AND t.effective_on <= $3 ORDER BY t.effective_on DESC, t.seq DESC LIMIT 1) term ON true
     WHERE r.case_id = $2 AND NOT r.held AND r.issued_on <= $3 AND o.owed_minor - later.minor <> 0`,
    [id, scope.case.id, asOf],
  )
}

export const itemsOf = async (sql: Sql, id: number): Promise<ConfirmationItem[]> =>
  (
    await sql.rows<{ id: number; document: string; tranche: string; currency: string; minor: bigint }>(
      `SELECT r.id::int, r.document, r.tranche, r.currency, i.ours_minor AS minor
       FROM confirmation_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.confirmation_id = $1 ORDER BY i.due_on, r.id`,
      [id],
    )
  ).map((r) => ({ receivable: r.id, document: documentName(r), currency: r.currency, minor: r.minor }))

/**
 * What the customer's payer had paid up to the day and nobody had applied, by the transfers that were recorded when the
 * question was written. A payer of several customers is asked about it once: with the customer of its own code, else
 * with its first; and a customer of several cases likewise.
 */
export const cashOf = (sql: Sql, id: number): Promise<UnappliedCash[]> =>
  sql.rows<UnappliedCash>(
    `SELECT a.currency, sum(CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END)::bigint AS minor
     FROM confirmation x JOIN customer c ON c.id = x.customer_id JOIN message m ON m.id = x.message_id
     JOIN account a ON a.payer_id = c.payer_id AND a.kind = 'unapplied'
     JOIN transfer t ON (t.credit_account = a.id OR t.debit_account = a.id) AND t.posting_on <= x.as_of AND t.recorded_at <= m.created_at
     WHERE x.id = $1
       AND x.customer_id = (SELECT o.id FROM customer o JOIN payer p ON p.id = o.payer_id WHERE o.payer_id = c.payer_id ORDER BY o.code = p.code DESC, o.id LIMIT 1)
       AND x.case_id = (SELECT k.id FROM collection_case k WHERE k.customer_id = c.id ORDER BY k.key = c.code DESC, k.id LIMIT 1)
     GROUP BY a.currency HAVING sum(CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END) > 0 ORDER BY a.currency`,
    [id],
  )
