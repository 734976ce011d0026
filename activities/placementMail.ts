import { log } from '@temporalio/activity'
import { claimPlacementMail, markPlacementMail } from '../ledger/placements/delivery.ts'
import type { Deliver } from './deliver.ts'
import { renderPlacementMail } from './mail/placementMail.ts'
import type { MailDeps } from './mail.ts'
import { composeMail } from './smtp.ts'

/** From the claim to the first word to the mail server; with the attempt itself, the time that a mail is leased. */
const CLAIM_MS = 15_000

/** One attempt to send one mail to an agency: claim, send, mark. */
export const deliverPlacementMail =
  (deps: MailDeps): Deliver =>
  async (company, id) => {
    const { database, mailer, from, sender } = deps
    const leaseMs = mailer.attemptTimeoutMs + CLAIM_MS
    const claim = await claimPlacementMail(
      database,
      { company, now: await deps.clock() },
      id,
      async (notice, mailId, at) =>
        (
          await composeMail({
            messageId: `<${mailId}@${from.address.split('@')[1]}>`,
            date: new Date(at),
            from,
            replyTo: sender.replyTo,
            to: { name: notice.agency.name, address: notice.agency.email },
            ...renderPlacementMail(notice, sender),
          })
        ).raw,
      leaseMs,
    )
    if (claim.kind === 'nothing') return
    const outcome = await mailer.send(claim.raw, { from: from.address, to: claim.recipient })
    log.debug('mail to an agency attempted', { id, outcome: outcome.kind })
    const doing = { company, actor: 'cartera', now: await deps.clock() }
    if (outcome.kind === 'sent') await markPlacementMail(database, doing, id, outcome)
    else if (outcome.kind === 'deferred')
      await markPlacementMail(database, doing, id, {
        kind: 'deferred',
        reason: outcome.reason,
        // What an earlier attempt may have brought there isn't undone by what this one met.
        delivered: claim.isRepeat ? 'unknown' : outcome.delivered,
      })
    else await markPlacementMail(database, doing, id, { kind: 'refused', reason: outcome.reason })
  }
