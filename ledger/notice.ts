import { daysBetween, type LocalDate } from '../domain/calendar.ts'
import type { Netted } from '../domain/netting.ts'
import {
  languageFor,
  type Notice,
  type NoticeCredit,
  type NoticeItem,
  type NoticeSection,
  SEVERITIES,
  type Severity,
  WAITS,
} from '../domain/notice.ts'
import type { Intent } from '../domain/plan.ts'
import type { Policy } from '../domain/policy.ts'
import type { Sql } from './database.ts'
import { bearingIds, interestAsOf, openByCurrency } from './interest/accrual.ts'
import { type CaseScope, pinnedPolicies } from './scope.ts'
import { type ShownSuspension, suspensionsNow } from './showAgreements.ts'
import { nettedOf } from './unusedMoney.ts'

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
  payer_id: number
  policy_id: number
  step: string | null
}

/**
 * What a message says, read now: every overdue item of the case (a statement: every open one), those whose step is
 * due worded by their own severity, those that aren't asked for with their reason. Unused money of the payer counts
 * where it nets, so that what one case shows as received no other one does.
 */
export async function noticeOf(
  sql: Sql,
  scope: CaseScope,
  sender: NoticeSender,
  planned: Intent['template'],
  due: readonly number[],
  recipient: { name: string; email: string },
  promised: NonNullable<Notice['promised']> = [],
): Promise<Notice> {
  // A statement of account is the customer's, whatever its conversations are.
  const isAccount = planned === 'account_statement'
  const template = planned === 'account_statement' ? 'statement' : planned
  const rows = await itemsOf(sql, scope, { template, isAccount }, due)
  const policies = await pinnedPolicies(
    sql,
    scope,
    rows.map((r) => r.policy_id),
  )
  const netted = await nettedOf(sql, [...new Set(rows.map((r) => r.payer_id))])
  const suspensions = await suspensionsNow(
    sql,
    scope.customer.id,
    rows.map((r) => r.id),
    scope.today,
  )
  const severityOf = (row: ItemRow): Severity | null =>
    row.step !== null && due.includes(row.id) ? severityIn(policies.get(row.policy_id)!, row.step) : null
  const items = rows.map((row) => ({
    row,
    item: itemOf(
      row,
      scope.today,
      severityOf(row),
      netted.get(row.id) ?? [],
      // It is asked for here: what it waits for is what the message speaks of.
      (suspensions.get(row.id) ?? []).filter((s) => template !== 'promise_reminder' || s.kind !== 'promised'),
    ),
  }))
  const credits = await creditsUsed(
    sql,
    rows.flatMap((row) => netted.get(row.id) ?? []),
  )
  const { customer } = scope
  const interest = await interestSaid(sql, scope, template, isAccount)
  return {
    template,
    severity: items.reduce<Severity>((firmest, { item }) => firmer(firmest, item.severity), 'courtesy'),
    language: languageFor(customer.language),
    company: sender,
    customer: { code: customer.code, name: customer.name },
    recipient,
    analystName: customer.analyst,
    today: scope.today,
    ...(promised.length === 0 ? {} : { promised }),
    sections: [...new Set(rows.map((r) => r.currency))].sort().map((currency) => ({
      currency,
      ...cutList(
        items.filter(({ row }) => row.currency === currency).map(({ item }) => item),
        scope.policy.list_limit,
      ),
      credits: credits.filter((c) => c.currency === currency).map(({ currency: _, ...credit }) => credit),
      ...(interest.has(currency) ? { interestMinor: interest.get(currency)! } : {}),
    })),
  }
}

/** By currency, of the case or of the whole account; a message about promises speaks of these only. */
async function interestSaid(
  sql: Sql,
  { customer, case: { id }, today }: CaseScope,
  template: Notice['template'],
  isAccount: boolean,
): Promise<Map<string, bigint>> {
  if (template !== 'reminder' && template !== 'statement') return new Map()
  const bearing = await bearingIds(sql, customer.id, isAccount ? null : id)
  return openByCurrency(await interestAsOf(sql, bearing, today))
}

