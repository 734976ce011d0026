import { enCodes } from './codes.en.ts'
import { enOrders } from './orders.en.ts'
import { tellOrderReasons } from './orders.ts'
import { someOf } from './speech.ts'
import type { Effects } from './words.ts'

/** What an approval brings about, and what its refusal does. */
export const enEffects: Effects = {
  write_off: (d, say) =>
    `${someOf(d.documents)} ${many(d.documents) ? 'are' : 'is'} written off: ${say.amount(d.amount, d.currency)}; it is still owed, and what is paid later is a recovery`,
  propose_write_off: (d, say) =>
    `${someOf(d.documents)} ${many(d.documents) ? 'are' : 'is'} written off: ${say.amount(d.amount, d.currency)}; it is still owed, and what is paid later is a recovery`,
  credit_note: (d, say) =>
    `credit note ${d.number} of ${say.amount(d.amount, d.currency)} is posted and applied to ${someOf(d.documents)}`,
  claim_stays: (d) => `${someOf(d.documents)} stays owed as it is`,
  chasing_goes_on: (d) => `collecting ${someOf(d.documents)} goes on as before`,
  pause: (d, say) =>
    `nobody contacts the customer about ${d.covers} from ${say.date(d.from)} to ${say.date(d.to)}`,
  demand: (d, say) =>
    `a formal demand for ${say.amount(d.amount, d.currency)} goes ahead: ${someOf(d.documents)}`,
  place_legal: (d, say) =>
    `${someOf(d.documents)} of ${say.amount(d.amount, d.currency)} goes to legal counsel, and the analyst stops collecting it`,
  place_agency: (d, say) =>
    `${someOf(d.documents)} of ${say.amount(d.amount, d.currency)} goes to a collection agency, and the analyst stops collecting it`,
  step_skipped: (d) =>
    `the step "${(enCodes.actions as Record<string, string>)[String(d.action)] ?? d.action}" is left out for ${someOf(d.documents)}, and the policy goes on`,
  suspension: (d, say) =>
    `${someOf(d.documents)} (${say.amount(d.amount, d.currency)}) may go unchased for ${d.days} more days`,
  suspension_ends: (d) => `somebody has to end what keeps ${someOf(d.documents)} from being collected`,
  order_released: (d, say) =>
    `order ${d.order} of ${say.amount(d.amount, d.currency)} goes out in spite of: ${tellOrderReasons(enOrders, say, d.reasons)}`,
  order_released_conditionally: (d, say) =>
    `order ${d.order} of ${say.amount(d.amount, d.currency)} goes out, and is held again if it is not paid for in time; now: ${tellOrderReasons(enOrders, say, d.reasons)}`,
  order_stays_held: (d) => `order ${d.order} stays held`,
  nothing_changes: () => 'nothing changes',
}

const many = (documents: unknown): boolean => Array.isArray(documents) && documents.length > 1
