import type { PlacementKind, PlacementState, ReportResult } from '../../domain/placement/placement.ts'
import type { Instrument } from '../../domain/placement/rules.ts'
import type { AGENCY_KINDS } from '../../domain/placementCommand.ts'
import type { RefusalName } from '../../domain/refusal.ts'
import type { MailPurpose } from '../../ledger/placements/mails.ts'
import type { Words } from './words.ts'

/** What is said of demands, placements and clocks on claims. */

export const PLACEMENT_EVENTS = [
  'agency registered',
  'placement begun',
  'placement offered',
  'offer declined',
  'offer expired',
  'offer withdrawn',
  'placement accepted',
  'placement reported',
  'report chased',
  'placement cost added',
  'recovery recorded',
  'recovery remitted',
  'placement changed',
  'placement items recalled',
  'placement recalled',
  'placement returned',
  'placement recovered',
  'placement closed',
  'demand sent',
  'demand runs',
  'agency told',
  'agency not told',
  'prescription started',
  'prescription interrupted',
  'prescription near',
  'prescription expired',
] as const
export type PlacementEvent = (typeof PLACEMENT_EVENTS)[number]

export interface PlacementCodes {
  placementKinds: Record<PlacementKind, string>
  placementStates: Record<PlacementState, string>
  agencyKinds: Record<(typeof AGENCY_KINDS)[number], string>
  reportResults: Record<ReportResult, string>
  offerAnswers: Record<'accepted' | 'declined' | 'expired' | 'withdrawn', string>
  agencyMails: Record<MailPurpose, string>
  instruments: Record<Instrument, string>
  clockStates: Record<'running' | 'interrupted' | 'settled' | 'expired', string>
}

export interface PlacementSubjects {
  placement: (id: string) => string
  'placement late': (id: string) => string
  'after placement': (id: string) => string
  prescription: (id: string) => string
  'agency mail': (agency: string) => string
}

export interface PlacementPhrases {
  allOf: string
  noAgencies: string
  reversed: string
  commissionOf(percent: string): string
  askedFor(by: string, approvedBy: string): string
}

export type PlacementRefusal = Extract<
  RefusalName,
  | 'AlreadyPlaced'
  | 'NothingToPlace'
  | 'NotPlaceable'
  | 'SpeaksForOther'
  | 'OwnPeopleOnly'
  | 'RemitsTooMuch'
  | 'ClockRuns'
  | 'NoTerm'
>

export interface PlacementWords {
  codes: PlacementCodes
  subjects: PlacementSubjects
  events: Pick<Words['events'], PlacementEvent>
  refusals: Pick<Words['refusals'], PlacementRefusal>
  phrases: PlacementPhrases
}
