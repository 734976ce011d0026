import type { CreditCodes, CreditEvents, CreditLabels, CreditRefusals } from './credit.ts'
import type { Speech } from './speech.ts'
import type { Data } from './words.ts'

export const enCreditCodes: CreditCodes = {
  lineKinds: { base: 'credit line', temporary: 'temporary limit' },
  guaranteeKinds: {
    pagare: 'pagaré',
    mortgage: 'mortgage',
    deposit: 'deposit',
    insurance: 'credit insurance',
    guarantor: 'guarantor',
  },
  creditStates: { in_force: 'in force', ahead: 'to begin', lapsed: 'lapsed', closed: 'ended' },
  callEvents: {
    released: 'released',
    conditionally_released: 'released under a condition',
    held: 'held',
    rejected: 'rejected',
    expired: 'expired',
    cancelled: 'cancelled',
  },
  callStates: { pending: 'waits', sending: 'being sent', delivered: 'delivered', failed: 'failed' },
}

const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const line = (d: Data): string => `${word(enCreditCodes.lineKinds, d.kind)} ${d.line}`
const paper = (d: Data): string =>
  `guarantee ${d.guarantee} (${word(enCreditCodes.guaranteeKinds, d.kind)} ${d.reference})`
const days = (d: Data, say: Speech): string =>
  `from ${say.date(d.from)}${d.to ? ` to ${say.date(d.to)}` : ''}`
const counts = (d: Data, say: Speech): string =>
  `${say.amount(d.amount, d.currency)}, of which ${say.amount(d.covered, d.currency)} (${d.coveragePercent} %) count`
const call = (d: Data): string => `order ${d.order} ${word(enCreditCodes.callEvents, d.event)}`

export const enCreditEvents: CreditEvents = {
  'credit line granted': (d, say) =>
    `${line(d)} of ${say.amount(d.amount, d.currency)} ${days(d, say)}${d.reviewOn ? `; review on ${say.date(d.reviewOn)}` : ''}`,
  'credit line reduced': (d, say) =>
    `${line(d)} reduced from ${say.amount(d.before, d.currency)} to ${say.amount(d.amount, d.currency)} ${days(d, say)}`,
  'credit line reviewed': (d, say) =>
    `${line(d)} of ${say.amount(d.amount, d.currency)} stays${d.reviewOn ? `; next review on ${say.date(d.reviewOn)}` : ''}`,
  'credit line closed': (d, say) =>
    `${line(d)} of ${say.amount(d.before, d.currency)} closed on ${say.date(d.from)}`,
  'credit line began': (d, say) =>
    `${line(d)} of ${say.amount(d.amount, d.currency)} in force since ${say.date(d.on)}`,
  'credit line lapsed': (d, say) =>
    `${line(d)} of ${say.amount(d.before, d.currency)} ended: no longer in force since ${say.date(d.on)}`,
  'guarantee registered': (d, say) => `${paper(d)} of ${d.givenBy}: ${counts(d, say)} ${days(d, say)}`,
  'guarantee renewed': (d, say) => `${paper(d)} renewed: ${counts(d, say)} ${days(d, say)}`,
  'guarantee realised': (d, say) =>
    `${paper(d)}: ${say.amount(d.realised, d.currency)} called in; left ${counts(d, say)}`,
  'guarantee released': (d, say) => `${paper(d)} of ${say.amount(d.amount, d.currency)} given back`,
  'guarantee began': (d, say) =>
    `${paper(d)} of ${say.amount(d.amount, d.currency)} in force since ${say.date(d.on)}`,
  'guarantee lapsed': (d, say) =>
    `${paper(d)} of ${say.amount(d.before, d.currency)} lapsed: it does not count since ${say.date(d.on)}`,
  'erp told': (d) => `the ERP knows: ${call(d)} (call ${d.call})`,
  'erp call failed': (d) => `the ERP does not take call ${d.call}: ${call(d)}`,
  'erp call retried': (d) => `call ${d.call} to the ERP is made again: ${call(d)}`,
}

export const enCreditRefusals: CreditRefusals = {
  NotLower: ({ line: id, currency, current, given }, say) =>
    `Credit line ${id} is ${say.amount(current, currency)}: ${say.amount(given, currency)} is not less. Ask for more with "line request".`,
  GuaranteeExists: ({ guarantee, reference }) =>
    `"${reference}" is registered already, as guarantee ${guarantee}. Prolong it with "guarantee renew".`,
  CoverageTooHigh: ({ kind, most, given }) =>
    `Of this kind (${word(enCreditCodes.guaranteeKinds, kind)}) at most ${most} % count by the policy, not ${given} %.`,
  GuaranteeTooSmall: ({ guarantee, currency, available, given }, say) =>
    `Guarantee ${guarantee} is good for ${say.amount(available, currency)}, not for ${say.amount(given, currency)}.`,
}

export const enCreditLabels: CreditLabels = {
  attempts: 'Attempts',
  counts: 'Counts',
  coverage: 'Coverage %',
  error: 'What went wrong',
  givenBy: 'Given by',
  guarantees: 'Guarantees',
  limit: 'Limit',
  lines: 'Lines',
  maturesOn: 'Matures',
  order: 'Order',
  reference: 'Reference',
  review: 'Review',
  signedOn: 'Signed',
}
