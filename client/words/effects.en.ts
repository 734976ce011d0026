import { enCodes } from './codes.en.ts'
import { terms as enTerms } from './negotiation.en.ts'
import { condition as enCondition, enOrders } from './orders.en.ts'
import { tellOrderReasons } from './orders.ts'
import { someOf } from './speech.ts'
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
  receipt_posted: (d, say) =>
    `receipt ${d.receipt} of ${say.amount(d.amount, d.currency)} is posted before the bank shows it`,
  receipt_not_posted: (d, say) =>
    `receipt ${d.receipt} of ${say.amount(d.amount, d.currency)} waits for the bank`,
  policy_holds: (d) => `version ${d.version} of the policy ${d.policy} holds from then on`,
  policy_stays: (d) => `version ${d.version} of the policy ${d.policy} goes on holding`,
  order_released: (d, say) =>
    `order ${d.order} of ${say.amount(d.amount, d.currency)} is released in spite of: ${tellOrderReasons(enOrders, say, d.reasons)}`,
  order_released_conditionally: (d, say) =>
    `order ${d.order} of ${say.amount(d.amount, d.currency)} is released now, and held again unless ${d.conditionBy ? enCondition(d, say) : 'its condition is met'}; against it: ${tellOrderReasons(enOrders, say, d.reasons)}`,
  order_stays_held: (d) => `order ${d.order} stays held`,
  credit_line: (d, say) =>
    `${d.customer} has a ${d.kind === 'base' ? 'credit line' : 'temporary limit'} of ${say.amount(d.amount, d.currency)} from ${say.date(d.from)}${d.to ? ` to ${say.date(d.to)}` : ''}; held orders are checked again`,
  limit_stays: (d) => `the limit of ${d.customer} stays as it is`,
  guarantee_counts: (d, say) =>
    `${word(enCodes.guaranteeKinds, d.kind)} ${d.reference} counts with ${say.amount(d.covered, d.currency)} (${d.coveragePercent} %) from ${say.date(d.from)}${d.to ? ` to ${say.date(d.to)}` : ''}`,
  guarantee_ends: (d, say) =>
    `${word(enCodes.guaranteeKinds, d.kind)} ${d.reference} counts until ${say.date(d.to)} and no longer`,
  guarantee_given_back: (d) =>
    `${word(enCodes.guaranteeKinds, d.kind)} ${d.reference} is given back to ${d.customer} and counts no longer`,
  interest_waived: (d, say) => `${say.amount(d.amount, d.currency)} of interest is waived: ${linesOf(d)}`,
  interest_stays: (d, say) => `${say.amount(d.amount, d.currency)} of interest stays owed`,
  negotiation_agreed: (d, say) => `negotiation ${d.negotiation} is agreed: ${enTerms(d, say)}`,
  negotiation_rejected: (d) =>
    `negotiation ${d.negotiation} is over, and what it covers is collected as before`,
}

const many = (documents: unknown): boolean => Array.isArray(documents) && documents.length > 1
const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const linesOf = (d: Data): string => someOf((d.lines as { document: string }[]).map((line) => line.document))
