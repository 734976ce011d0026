import { log } from '@temporalio/activity'
import type { Notice } from '../domain/notice.ts'
import type { Database } from '../ledger/database.ts'
import { claimMessage, markDeferred, markRefused, markSent } from '../ledger/delivery.ts'
import type { NoticeSender } from '../ledger/notice.ts'
import type { Calendars } from '../ledger/scope.ts'
import { renderNotice } from './mail/render.ts'
import { composeMail, type Mailer } from './smtp.ts'

export interface MailDeps {
  database: Database
  calendars: Calendars
  mailer: Mailer
  /** From whom: shown to the customer. */
  from: { name: string; address: string }
  sender: NoticeSender
  /** The moment of the attempt. A message may wait in the queue, so the workflow's time would be stale. */
  clock: () => Promise<number>
}

/** One activity is one attempt to send one message: claim, send, mark. */
export const createMailActivities = (deps: MailDeps) => {
  const attempt = async ({ company, message }: { company: string; message: number }): Promise<string> => {
    const { database, calendars, mailer } = deps
    const doing = async () => ({ company, actor: 'cartera', now: await deps.clock() })
    const claim = await claimMessage(
      database,
      calendars,
      await doing(),
      message,
      deps.sender,
      (notice, mailId, at) => compose(deps, notice, mailId, at),
    )
    if (claim.kind === 'nothing') return claim.why
    const outcome = await mailer.send(claim.raw, { from: deps.from.address, to: claim.recipient })
    log.info('mail attempted', { message, outcome: outcome.kind })
    if (outcome.kind === 'sent') await markSent(database, calendars, await doing(), message, outcome.response)
    else if (outcome.kind === 'deferred')
      await markDeferred(database, calendars, await doing(), message, outcome)
    else await markRefused(database, calendars, await doing(), message, outcome)
    return outcome.kind
  }
  return { sendReminder: attempt, dispatchStatement: attempt }
}
export type MailActivities = ReturnType<typeof createMailActivities>

async function compose(deps: MailDeps, notice: Notice, mailId: string, at: number): Promise<Buffer> {
  const rendered = renderNotice(notice)
  const { raw } = await composeMail({
    messageId: `<${mailId}@${deps.from.address.split('@')[1]}>`,
    date: new Date(at),
    from: deps.from,
    replyTo: notice.company.replyTo,
    to: { name: notice.recipient.name, address: notice.recipient.email },
    ...rendered,
  })
  return raw
}
