/** Handing over what conversation didn't bring in: who gets it, and where each hand-over stands. */

export const PLACEMENT_KINDS = ['demand', 'prelegal', 'legal', 'agency'] as const
export type PlacementKind = (typeof PLACEMENT_KINDS)[number]

/** A demand is our own letter; all else goes to somebody who accepts it first. */
export const goesToAgency = (kind: PlacementKind): boolean => kind !== 'demand'

export const PLACEMENT_STATES = [
  'approved',
  'offered',
  'accepted',
  'active',
  'recalled',
  'returned',
  'recovered',
  'closed',
] as const
export type PlacementState = (typeof PLACEMENT_STATES)[number]

/** What may follow what. Those that nothing follows are over. */
const FOLLOWS: Record<PlacementState, readonly PlacementState[]> = {
  approved: ['offered', 'active', 'recalled', 'recovered', 'closed'],
  // Turned down it is offered to the next one, or waits for a person.
  offered: ['offered', 'approved', 'accepted', 'recalled', 'recovered', 'closed'],
  accepted: ['active', 'recalled', 'returned', 'recovered', 'closed'],
  active: ['recalled', 'returned', 'recovered', 'closed'],
  recalled: [],
  returned: [],
  recovered: [],
  closed: [],
}
export const mayBecome = (from: PlacementState, to: PlacementState): boolean => FOLLOWS[from].includes(to)
export const isOver = (state: PlacementState): boolean => FOLLOWS[state].length === 0
/** Somebody outside works on it. */
export const isHeld = (state: PlacementState): boolean => state === 'accepted' || state === 'active'

/** Where the receivables of a placement stand while somebody has it. */
export const STAGE_OF = {
  demand: 'prelegal',
  prelegal: 'prelegal',
  legal: 'legal',
  agency: 'agency',
} as const satisfies Record<PlacementKind, string>

/** A step further takes what an earlier one has: a lawyer gets what the demand letter didn't bring. */
export const goesFurther = (kind: PlacementKind, than: PlacementKind): boolean => RANK[kind] > RANK[than]
const RANK: Record<PlacementKind, number> = { demand: 0, prelegal: 1, agency: 2, legal: 3 }

export const REPORT_RESULTS = [
  'contacted',
  'not_found',
  'promised',
  'negotiating',
  'sued',
  'judgment',
  'uncollectable',
  'other',
] as const
export type ReportResult = (typeof REPORT_RESULTS)[number]
