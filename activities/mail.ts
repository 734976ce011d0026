import { log } from '@temporalio/activity'
import type { Look } from '../domain/look.ts'
import type { Notice } from '../domain/notice.ts'
import { markDeferred, markRefused, markSent } from '../ledger/attempts.ts'
import type { Database } from '../ledger/database.ts'
import { type Attached, claimMessage } from '../ledger/delivery.ts'
import { documentsOfMessage } from '../ledger/documents.ts'
import type { NoticeSender } from '../ledger/notice.ts'
import type { Calendars } from '../ledger/scope.ts'
import type { DocumentStore } from '../store/store.ts'
import { UNPREPARED } from '../workflows/collection.messages.ts'
import { whileBeating } from './beating.ts'
import { sourceOf, sourceOfDemand } from './documents/source.ts'
import { renderNotice } from './mail/render.ts'
import { markableUntil, untilMarked } from './marking.ts'
import { composeMail, type Mailer } from './smtp.ts'

export interface MailDeps {
  database: Database
  calendars: Calendars
  mailer: Mailer
  store: DocumentStore
  look: Look
  /** From whom: shown to the customer. */
  from: { name: string; address: string }
  sender: NoticeSender
  /** The moment of the attempt. A message may wait in the queue, so the workflow's time would be stale. */
  clock: () => Promise<number>
}

/** From the claim to the first word to the mail server. */
const CLAIM_MS = 15_000
/** So long a message is one attempt's alone. */
export const claimMs = (mailer: Mailer): number => mailer.attemptTimeoutMs + CLAIM_MS

/** One activity is one attempt to send one message: claim, send, mark. */
export const createMailActivities = (deps: MailDeps) => {
  const attempt = async ({ company, message }: { company: string; message: number }): Promise<string> => {
    const { database, calendars, mailer } = deps
    const doing = async () => ({ company, actor: 'cartera', now: await deps.clock() })
    const leaseMs = claimMs(mailer)
    const giveUpAt = markableUntil(leaseMs)
    const claim = await claimMessage(
      database,
      calendars,
      await doing(),
      message,
      deps.sender,
      {
        render: (notice, mailId, at, attached) => compose(deps, notice, mailId, at, attached),
        sourceOf: (statement, format) => sourceOf(statement, format, deps.sender, deps.look),
        sourceOfDemand: (demand) => sourceOfDemand(demand, deps.sender, deps.look),
        attached: await attachedTo(deps, message),
      },
      leaseMs,
    )
    if (claim.kind === 'nothing') return claim.why
    if (claim.kind === 'unprepared') return UNPREPARED
    const outcome = await mailer.send(claim.raw, { from: deps.from.address, to: claim.recipient })
    // The journal has it; a line per mail costs more than its rendering.
    log.debug('mail attempted', { message, outcome: outcome.kind })
    await untilMarked(giveUpAt, message, async () => {
      const by = await doing()
      if (outcome.kind === 'sent') await markSent(database, calendars, by, message, outcome.response)
      else if (outcome.kind === 'deferred')
        await markDeferred(database, calendars, by, message, {
          reason: outcome.reason,
          // What an earlier attempt may have brought to the customer isn't undone by what this one met.
          delivered: claim.isRepeat ? 'unknown' : outcome.delivered,
        })
      else await markRefused(database, calendars, by, message, outcome)
    })
    return outcome.kind
  }
  const beating = (of: Parameters<typeof attempt>[0]) => whileBeating(() => attempt(of))
  return {
    sendReminder: beating,
    dispatchStatement: beating,
    remindOfPromise: beating,
    askForConfirmation: beating,
    confirmPromise: beating,
    sendDemand: beating,
  }
}
export type MailActivities = ReturnType<typeof createMailActivities>

/** What was made to go along with a message: read before its customer is locked. */
const attachedTo = async ({ database, store }: MailDeps, message: number): Promise<Attached[]> =>
  Promise.all(
    (await documentsOfMessage(database, message)).map(async ({ id, name, mediaType, source, hash }) => ({
      id,
      name,
      mediaType,
      source,
      content: await store.get(hash),
    })),
  )

async function compose(
  deps: MailDeps,
  notice: Notice,
  mailId: string,
  at: number,
  attached: readonly Attached[],
): Promise<Buffer> {
  const { attachments, ...rendered } = renderNotice(notice)
  const { raw } = await composeMail({
    messageId: `<${mailId}@${deps.from.address.split('@')[1]}>`,
    date: new Date(at),
    from: deps.from,
    replyTo: notice.company.replyTo,
    to: { name: notice.recipient.name, address: notice.recipient.email },
    ...rendered,
    attachments: [
      ...attachments,
      ...attached.map(({ name, mediaType, content }) => ({
        filename: name,
        contentType: mediaType,
        content,
      })),
    ],
  })
  return raw
}
