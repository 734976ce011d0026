import { log } from '@temporalio/activity'
import { claimPlacementMail, markPlacementMail } from '../ledger/placements/delivery.ts'
import type { Deliver } from './deliver.ts'
import { renderPlacementMail } from './mail/placementMail.ts'
import { claimMs, type MailDeps } from './mail.ts'
import { markableUntil, untilMarked } from './marking.ts'
import { composeMail } from './smtp.ts'

/** One attempt to send one mail to an agency: claim, send, mark. */
export const deliverPlacementMail =
  (deps: MailDeps): Deliver =>
  async (company, id) => {
    const { database, mailer, from, sender } = deps
    const leaseMs = claimMs(mailer)
    const giveUpAt = markableUntil(leaseMs)
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
    // What an earlier attempt may have brought there isn't undone by what this one met.
    const came =
      outcome.kind === 'deferred' && claim.isRepeat ? { ...outcome, delivered: 'unknown' as const } : outcome
    await untilMarked(giveUpAt, id, async () =>
      markPlacementMail(database, { company, actor: 'cartera', now: await deps.clock() }, id, came),
    )
  }
