import type { Instant, LocalDate } from '../domain/calendar.ts'
import type { Sql } from './database.ts'
import type { TaskKind, TaskPriority } from './tasks.ts'

/** What is being done about a case: tasks of people, messages, whom to write to. */
export interface CaseWork {
  tasks: {
    id: number
    kind: TaskKind
    subject: string
    detail: Record<string, unknown>
    owner: string
    dueOn: LocalDate
    priority: TaskPriority
    /** Taken up again on this day, not before. */
    resubmitOn: LocalDate | null
    plannedAt: Instant | null
    place: string | null
    attempts: number
    documents: string[]
  }[]
  /** The newest first, at most 20. */
  messages: {
    id: number
    template: string
    state: 'pending' | 'sending' | 'sent' | 'skipped' | 'failed'
    plannedOn: LocalDate
    sequence: number
    recipient: string | null
    attempts: number
    nextTryAt: Instant | null
    sentAt: Instant | null
    /** Why it was skipped or failed, or what the last attempt said. */
    reason: string | null
  }[]
  contacts: {
    site: string
    name: string
    email: string | null
    phone: string | null
    rank: number
    refused: string | null
  }[]
}

const MESSAGES_SHOWN = 20

export async function readWork(sql: Sql, caseId: number, customerId: number): Promise<CaseWork> {
  return {
    tasks: await sql.rows(
      `SELECT t.id::int, t.kind, t.subject, t.detail, t.owner, t.due_on AS "dueOn", t.priority, t.resubmit_on AS "resubmitOn", t.planned_at AS "plannedAt", t.place, t.attempts, coalesce(i.documents, '{}') AS documents
       FROM task t LEFT JOIN LATERAL (
         SELECT array_agg(CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END ORDER BY r.due_on, r.id) AS documents
         FROM task_item x JOIN receivable r ON r.id = x.receivable_id WHERE x.task_id = t.id) i ON true
       WHERE t.case_id = $1 AND t.state = 'open' ORDER BY t.due_on, t.id`,
      [caseId],
    ),
    messages: await sql.rows(
      `SELECT id::int, template, state, planned_on AS "plannedOn", sequence, recipient, attempts,
         CASE WHEN state IN ('pending', 'sending') THEN next_try_at END AS "nextTryAt", sent_at AS "sentAt", reason
       FROM message WHERE case_id = $1 ORDER BY planned_on DESC, sequence DESC, id DESC LIMIT ${MESSAGES_SHOWN}`,
      [caseId],
    ),
    contacts: await sql.rows(
      `SELECT site, name, email, phone, rank, CASE WHEN refused_at IS NOT NULL THEN coalesce(refused_reason, '') END AS refused
       FROM contact WHERE customer_id = $1 ORDER BY site, rank, id`,
      [customerId],
    ),
  }
}
