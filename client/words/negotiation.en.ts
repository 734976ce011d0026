import type { GuaranteeKind } from '../../domain/credit/limit.ts'
import type { ToldTerms } from '../../ledger/negotiations/told.ts'
import { enCreditCodes } from './credit.en.ts'
import type { NegotiationWords } from './negotiation.ts'
import type { Speech } from './speech.ts'
import type { Data } from './words.ts'

/** The words of negotiations in English. */

const sides = { us: 'us', customer: 'the customer' }

/** What was offered or agreed, in one breath. */
export const terms = (data: Data, say: Speech): string => {
  const { currency, payments, dueDates, discount, waived, guarantee } = data.terms as ToldTerms
  return [
    ...(payments.length === 0
      ? []
      : [
          `pays ${payments.map((p) => `${say.amount(p.amount, currency)} on ${say.date(p.dueOn)}`).join(', ')}`,
        ]),
    ...(dueDates.length === 0
      ? []
      : [`new due date ${dueDates.map((d) => `of ${d.document} ${say.date(d.dueOn)}`).join(', ')}`]),
    ...(discount
      ? [`discount of ${say.amount(discount.amount, currency)} if paid by ${say.date(discount.paidBy)}`]
      : []),
    ...(waived ? [`${say.amount(waived, currency)} of interest waived`] : []),
    ...(guarantee
      ? [
          `${enCreditCodes.guaranteeKinds[guarantee.kind as GuaranteeKind] ?? guarantee.kind} of ${say.amount(guarantee.amount, currency)}${guarantee.coverage === '' ? '' : ` (${guarantee.coverage})`}`,
        ]
      : []),
  ].join('; ')
}
const offered = (data: Data, say: Speech): string =>
  `${say.amount(data.claim, data.currency)} of ${say.list(data.documents)}; ${terms(data, say)}; valid until ${say.date(data.validThrough)}`

export const negotiationEn: NegotiationWords = {
  codes: {
    negotiationStates: {
      proposed: 'offered',
      countered: 'the customer offers',
      submitted: 'waits for approval',
      agreed: 'agreed',
      fulfilled: 'kept',
      broken: 'broken',
      lapsed: 'lapsed',
      rejected: 'not approved',
      withdrawn: 'withdrawn',
    },
    sides,
  },
  refusals: {
    NegotiationExists: ({ document, negotiation }) =>
      `${document} is in negotiation ${negotiation} already. Counter, withdraw or await that first.`,
    NothingClaimed: ({ document }) => `Nothing is open of ${document} that is not disputed.`,
    AwaitsPresentation: ({ document }) =>
      `The customer has not accepted ${document} yet: its term runs from then, and there is no due date to move.`,
    TermsExceedClaim: ({ part, claim, given }, say) =>
      `${
        {
          instalments: 'The instalments',
          discount: 'The discount',
          waiver: 'The waived interest',
        }[part]
      } (${say.number(given)}) must be ${part === 'discount' ? 'less than' : 'more than nothing and at most'} ${say.number(claim)}.`,
    DiscountNotPaid: ({ payable, given }, say) =>
      `With the discount the instalments must be ${say.number(payable)} together; they are ${say.number(given)}.`,
    TermsBeyondPolicy: ({ term, limit, given, currency }, say) => {
      const told = (value: string) => (currency === undefined ? say.date(value) : say.amount(value, currency))
      return `The policy allows ${
        {
          furthest: `dates until ${told(limit)}`,
          instalments: `${limit} instalments`,
          discount: `a discount of ${told(limit)}`,
          waiver: `${told(limit)} of interest to be waived`,
          down_payment: `a first instalment of at least ${told(limit)}`,
        }[term]
      }, not ${told(given)}.`
    },
  },
  phrases: {
    labels: {
      claim: 'Claim',
      interest: 'Interest',
      paid: 'Paid',
      discount: 'Discount',
      given: 'Given',
      waived: 'Interest waived',
      stillOpen: 'Left open',
      cost: 'Cost of time',
      daysLate: 'Days after due',
      givenUp: 'Given up',
      exposure: 'Exposure',
      now: 'Paid today',
      asOffered: 'As offered',
      payment: 'Payment',
      left: 'Left of it',
      newDue: 'New due',
      paidOn: 'Paid on',
      round: 'Round',
      offeredBy: 'By',
      terms: 'Offer',
      validThrough: 'Valid until',
      agreed: 'Agreed',
      promise: 'Promise',
      approval: 'Approval',
      endsOn: 'Ends',
      claimThen: 'Negotiated',
      standing: 'Standing for orders',
      standings: 'now, agreed, paid',
    },
    cost: (rate) => `at ${rate} % a year`,
    terms: (told, speech) => terms({ terms: told }, speech),
    beyond: (sentence) => `Not within the policy: ${sentence}`,
    noOffer:
      'Say what is offered: --pay, --extend, --due, --discount with --paid-by, --waive or --guarantee.',
  },
  events: {
    'negotiation proposed': (d, say) =>
      `negotiation ${d.negotiation}: ${d.by === 'us' ? `offered to ${d.person}` : `${d.person} offers`}: ${offered(d, say)}`,
    'negotiation countered': (d, say) =>
      `negotiation ${d.negotiation}, round ${d.round}: ${d.by === 'us' ? `offered to ${d.person}` : `${d.person} offers`}: ${offered(d, say)}`,
    'negotiation agreed': (d, say) =>
      `negotiation ${d.negotiation} agreed with ${d.with}: ${terms(d, say)}${d.promise ? `; promise ${d.promise}` : ''}${d.approvedBy ? `; approved by ${say.list(d.approvedBy)}` : ''}`,
    'negotiation withdrawn': (d) =>
      `negotiation ${d.negotiation} withdrawn by ${sides[d.by as keyof typeof sides] ?? d.by}`,
    'negotiation lapsed': (d) => `negotiation ${d.negotiation} lapsed: nobody agreed in time`,
    'negotiation rejected': (d) => `negotiation ${d.negotiation} was not approved`,
    'negotiation fulfilled': (d, say) =>
      `agreement ${d.negotiation} kept${d.discount ? `; discount of ${say.amount(d.discount, d.currency)} given` : ''}`,
    'negotiation broken': (d, say) =>
      `agreement ${d.negotiation} broken: the old terms hold again${d.discount ? `; discount of ${say.amount(d.discount, d.currency)} taken back` : ''}${d.interest ? `; interest of ${say.amount(d.interest, d.currency)} owed again` : ''}`,
  },
}