const itemsOf = (
  sql: Sql,
  scope: CaseScope,
  { template, isAccount }: { template: Notice['template']; isAccount: boolean },
  due: readonly number[],
): Promise<ItemRow[]> =>
  sql.rows<ItemRow>(
    `SELECT r.id::int, r.document, r.tranche, r.currency, r.issued_on, r.due_on, r.original_minor, o.owed_minor AS open_minor, r.site,
       r.payer_id::int, r.policy_id::int,
       coalesce((SELECT d.minor FROM disputed d WHERE d.receivable_id = r.id), 0)::bigint AS disputed_minor,
       (SELECT coalesce(min(n.due_on) FILTER (WHERE n.due_on >= $3), max(n.due_on)) FROM promise_item i JOIN promise_instalment n ON n.promise_id = i.promise_id
         WHERE i.receivable_id = r.id AND i.active) AS promised_on,
       (SELECT s.step FROM receivable_step s WHERE s.receivable_id = r.id AND s.state = 'pending' AND s.message_id IS NOT NULL LIMIT 1) AS step
     FROM receivable r JOIN owed o ON o.receivable_id = r.id
     WHERE (${isAccount ? 'r.customer_id' : 'r.case_id'} = $1 OR $2 IN ('promise_reminder', 'demand') AND r.id = ANY($4)) AND r.closed_as IS NULL AND NOT r.held AND o.owed_minor > 0 AND ($2 = 'statement' OR $2 = 'reminder' AND r.due_on < $3 OR r.id = ANY($4))
     ORDER BY r.due_on, r.document, r.tranche`,
    [isAccount ? scope.customer.id : scope.case.id, template, scope.today, due],
  )

/** Payments take the undisputed part first, so what is covered already makes the dispute smaller only at last. */
function itemOf(
  row: ItemRow,
  today: LocalDate,
  severity: Severity | null,
  netted: readonly Netted[],
  suspensions: readonly ShownSuspension[],
): NoticeItem {
  const covered = (byCredit: boolean) =>
    netted.reduce((sum, n) => ((n.creditId !== null) === byCredit ? sum + n.minor : sum), 0n)
  const creditMinor = covered(true)
  const cashMinor = covered(false)
  const uncovered = row.open_minor - creditMinor - cashMinor
  const kind = WAITS.find((wait) => suspensions.some((s) => s.kind === wait))
  const on = {
    promised: row.promised_on,
    cheque: suspensions.find((s) => s.kind === 'cheque')?.until ?? null,
    announced: null,
    provisional: null,
    negotiating: null,
    paused: null,
  }
  return {
    document: row.document,
    tranche: row.tranche,
    issuedOn: row.issued_on,
    dueOn: row.due_on,
    daysLate: daysBetween(row.due_on, today),
    originalMinor: row.original_minor,
    openMinor: row.open_minor,
    creditMinor,
    cashMinor,
    disputedMinor: row.disputed_minor < uncovered ? row.disputed_minor : uncovered,
    severity,
    waits: kind ? { kind, on: on[kind] } : null,
    site: row.site === '' ? null : row.site,
  }
}

const severityIn = (policy: Policy, step: string): Severity =>
  policy.steps.find((s) => s.id === step)?.severity ?? 'reminder'

const firmer = (a: Severity, b: Severity | null): Severity =>
  b !== null && SEVERITIES.indexOf(b) > SEVERITIES.indexOf(a) ? b : a

/** The credits that cover something here, each with how much. */
async function creditsUsed(
  sql: Sql,
  netted: readonly Netted[],
): Promise<(NoticeCredit & { currency: string })[]> {
  const used = new Map<number, bigint>()
  for (const { creditId, minor } of netted)
    if (creditId !== null) used.set(creditId, (used.get(creditId) ?? 0n) + minor)
  if (used.size === 0) return []
  const credits = await sql.rows<{ id: number; document: string; currency: string; issuedOn: LocalDate }>(
    'SELECT id::int, document, currency, issued_on AS "issuedOn" FROM receivable WHERE id = ANY($1) ORDER BY issued_on, document',
    [[...used.keys()]],
  )
  return credits.map(({ id, ...credit }) => ({ ...credit, usedMinor: used.get(id)! }))
}

/** What is cut are the youngest without a step of their own, of these first what isn't asked for. */
export function cutList(
  items: NoticeItem[],
  limit: number,
): Pick<NoticeSection, 'items' | 'notListed' | 'allItems'> {
  const rank = (item: NoticeItem) => (item.severity !== null ? 0 : item.waits === null ? 1 : 2)
  const kept = new Set([...items].sort((a, b) => rank(a) - rank(b)).slice(0, limit))
  const cut = items.filter((item) => !kept.has(item))
  return {
    items: items.filter((item) => kept.has(item)),
    notListed: { count: cut.length, openMinor: cut.reduce((sum, item) => sum + item.openMinor, 0n) },
    ...(cut.length > 0 ? { allItems: items } : {}),
  }
}
