import { addDays, instantOf } from '../../domain/calendar.ts'
import { isTalking } from '../../domain/negotiation/agreement.ts'
import { touchCustomers, touchReceivables } from '../cases.ts'
import { customersPaidWith } from '../customers.ts'
import type { Looker } from '../looks.ts'
import { overtakeApproval } from './approval.ts'
import { closeTalk } from './commands.ts'
import { findNegotiation, type TalkScope } from './rows.ts'
import { settleAgreement } from './settle.ts'

/** An offer lapses when its time is over; an agreement is kept or broken, and watched for a while after that. */
export const lookAtNegotiation: Looker = async (sql, { company, id, now, actor, scope }) => {
  const ask: TalkScope = { ...scope!, asking: { company, actor, now, key: `negotiation:${id}:${now}` } }
  const negotiation = await findNegotiation(sql, ask.customer.id, Number(id))
  const dawnOf = (day: string) => instantOf(day, '00:00', ask.customer.time_zone)
  if (isTalking(negotiation.state)) {
    const over = addDays(negotiation.valid_through, 1)
    if (ask.today < over) return { closed: false, outcome: negotiation.state, nextAt: dawnOf(over) }
    const processes = await overtakeApproval(sql, ask, negotiation, 'lapsed')
    const receivables = await closeTalk(sql, ask, negotiation, 'lapsed')
    const cases = await touchReceivables(sql, receivables)
    return { closed: true, outcome: 'lapsed', nextAt: null, cases, processes }
  }
  if (negotiation.agreed_on === null) return { closed: true, outcome: negotiation.state, nextAt: null }
  // Before it: a discount may close the last item of a payer.
  const sharing = await customersPaidWith(sql, ask.customer.id)
  const { state, lookAgainOn, changed, moved } = await settleAgreement(sql, ask, negotiation)
  return {
    closed: lookAgainOn === null,
    outcome: state,
    nextAt: lookAgainOn === null ? null : dawnOf(lookAgainOn),
    cases: await (moved ? touchCustomers(sql, sharing) : touchReceivables(sql, changed)),
  }
}
