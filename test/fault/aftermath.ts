import type { WorkflowExecutionDescription } from '@temporalio/client'
import type { temporal } from '@temporalio/proto'
import { Worker } from '@temporalio/worker'
import { expect, inject } from 'vitest'
import type { Database } from '../../ledger/database.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import { receivablesAsleep } from '../../ledger/sweep.ts'
import { caseWorkflowId } from '../../workflows/collection.messages.ts'
import { COMPANY } from '../setup/ledger.ts'
import { copiesById, type FragileStack } from './stack.ts'
import type { Sent } from './traffic.ts'

/** What must hold after any fault, once everything has caught up. */

type Left = Pick<FragileStack, 'client' | 'database' | 'inboxDir'>

export interface Counts {
  /** Asked and never answered; answered and not in the books; told as sent and not in any mailbox. */
  lost: number
  /** In the books, or done to a receivable, more often than asked for. */
  doubled: number
  /** Copies of one message beyond the first, by Message-ID. */
  mailedTwice: number
}

/** Every case has looked at its facts, and nothing waits in the outbox. */
export async function hasCaughtUp(database: Database): Promise<boolean> {
  const row = await database.one<{ behind: number; open: number }>(
    `SELECT (SELECT count(*)::int FROM collection_case WHERE facts_version > assessed_version) AS behind,
            (SELECT count(*)::int FROM message WHERE state IN ('pending', 'sending')) AS open`,
  )
  return row!.behind === 0 && row!.open === 0
}

/** Fails with everything that is wrong; gives what is counted. */
export async function aftermath(stack: Left, sent: readonly Sent[]): Promise<Counts> {
  const { database } = stack
  const counts: Counts = { lost: 0, doubled: 0, mailedTwice: 0 }
  await answersHold(database, sent, counts)
  await booksHold(database, sent, counts)
  await casesHold(stack)
  await mailHolds(database, copiesById(stack.inboxDir), counts)
  expect(counts).toMatchObject({ lost: 0, doubled: 0 })
  return counts
}

/** Each key was answered, with the answer that the ledger keeps, and twice with the same. */
async function answersHold(database: Database, sent: readonly Sent[], counts: Counts): Promise<void> {
  const unanswered = sent.filter((one) => one.answers.length === 0 && one.refused === null)
  counts.lost += unanswered.length
  expect(
    unanswered.map(({ key, kind, tries, lastError }) => `${key} (${kind}): ${tries} tries, ${lastError}`),
    'never answered',
  ).toEqual([])
  const kept = new Map(
    (await database.rows<{ key: string; answer: unknown }>('SELECT key, answer FROM command')).map((row) => [
      row.key,
      row.answer,
    ]),
  )
  for (const { key, answers, refused } of sent) {
    if (refused === null) {
      if (!kept.has(key)) counts.lost++
      for (const answer of answers) expect(kept.get(key), key).toEqual(answer)
    } else expect(kept.has(key), `${key} was refused (${refused})`).toBe(false)
  }
  const asked = new Set(sent.map((one) => one.key))
  expect([...kept.keys()].filter((key) => !asked.has(key))).toEqual([])
}

/** Receipts are in the books once and to the cent, balances are the sums of their transfers, the journal is whole. */
async function booksHold(database: Database, sent: readonly Sent[], counts: Counts): Promise<void> {
  const expected = sent
    .filter((one) => one.kind === 'receipts' && one.refused === null)
    .flatMap((one) => one.receipts)
  const inBooks = await database.rows<{ number: string; minor: number; posted: number; reversed: number }>(
    `SELECT r.number, r.amount_minor::float8 AS minor,
       (SELECT coalesce(sum(t.amount_minor), 0)::float8 FROM transfer t WHERE t.receipt_id = r.id AND t.code = 'receipt' AND t.reverses_id IS NULL) AS posted,
       (SELECT coalesce(sum(t.amount_minor), 0)::float8 FROM transfer t WHERE t.receipt_id = r.id AND t.code = 'receipt' AND t.reverses_id IS NOT NULL) AS reversed
     FROM receipt r ORDER BY r.number`,
  )
  const known = new Map(inBooks.map((row) => [row.number, row]))
  const taken = new Set(
    sent.flatMap((one) => (one.reverses !== null && one.refused === null ? [one.reverses] : [])),
  )
  for (const { number, minor } of expected) {
    const row = known.get(number)
    if (!row) counts.lost++
    else if (row.posted > minor) counts.doubled++
    expect(row, number).toEqual({ number, minor, posted: minor, reversed: taken.has(number) ? minor : 0 })
  }
  expect(inBooks).toHaveLength(expected.length)
  const wrong = await database.rows(
    `SELECT a.id, a.kind, a.balance_minor, s.minor FROM account a
     LEFT JOIN LATERAL (SELECT coalesce(sum(CASE WHEN t.debit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0) AS minor
       FROM transfer t WHERE a.id IN (t.debit_account, t.credit_account)) s ON true
     WHERE a.balance_minor IS NOT NULL AND a.balance_minor <> s.minor`,
  )
  expect(wrong, 'balances').toEqual([])
  const twice = await database.rows(
    'SELECT idempotency_key FROM transfer GROUP BY company, idempotency_key HAVING count(*) > 1',
  )
  counts.doubled += twice.length
  expect((await verifyJournal(database)).findings).toEqual([])
}

