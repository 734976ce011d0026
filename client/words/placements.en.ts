import type { NotPlaceableBecause } from '../../domain/refusal.ts'
import type { PlacementCodes, PlacementWords } from './placements.ts'
import type { Speech } from './speech.ts'
import type { Data } from './words.ts'

const codes: PlacementCodes = {
  placementKinds: {
    demand: 'demand letter',
    prelegal: 'pre-legal',
    legal: 'legal',
    agency: 'agency',
  },
  placementStates: {
    approved: 'approved',
    offered: 'offered',
    accepted: 'accepted',
    active: 'active',
    recalled: 'recalled',
    returned: 'returned',
    recovered: 'recovered',
    closed: 'closed',
  },
  agencyKinds: { agency: 'agency', lawyer: 'lawyer' },
  reportResults: {
    contacted: 'spoke with the customer',
    not_found: 'not found',
    promised: 'promised to pay',
    negotiating: 'negotiating',
    sued: 'sued',
    judgment: 'judgment',
    uncollectable: 'cannot be collected',
    other: 'other',
  },
  offerAnswers: {
    accepted: 'accepted',
    declined: 'turned down',
    expired: 'no answer in time',
    withdrawn: 'withdrawn',
  },
  agencyMails: {
    offer: 'offer',
    handover: 'hand-over',
    report_due: 'report asked for',
    changed: 'amounts changed',
    recall: 'recall',
    expired: 'offer over',
  },
  instruments: {
    invoice: 'invoice',
    pagare: 'promissory note (pagaré)',
    cheque_same_place: 'cheque, presented in the same place',
    cheque_elsewhere: 'cheque, presented elsewhere in the country',
    cheque_abroad: 'cheque, presented from abroad',
    cheque: 'unpaid cheque',
  },
  clockStates: {
    running: 'running',
    interrupted: 'interrupted',
    settled: 'settled',
    expired: 'expired',
  },
}

const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const what = (d: Data): string => `placement ${d.placement} (${word(codes.placementKinds, d.kind)})`
const withWhom = (d: Data): string => (d.agency ? ` with ${d.agency}` : '')
const clock = (d: Data, say: Speech): string =>
  `the term for ${d.document} (${word(codes.instruments, d.instrument)}${d.reference ? ` ${d.reference}` : ''}) ends on ${say.date(d.endsOn)}`

const notPlaceable: Record<NotPlaceableBecause, string> = {
  credit: 'it is a credit',
  held: "its load isn't released",
  nothing_owed: 'nothing is owed',
  not_presented: "the customer hasn't accepted it yet",
  not_overdue: "it isn't overdue",
}

