import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common'
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { Answer, Asked, CaseCommandName, CaseCommands } from '../domain/command.ts'
import type { Plan } from '../domain/plan.ts'

/** How to speak to a collection case: its id, its messages, what it shows. */

export interface CollectionInput {
  v: 1
  company: string
  /** Of the case: the customer's code, and behind a colon what the grouping adds. */
  key: string
}

export const caseWorkflowId = (company: string, key: string): string => `case:${company}:${key}`

/** Something about the case changed: look again. Carries nothing; the ledger tells. */
export const wake = defineSignal('wake')

export interface Lifecycle {
  stage: string
  open: number
  nextAt: number | null
  receivables: Plan['lifecycle']
}
export const lifecycle = defineQuery<Lifecycle | null>('lifecycle')

export const CASE_COMMANDS = [
  'recordPromise',
  'withdrawPromise',
  'replacePromise',
  'announcePayment',
  'withdrawAnnouncement',
  'logContact',
  'closeTask',
  'openDispute',
  'resolveDispute',
  'pause',
  'resume',
  'snooze',
  'unsnooze',
  'credit',
  'replace',
  'cancel',
  'writeOff',
  'adoptPolicy',
  'regroup',
  'addContact',
  'resolveException',
  'excusePromise',
  'issueProvisional',
  'convertProvisional',
  'cancelProvisional',
  'linkContact',
  'addTask',
  'planTask',
  'assignTask',
] as const satisfies readonly CaseCommandName[]

// Fails to compile when a command has no update.
type Forgotten = Exclude<CaseCommandName, (typeof CASE_COMMANDS)[number]>
export const everyCommandIsAnUpdate: [Forgotten] extends [never] ? true : Forgotten = true

/** The update of a command: answers after the ledger has it, fails with the refusal's name and data. */
export const commandUpdate = <N extends CaseCommandName>(name: N) =>
  defineUpdate<Answer, [CaseCommands[N], Asked]>(name)

/** Answer of an attempt to send a message that sent nothing: what goes along with it is to be made first. */
export const UNPREPARED = 'unprepared'

/** Type of a failed update when the ledger couldn't be reached: ask again under the same key. */
export const LEDGER_UNAVAILABLE = 'LedgerUnavailable'

export const searchAttributes = {
  customer: defineSearchAttributeKey('CustomerId', SearchAttributeType.KEYWORD),
  branch: defineSearchAttributeKey('Branch', SearchAttributeType.KEYWORD),
  analyst: defineSearchAttributeKey('Analyst', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD),
  nextActionAt: defineSearchAttributeKey('NextActionAt', SearchAttributeType.DATETIME),
} as const
