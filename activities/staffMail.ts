import { claimStaffMail, markStaffMail, type StaffMail } from '../ledger/approvals/staffMail.ts'
import type { Deliver } from './deliver.ts'
import { type ApprovalTellers, renderStaffMail } from './mail/staffMail.ts'
import { claimMs, type MailDeps } from './mail.ts'
import { markableUntil, untilMarked } from './marking.ts'
import { composeMail } from './smtp.ts'

export type StaffMailDeps = Pick<
  MailDeps,
  'database' | 'calendars' | 'mailer' | 'from' | 'sender' | 'clock'
> & {
  tellers: ApprovalTellers
}

/** One attempt to tell somebody what they are to decide: claim, send, mark. */
export const createStaffMail =
  (deps: StaffMailDeps): Deliver =>
  async (company, id) => {
    const { database, calendars, mailer, from } = deps
    const doing = async () => ({ company, now: await deps.clock() })
    const leaseMs = claimMs(mailer)
    const giveUpAt = markableUntil(leaseMs)
    const render = (mail: StaffMail, mailId: string, at: number) => compose(deps, mail, mailId, at)
    const claim = await claimStaffMail(database, calendars, await doing(), id, render, leaseMs)
    if (claim.kind === 'nothing') return
    const outcome = await mailer.send(claim.raw, { from: from.address, to: claim.recipient })
    await untilMarked(giveUpAt, id, async () => markStaffMail(database, await doing(), id, outcome))
  }

async function compose(deps: StaffMailDeps, mail: StaffMail, mailId: string, at: number): Promise<Buffer> {
  const { from, sender, tellers } = deps
  const { raw } = await composeMail({
    messageId: `<${mailId}@${from.address.split('@')[1]}>`,
    date: new Date(at),
    from,
    replyTo: sender.replyTo,
    to: { name: mail.person.name, address: mail.person.email },
    ...renderStaffMail(mail, sender.name, tellers),
  })
  return raw
}