export const enPlacements: PlacementWords = {
  codes,
  subjects: {
    placement: (id) => `nobody takes placement ${id}`,
    'placement late': (id) => `no report on placement ${id}`,
    'after placement': (id) => `came back from placement ${id}`,
    'agency mail': (agency) => `${agency} could not be written to`,
    prescription: (id) => `a term ends (clock ${id})`,
  },
  events: {
    'agency registered': (d) =>
      `${word(codes.agencyKinds, d.kind)} ${d.agency} (${d.name}) registered, commission ${d.commission} %${d.active === false ? ', asked no more' : ''}`,
    'placement begun': (d, say) =>
      `${what(d)} begun${withWhom(d)}${d.documents ? `: ${say.list(d.documents)}` : ''}${d.state ? `; now ${word(codes.placementStates, d.state)}` : ''}`,
    'placement offered': (d, say) =>
      `${what(d)} offered to ${d.agency}${d.answerBy ? `, answer by ${say.date(d.answerBy)}` : ''}`,
    'offer declined': (d) => `${d.agency ?? 'the agency'} turned down placement ${d.placement}`,
    'offer expired': (d) => `${d.agency} did not answer in time about placement ${d.placement}`,
    'offer withdrawn': (d) => `placement ${d.placement} is not offered to ${d.agency} any more`,
    'placement accepted': (d) => `${what(d)} accepted by ${d.agency}`,
    'placement reported': (d, say) =>
      `report on placement ${d.placement}: ${word(codes.reportResults, d.result)} (${d.notes}); the next by ${say.date(d.nextReportOn)}`,
    'report chased': (d, say) =>
      `${d.agency} asked for the report on placement ${d.placement} that was due on ${say.date(d.dueOn)}`,
    'placement cost added': (d, say) =>
      `cost of placement ${d.placement}: ${d.what}, ${say.amount(d.amount, d.currency)} owed to ${d.agency}`,
    'recovery recorded': (d, say) =>
      `${d.agency} received ${say.amount(d.amount, d.currency)} (receipt ${d.receipt}), commission ${say.amount(d.commission, d.currency)}`,
    'recovery remitted': (d, say) =>
      `${d.agency} paid over ${say.amount(d.remitted, d.currency)} and kept ${say.amount(d.withheld, d.currency)}; it still holds ${say.amount(d.stillHeld, d.currency)}`,
    'placement changed': (d, say) =>
      `placement ${d.placement}: still to collect ${((d.items ?? []) as Data[]).map((i) => `${i.document} ${say.amount(i.open, i.currency)}`).join(', ')}`,
    'placement items recalled': (d, say) => `${say.list(d.documents)} taken out of placement ${d.placement}`,
    'placement recalled': (d) => `${what(d)} recalled${d.agency ? ` from ${d.agency}` : ''}`,
    'placement returned': (d) => `${what(d)} given back by ${d.agency}`,
    'placement recovered': (d) => `${what(d)} paid`,
    'placement closed': (d) => `${what(d)} closed`,
    'demand sent': (d) => `demand letter sent to ${d.to}`,
    'demand runs': (d, say) => `demand ${d.placement} gives until ${say.date(d.payBy)} to pay`,
    'agency told': (d) =>
      `${d.to} told about placement ${d.placement}: ${word(codes.agencyMails, d.purpose)}`,
    'agency not told': (d) =>
      `${d.to} could not be told about placement ${d.placement}: ${word(codes.agencyMails, d.purpose)}`,
    'prescription started': (d, say) => `clock ${d.clock} started: ${clock(d, say)}`,
    'prescription interrupted': (d, say) => `the term began anew as clock ${d.clock}: ${clock(d, say)}`,
    'prescription near': (d, say) => `${clock(d, say)}, in ${d.left} days`,
    'prescription expired': (d, say) => `${clock(d, say)}: it is over`,
  },
  refusals: {
    AlreadyPlaced: ({ document, placement }) =>
      `${document} is in placement ${placement}. Recall that one first.`,
    NothingToPlace: ({ customer }) => `${customer} has nothing overdue that could be placed and isn't yet.`,
    NotPlaceable: ({ what, because }) =>
      because
        ? `${what} can't be placed: ${notPlaceable[because]}.`
        : `That can't be placed, or nothing can be placed with it: ${what}.`,
    SpeaksForOther: ({ person, agency }) =>
      `Agency ${agency} has ${person} already: a person speaks for one.`,
    OwnPeopleOnly: ({ person }) => `This is for the company's own people; ${person} speaks for an agency.`,
    RemitsTooMuch: ({ held, owed, given }, say) =>
      `It holds ${say.number(held)} and is owed ${say.number(owed)}: ${say.number(given)} can't be paid over or kept.`,
    ClockRuns: ({ document, clock }) => `Clock ${clock} runs for ${document} already. Interrupt that one.`,
    NoTerm: ({ instrument, known }) =>
      `The customer's policy has no term for ${word(codes.instruments, instrument)}. It has: ${known.join(', ')}.`,
  },
  phrases: {
    allOf: 'all',
    noAgencies: 'There is no agency yet: register one with "agency register".',
    reversed: 'taken back',
    commissionOf: (percent) => `${percent} %`,
    askedFor: (by, approvedBy) => `asked for by ${by}${approvedBy ? `, approved by ${approvedBy}` : ''}`,
  },
}
