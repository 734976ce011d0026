import { daysBetween, type LocalDate } from '../domain/calendar.ts'
import {
  LANGUAGES,
  type Language,
  type Notice,
  type NoticeCredit,
  type NoticeItem,
  type NoticeSection,
  SEVERITIES,
  type Severity,
} from '../domain/notice.ts'
import type { Policy } from '../domain/policy.ts'
import type { Sql } from './database.ts'
import { policiesById } from './policies.ts'
import type { CaseScope } from './scope.ts'

/** Who writes: from the configuration. */
export interface NoticeSender {
  name: string
  replyTo: string
  phone: string
  bankReference: string
}

interface ItemRow {
  id: number
  document: string
  tranche: string
  currency: string
  issued_on: LocalDate
  due_on: LocalDate
  original_minor: bigint
  open_minor: bigint
  disputed_minor: bigint
  promised_on: LocalDate | null
  site: string
  policy_id: number
  step: string | null
}

/**
 * What a message says, read now: every overdue item of the case (a statement: every open one), those whose step is
 * due worded by their own severity, and the customer's credits and unapplied cash.
 */
export async function noticeOf(
  sql: Sql,
  scope: CaseScope,
  sender: NoticeSender,
  template: Notice['template'],
  due: readonly number[],
  recipient: { name: string; email: string },
): Promise<Notice> {
  const rows = await itemsOf(sql, scope, template, due)
  const severities = new Map<number, Severity>()
  const policies = await policiesById(
    sql,
    rows.map((r) => r.policy_id),
  )
  for (const row of rows)
    if (row.step !== null && due.includes(row.id))
      severities.set(row.id, severityOf(policies.get(row.policy_id)!, row.step))
  const money = await unusedOf(sql, scope)
  const currencies = [
    ...new Set([
      ...rows.map((r) => r.currency),
      ...money.credits.map((c) => c.currency),
      ...money.cash.map((c) => c.currency),
    ]),
  ].sort()
  const today = scope.today
  const sections = currencies.map((currency) =>
    sectionOf(
      currency,
      rows
        .filter((r) => r.currency === currency)
        .map((row) => itemOf(row, today, severities.get(row.id) ?? null)),
      money.credits.filter((c) => c.currency === currency),
      money.cash.find((c) => c.currency === currency)?.minor ?? 0n,
      scope.policy.list_limit,
    ),
  )
  const firmest = [...severities.values()].reduce<Severity>(
    (f, s) => (SEVERITIES.indexOf(s) > SEVERITIES.indexOf(f) ? s : f),
    'courtesy',
  )
  const { customer } = scope
  return {
    template,
    severity: firmest,
    language:
      LANGUAGES.find((l) => l === customer.language) ??
      ((customer.language.startsWith('en') ? 'en' : 'es-MX') satisfies Language),
    company: sender,
    customer: { code: customer.code, name: customer.name },
    recipient,
    analystName: customer.analyst,
    today,
    sections,
  }
}

const itemsOf = (
  sql: Sql,
  scope: CaseScope,
  template: Notice['template'],
  due: readonly number[],
): Promise<ItemRow[]> =>
  sql.rows<ItemRow>(
    `SELECT r.id::int, r.document, r.tranche, r.currency, r.issued_on, r.due_on, r.original_minor, o.owed_minor AS open_minor, r.site, r.policy_id::int,
       least(o.owed_minor, coalesce((SELECT sum(l.amount_minor) FROM dispute_line l JOIN dispute d ON d.id = l.dispute_id
         WHERE l.receivable_id = r.id AND d.resolved_on IS NULL), 0))::bigint AS disputed_minor,
       (SELECT min(n.due_on) FROM promise_item i JOIN promise_instalment n ON n.promise_id = i.promise_id
         WHERE i.receivable_id = r.id AND i.active) AS promised_on,
       (SELECT s.step FROM receivable_step s WHERE s.receivable_id = r.id AND s.state = 'pending' AND s.message_id IS NOT NULL LIMIT 1) AS step
     FROM receivable r JOIN owed o ON o.receivable_id = r.id
     WHERE r.case_id = $1 AND r.closed_as IS NULL AND NOT r.held AND o.owed_minor > 0 AND ($2 = 'statement' OR r.due_on < $3 OR r.id = ANY($4))
     ORDER BY r.due_on, r.document, r.tranche`,
    [scope.case.id, template, scope.today, due],
  )

const itemOf = (row: ItemRow, today: LocalDate, severity: Severity | null): NoticeItem => ({
  document: row.document,
  tranche: row.tranche,
  issuedOn: row.issued_on,
  dueOn: row.due_on,
  daysLate: daysBetween(row.due_on, today),
  originalMinor: row.original_minor,
  openMinor: row.open_minor,
  disputedMinor: row.disputed_minor,
  severity,
  promisedOn: row.promised_on,
  site: row.site === '' ? null : row.site,
})

const severityOf = (policy: Policy, step: string): Severity =>
  policy.steps.find((s) => s.id === step)?.severity ?? 'reminder'

type Credit = NoticeCredit & { currency: string }

/** Open credits of the customer, and the payer's cash that nobody applied yet. */
async function unusedOf(
  sql: Sql,
  scope: CaseScope,
): Promise<{ credits: Credit[]; cash: { currency: string; minor: bigint }[] }> {
  const credits = await sql.rows<Credit>(
    `SELECT r.document, r.currency, r.issued_on AS "issuedOn", -a.balance_minor AS "openMinor"
     FROM receivable r JOIN account a ON a.receivable_id = r.id
     WHERE r.customer_id = $1 AND r.closed_as IS NULL AND NOT r.held AND r.kind IN ('credit_note', 'on_account_credit') AND a.balance_minor < 0
     ORDER BY r.issued_on, r.document`,
    [scope.customer.id],
  )
  const cash = await sql.rows<{ currency: string; minor: bigint }>(
    `SELECT currency, -balance_minor AS minor FROM account WHERE payer_id = $1 AND kind = 'unapplied' AND balance_minor < 0`,
    [scope.customer.payer_id],
  )
  return { credits, cash }
}

function sectionOf(
  currency: string,
  items: NoticeItem[],
  credits: NoticeCredit[],
  unappliedMinor: bigint,
  limit: number,
): NoticeSection {
  const overdue = items.filter((i) => i.daysLate > 0)
  const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n)
  // What is cut are the youngest without a step of their own.
  const listed =
    items.length <= limit
      ? items
      : [...items].sort((a, b) => Number(b.severity !== null) - Number(a.severity !== null)).slice(0, limit)
  const kept = new Set(listed)
  const cut = items.filter((i) => !kept.has(i))
  const overdueMinor = sum(overdue.map((i) => i.openMinor))
  const disputedMinor = sum(overdue.map((i) => i.disputedMinor))
  const payable = overdueMinor - disputedMinor - unappliedMinor - sum(credits.map((c) => c.openMinor))
  return {
    currency,
    items: items.filter((i) => kept.has(i)),
    notListed: { count: cut.length, openMinor: sum(cut.map((i) => i.openMinor)) },
    ...(cut.length > 0 ? { allItems: items } : {}),
    credits,
    unappliedMinor,
    overdueMinor,
    openMinor: sum(items.map((i) => i.openMinor)),
    disputedMinor,
    payableMinor: payable > 0n ? payable : 0n,
  }
}
