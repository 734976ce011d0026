import { enCodes } from './codes.en.ts'
import { enCreditCodes } from './credit.en.ts'
import { enTerms } from './negotiation.en.ts'
import { enOrders } from './orders.en.ts'
import { tellOrderReasons } from './orders.ts'
import { type Speech, someOf } from './speech.ts'
import type { Data, Effects } from './words.ts'

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
    `order ${d.order} of ${say.amount(d.amount, d.currency)} is released${reasonsOf(d, say)}`,
  order_released_conditionally: (d, say) =>
    `order ${d.order} of ${say.amount(d.amount, d.currency)} is released, and held again when the payment doesn't come in time${reasonsOf(d, say)}`,
  order_stays_held: (d) => `order ${d.order} stays held`,
  credit_line: (d, say) =>
    `${d.customer} has a ${word(enCreditCodes.lineKinds, d.kind)} of ${say.amount(d.amount, d.currency)} from ${say.date(d.from)}${until(d, say)}`,
  limit_stays: (d) => `the limit of ${d.customer} stays as it is`,
  guarantee_counts: (d, say) =>
    `the ${word(enCreditCodes.guaranteeKinds, d.kind)} ${d.reference} counts ${say.amount(d.covered, d.currency)} (${d.coveragePercent} %) in the limit of ${d.customer} from ${say.date(d.from)}${until(d, say)}`,
  guarantee_ends: (d, say) =>
    `the ${word(enCreditCodes.guaranteeKinds, d.kind)} ${d.reference} counts no longer than ${say.date(d.to)}, and the limit of ${d.customer} falls`,
  guarantee_given_back: (d, say) =>
    `the ${word(enCreditCodes.guaranteeKinds, d.kind)} ${d.reference} of ${say.amount(d.amount, d.currency)} is given back, and the limit of ${d.customer} falls`,
  interest_waived: (d, say) => `interest of ${say.amount(d.amount, d.currency)} is waived`,
  interest_stays: (d, say) => `interest of ${say.amount(d.amount, d.currency)} stays owed`,
  negotiation_agreed: (d, say) => `negotiation ${d.negotiation} is agreed: ${enTerms(d, say)}`,
  negotiation_rejected: (d) =>
    `negotiation ${d.negotiation} ends without an agreement, and collecting goes on as before`,
  policy_holds: (d) => `version ${d.version} of the policy "${d.policy}" holds from now on`,
  policy_stays: (d) =>
    d.version
      ? `version ${d.version} of the policy "${d.policy}" goes on holding`
      : `the policy "${d.policy}" holds for nobody yet`,
  receipt_posted: (d, say) =>
    `receipt ${d.receipt} of ${say.amount(d.amount, d.currency)} is posted, before the bank shows it`,
  receipt_not_posted: (d) => `receipt ${d.receipt} is not posted until the bank shows it`,
}

const many = (documents: unknown): boolean => Array.isArray(documents) && documents.length > 1

const word = (table: object, code: unknown): string =>
  (table as Record<string, string>)[String(code)] ?? String(code)

const until = (d: Data, say: Speech): string => (d.to ? ` to ${say.date(d.to)}` : '')

const reasonsOf = (d: Data, say: Speech): string => {
  const reasons = tellOrderReasons(enOrders, say, d.reasons)
  return reasons === '' ? '' : `; held for: ${reasons}`
}
