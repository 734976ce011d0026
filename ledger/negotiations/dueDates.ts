import type { Sql } from '../database.ts'
import type { TalkScope } from './rows.ts'

/** Reasons of lines in the terms' history that were written here. */
export type TermReason = 'negotiated' | 'agreement broken'

/**
 * Moves the due dates of an agreement's items to what was agreed, or back, as a new line in their terms' history. A due
 * date that was changed since, by the source or an acceptance, is left as it is.
 */
export const moveDueDates = (
  sql: Sql,
  { asking, today }: Pick<TalkScope, 'asking' | 'today'>,
  negotiation: number,
  reason: TermReason,
): Promise<unknown> =>
  sql.rows(
    `WITH moved AS (
       UPDATE receivable r SET due_on = CASE WHEN $2 = 'negotiated' THEN n.due_on ELSE n.due_before END,
         anchor_on = CASE WHEN r.anchor_on IS NULL THEN NULL WHEN $2 = 'negotiated' THEN n.due_on ELSE n.anchor_before END
       FROM negotiation_item n WHERE n.negotiation_id = $1 AND n.receivable_id = r.id
         AND r.due_on = CASE WHEN $2 = 'negotiated' THEN n.due_before ELSE n.due_on END
       RETURNING r.id, r.due_on, r.presented_on)
     INSERT INTO receivable_term (receivable_id, seq, due_on, presented_on, effective_on, recorded_at, reason)
     SELECT m.id, t.seq + 1, m.due_on, m.presented_on, greatest($3::date, t.effective_on), to_timestamp($4 / 1000.0), $2
     FROM moved m CROSS JOIN LATERAL (SELECT seq, effective_on FROM receivable_term t WHERE t.receivable_id = m.id ORDER BY seq DESC LIMIT 1) t`,
    [negotiation, reason, today, asking.now],
  )
