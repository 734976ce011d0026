import {
  ApplicationFailure,
  continueAsNew,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import type { DocumentActivities } from '../activities/documents.ts'
import type { LedgerActivities } from '../activities/ledger.ts'
import type { MailActivities } from '../activities/mail.ts'
import type { WakeActivities } from '../activities/wake.ts'
import type { Answer, Asked, CaseCommandName } from '../domain/command.ts'
import type { Plan } from '../domain/plan.ts'
import {
  CASE_COMMANDS,
  type CollectionInput,
  commandUpdate,
  LEDGER_UNAVAILABLE,
  lifecycle,
  searchAttributes,
  UNPREPARED,
  wake,
} from './collection.messages.ts'
import { causeOf, createKeeper } from './keeping.ts'
import { DOCUMENTS_TASK_QUEUE, MAIL_TASK_QUEUE } from './taskQueues.ts'

// Short work next to the workflow. Bounded: an endless one would stall every update and grow the history.
const ledger = proxyLocalActivities<LedgerActivities>({
  startToCloseTimeout: '3s',
  scheduleToCloseTimeout: '12s',
  retry: { maximumAttempts: 3, initialInterval: '200ms' },
})
// One activity is one attempt; when the next one is due stands on the message's row. It may take as long as the
// claim's lease, and wait in the queue for as long as it must: with a rate limit that is hours after a large load,
// the claim reads the facts when its turn comes, and giving up would only put it behind those that wait already.
const mail = proxyActivities<MailActivities>({
  taskQueue: MAIL_TASK_QUEUE,
  startToCloseTimeout: '3m',
  heartbeatTimeout: '20s',
  retry: { maximumAttempts: 1 },
})
// A wake that doesn't come through is found by the sweep.
const waking = proxyActivities<WakeActivities>({
  startToCloseTimeout: '1m',
  heartbeatTimeout: '20s',
  retry: { maximumAttempts: 3 },
})

// Drawing is work of the processor, during which nobody beats.
const documents = proxyActivities<DocumentActivities>({
  taskQueue: DOCUMENTS_TASK_QUEUE,
  startToCloseTimeout: '5m',
  heartbeatTimeout: '1m',
  retry: { maximumAttempts: 3 },
})

interface Attempt {
  company: string
  message: number
}

/** Facts that change faster than documents are drawn: later again. */
const MOST_PREPARATIONS = 3

/** The lifecycle of the receivables of one customer that are chased together. */
export async function collection(input: CollectionInput): Promise<string> {
  const { company, key } = input
  const keeper = createKeeper()
  let latest: Plan | null = null

  setHandler(wake, keeper.wake)
  setHandler(
    lifecycle,
    () =>
      latest && {
        stage: latest.shown.stage,
        open: latest.shown.open,
        nextAt: latest.nextAt,
        receivables: latest.lifecycle,
      },
  )
  for (const name of CASE_COMMANDS)
    setHandler(commandUpdate(name), (content, asked) => carryOut(name, content, asked), {
      validator: (_, asked) => checkAsked(asked),
    })

  return keeper.keep(
    // Facts → decisions → intents, written in one transaction.
    () => ledger.assess({ company, key, now: Date.now() }),
    (plan) => {
      show(plan, latest)
      latest = plan
      startMissing(plan)
    },
    () => continueAsNew<typeof collection>(input),
  )

  /** Each open intent has one activity under way, whoever wrote it and whenever. */
  function startMissing({ intents, wake: keys, processes = [] }: Plan): void {
    for (const { id, template } of intents) {
      keeper.detach(`message ${id}`, () => prepared({ company, message: id }, attemptTo(template)))
    }
    if (keys.length + processes.length > 0)
      keeper.detach(`wake ${[...keys, ...processes].join(' ')}`, () =>
        waking.wakeCases({ company, keys, processes }),
      )
  }

  /** A worker of an earlier version sends what it doesn't know as a statement: its histories say so. */
  function attemptTo(template: Plan['intents'][number]['template']) {
    if (template === 'reminder') return mail.sendReminder
    if (template === 'promise_reminder' && patched('promise-reminder')) return mail.remindOfPromise
    if (template === 'confirmation' && patched('confirmation')) return mail.askForConfirmation
    if (template === 'demand' && patched('demand')) return mail.sendDemand
    if (template === 'promise_confirmation' && patched('promise-confirmation')) return mail.confirmPromise
    return mail.dispatchStatement
  }

  /** What goes along with a message is made when its claim asks for it; the facts may change again meanwhile. */
  async function prepared(of: Attempt, send: (of: Attempt) => Promise<string>): Promise<void> {
    for (let times = 1; (await send(of)) === UNPREPARED && times < MOST_PREPARATIONS; times++)
      await documents.prepareMessage(of)
  }

  async function carryOut(name: CaseCommandName, content: unknown, asked: Asked): Promise<Answer> {
    try {
      const answer = await keeper.inTurn(() =>
        ledger.command({ company, key, name, content, asked, now: Date.now() }),
      )
      const keys = answer.cases.filter((other) => other !== key)
      const { processes = [], tooMany } = answer
      if (keys.length + processes.length > 0 || tooMany)
        keeper.detach(`wake after ${asked.key}`, () =>
          waking.wakeCases({ company, keys, processes, ...(tooMany ? { tooMany } : {}) }),
        )
      keeper.wake()
      return answer
    } catch (error) {
      throw asUpdateFailure(error)
    }
  }
}

function checkAsked(asked: Asked): void {
  if (!asked?.actor || !asked.key)
    throw ApplicationFailure.nonRetryable('a command carries its actor and a key', 'BadRequest')
}

/** Only an ApplicationFailure fails an update; anything else would fail the task for ever. */
function asUpdateFailure(error: unknown): unknown {
  const cause = causeOf(error)
  if (cause === null) return error
  if (cause instanceof ApplicationFailure && cause.nonRetryable)
    return ApplicationFailure.nonRetryable(cause.message, cause.type, ...(cause.details ?? []))
  return ApplicationFailure.retryable(`the ledger did not answer: ${cause.message}`, LEDGER_UNAVAILABLE)
}

/** What people see of a case: written only where it changed. */
function show(plan: Plan, before: Plan | null): void {
  const { shown, nextAt } = plan
  if (plan.outcome === 'unknown') return
  const known = before?.shown
  const changes = [
    ...(known?.customer === shown.customer
      ? []
      : [{ key: searchAttributes.customer, value: shown.customer }]),
    ...(known?.branch === shown.branch ? [] : [{ key: searchAttributes.branch, value: shown.branch }]),
    ...(known?.analyst === shown.analyst ? [] : [{ key: searchAttributes.analyst, value: shown.analyst }]),
    ...(known?.stage === shown.stage ? [] : [{ key: searchAttributes.stage, value: shown.stage }]),
    ...(before && before.nextAt === nextAt
      ? []
      : [{ key: searchAttributes.nextActionAt, value: nextAt === null ? null : new Date(nextAt) }]),
  ]
  if (changes.length > 0) upsertSearchAttributes(changes)
  setCurrentDetails(
    `${shown.open} open, ${shown.stage}; ${shown.tasks} tasks; next ${nextAt === null ? 'when something happens' : new Date(nextAt).toISOString()}`,
  )
}
