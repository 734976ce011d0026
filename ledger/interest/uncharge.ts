import type { LocalDate } from '../../domain/calendar.ts'
import type { Sql } from '../database.ts'
import type { Receivable } from '../receivables.ts'
import { mirrorOf, type Posted, type Posting, postTransfers } from '../transfers.ts'

/**
 * A note that should never have been goes back to where its interest came from: it is open there again. Of one that
 * re-invoicing made nothing is known of that; says whether it went.
 */
export async function unchargeNote(
  sql: Sql,
  asking: Posting,
  note: Receivable,
  on: LocalDate,
): Promise<boolean> {
  const lines = await sql.rows<Posted>(
    `SELECT t.id::int, t.debit_account::int, t.credit_account::int, t.currency, t.amount_minor, t.value_on, t.posting_on
     FROM interest_note_line l JOIN transfer t ON t.id = l.transfer_id WHERE l.note_id = $1 ORDER BY t.id`,
    [note.id],
  )
  await postTransfers(
    sql,
    asking,
    lines.map((t) => mirrorOf(t, on, { code: 'interest_charge', reference: note.name })),
  )
  return lines.length > 0
}
