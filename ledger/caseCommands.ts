import {
  type Answer,
  type CaseCommandName,
  type CaseCommands,
  caseCommands,
  type ReceiptCommandName,
  type ReceiptCommands,
  receiptCommands,
} from '../domain/command.ts'
import { Refusal } from '../domain/refusal.ts'
import { announcePayment, withdrawAnnouncement } from './announcements.ts'
import { applyCredit, applyReceipt } from './applications.ts'
import { touchCustomers } from './cases.ts'
import { type Asking, once } from './commands.ts'
import { answerConfirmation, requestConfirmation, withdrawConfirmation } from './confirmations.ts'
import { linkContact } from './contactLinks.ts'
import { logContact } from './contactLog.ts'
import { addContact } from './contacts.ts'
import { cancel, credit, writeOff } from './corrections.ts'
import { customersPaidWith, lockCustomers } from './customers.ts'
import { type Database, SHORT, type Sql } from './database.ts'
import { resolveDispute } from './disputeResolution.ts'
import { changeDispute, openDispute, splitDispute } from './disputes.ts'
import { resolveException } from './exceptions.ts'
import { pause, resume } from './pauses.ts'
import { present, setReviewDays } from './presentation.ts'
import { excusePromise, recordPromise, replacePromise, withdrawPromise } from './promises.ts'
import { cancelProvisional, convertProvisional, issueProvisional } from './provisionals.ts'
import { postReceipts } from './receipts.ts'
import { findReceivables } from './receivables.ts'
import { adoptPolicy, regroup } from './regroup.ts'
import { replace } from './replacements.ts'
import { reverseReceipt } from './reversals.ts'
import { type Ask, type Calendars, type CommandScope, mustOpenCase } from './scope.ts'
import { snooze, unsnooze } from './snoozes.ts'
import { addTask, assignTask, closeTask, planTask } from './taskCommands.ts'

type Carrier<N extends CaseCommandName> = (
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands[N],
) => Promise<Answer>

/** What carries each command of a case out. */
const carriers: { [N in CaseCommandName]: Carrier<N> } = {
  recordPromise: (sql, scope, input) => recordPromise(sql, scope, input),
  withdrawPromise,
  replacePromise,
  excusePromise,
  announcePayment,
  withdrawAnnouncement,
  issueProvisional,
  convertProvisional,
  cancelProvisional,
  logContact,
  linkContact,
  addTask,
  planTask,
  assignTask,
  closeTask,
  openDispute,
  resolveDispute,
  splitDispute,
  changeDispute,
  present,
  setReviewDays,
  pause,
  resume,
  snooze,
  unsnooze,
  requestConfirmation,
  answerConfirmation,
  withdrawConfirmation,
  credit,
  replace,
  cancel,
  writeOff,
  adoptPolicy,
  regroup,
  addContact,
  resolveException,
}

/**
 * After these, unused money of the payer covers other items than before (the oldest come first), of its other customers
 * too: all look again.
 */
const CHANGE_CLAIMS: readonly CaseCommandName[] = [
  'credit',
  'replace',
  'cancel',
  'writeOff',
  'resolveDispute',
  'present',
]

/**
 * Carries out a command of a collection case, once per key, under its customer's lock.
 * @throws Refusal when a rule says no; ZodError when the content isn't of the command's shape
 */
export function commandCase<N extends CaseCommandName>(
  database: Database,
  calendars: Calendars,
  asking: Asking,
  key: string,
  name: N,
  input: CaseCommands[N],
): Promise<Answer> {
  const content = caseCommands[name].parse(input) as CaseCommands[N]
  return once(
    database,
    asking,
    name,
    { case: key.split(':')[0], ...content },
    (sql) => carryOutCase(sql, { asking, calendars }, key, name, content),
    SHORT,
  )
}

/** The same within a transaction, as far as it isn't done under its key already. */
export async function carryOutCase<N extends CaseCommandName>(
  sql: Sql,
  ask: Ask,
  key: string,
  name: N,
  content: CaseCommands[N],
): Promise<Answer> {
  const partners = CHANGE_CLAIMS.includes(name) ? await partnersOf(sql, ask.asking.company, key) : []
  await lockCustomers(sql, partners)
  const scope = await mustOpenCase(sql, ask, key)
  const to = await movedTo(sql, scope, content)
  if (to !== null) {
    // Who asks is told and goes there; what was put aside until somebody agreed goes by itself.
    if (!ask.approval) throw new Refusal('CaseMoved', { to })
    return carryOutCase(sql, ask, to, name, content)
  }
  const answer = await carriers[name](sql, scope, content)
  const others = await touchCustomers(
    sql,
    partners.filter((id) => id !== scope.customer.id),
  )
  return others.length === 0 ? answer : { ...answer, cases: [...answer.cases, ...others].sort() }
}

/** The customers that unused money is shared with by the customer of a case. */
async function partnersOf(sql: Sql, company: string, key: string): Promise<number[]> {
  const row = await sql.one<{ id: number }>(
    'SELECT customer_id::int AS id FROM collection_case WHERE company = $1 AND key = $2',
    [company, key],
  )
  return row ? customersPaidWith(sql, row.id) : []
}

/** A receivable that was regrouped since the caller looked is commanded in its new case: which; null when it wasn't. */
async function movedTo(sql: Sql, scope: CommandScope, content: object): Promise<string | null> {
  const named =
    'documents' in content
      ? (content.documents as string[] | undefined)
      : 'document' in content
        ? [content.document as string]
        : undefined
  if (!named?.[0]) return null
  const [first] = await findReceivables(sql, scope.asking.company, [named[0]])
  const moved = first!.customer_id === scope.customer.id && first!.case_key !== scope.case.key
  return moved ? first!.case_key : null
}

const bookkeepers: {
  [N in ReceiptCommandName]: (sql: Sql, asking: Asking, input: ReceiptCommands[N]) => Promise<Answer>
} = {
  post: postReceipts,
  apply: applyReceipt,
  applyCredit,
  reverse: reverseReceipt,
}

/** Carries out a command of the books, once per key. */
export function commandBooks<N extends ReceiptCommandName>(
  database: Database,
  asking: Asking,
  name: N,
  input: ReceiptCommands[N],
): Promise<Answer> {
  const content = receiptCommands[name].parse(input) as ReceiptCommands[N]
  return once(database, asking, name, content, (sql) => bookkeepers[name](sql, asking, content))
}