/** No case is behind, asleep for ever or stuck, and each could be replayed by another worker. */
async function casesHold({ client, database }: Left): Promise<void> {
  expect(await hasCaughtUp(database)).toBe(true)
  expect(await receivablesAsleep(database, COMPANY, 10)).toEqual([])
  const overlooked = await database.rows('SELECT document FROM receivable WHERE touched AND NOT held')
  expect(overlooked, 'changed and not looked at').toEqual([])
  const cases = await database.rows<{ key: string; open: number; late: boolean }>(
    `SELECT k.key, (SELECT count(*)::int FROM receivable r WHERE r.case_id = k.id AND r.closed_as IS NULL AND NOT r.held) AS open,
       coalesce(k.next_wake_at < now() - interval '1 minute', false) AS late FROM collection_case k ORDER BY k.key`,
  )
  expect(cases.filter((one) => one.late)).toEqual([])
  const histories: { workflowId: string; history: temporal.api.history.v1.IHistory }[] = []
  for (let from = 0; from < cases.length; from += 10)
    await Promise.all(
      cases.slice(from, from + 10).map(async ({ key, open }) => {
        const workflowId = caseWorkflowId(COMPANY, key)
        const handle = client.workflow.getHandle(workflowId)
        // A wake that comes late is no harm; what doesn't end is.
        await expect
          .poll(async () => stuckOn(await handle.describe(), open), { timeout: 30_000, interval: 500 })
          .toBe('')
        histories.push({ workflowId, history: await handle.fetchHistory() })
      }),
    )
  const code = inject('workflowBundle')
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: { code } },
    histories,
  ))
    expect(error, workflowId).toBeUndefined()
}

/** What a case waits for that should be over; empty when it sleeps, or is closed with nothing open. */
function stuckOn({ status, raw }: WorkflowExecutionDescription, open: number): string {
  const activities = (raw.pendingActivities ?? []).map((one) => one.activityType?.name)
  if (activities.length > 0) return `pending ${activities.join(', ')}`
  if ((raw.pendingWorkflowTask?.attempt ?? 0) > 1) return 'its task fails'
  return open > 0 && status.name !== 'RUNNING' ? `${status.name} with ${open} open` : ''
}

/** What counts as sent is in a mailbox, what is in a mailbox counts as sent, and no receivable was told one step twice. */
export async function mailHolds(
  database: Database,
  copies: ReadonlyMap<string, number>,
  counts: Counts,
): Promise<void> {
  const messages = await database.rows<{ mail_id: string; state: string; attempts: number }>(
    'SELECT mail_id, state, attempts FROM message ORDER BY id',
  )
  for (const { mail_id, state, attempts } of messages) {
    const here = copies.get(mail_id) ?? 0
    if (state === 'sent' && here === 0) counts.lost++
    // Each copy beyond the first needs an attempt whose acknowledgement got lost.
    expect(here, `copies of ${mail_id}, ${state} after ${attempts} attempts`).toBeLessThanOrEqual(attempts)
    counts.mailedTwice += Math.max(0, here - 1)
  }
  const known = new Set(messages.map((one) => one.mail_id))
  expect([...copies.keys()].filter((id) => !known.has(id))).toEqual([])
  const steps = await database.rows(
    `SELECT receivables.id, steps.step FROM journal j
     CROSS JOIN LATERAL jsonb_array_elements_text(j.receivables) receivables(id)
     JOIN receivable r ON r.id = receivables.id::bigint
     CROSS JOIN LATERAL jsonb_each_text((j.entry::jsonb) -> 'data' -> 'steps') steps(document, step)
     WHERE j.event IN ('reminder sent', 'statement sent') AND steps.document = r.document
     GROUP BY receivables.id, steps.step HAVING count(*) > 1`,
  )
  counts.doubled += steps.length
  expect(steps, 'told twice').toEqual([])
}
