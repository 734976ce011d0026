import type { InterestRule } from '../../domain/interest/rule.ts'
import type { Speech } from './speech.ts'

/** What is said of interest and fees. */
export interface InterestPhrases {
  title: string
  labels: Record<
    | 'interest'
    | 'fees'
    | 'charged'
    | 'waived'
    | 'uncharged'
    | 'bookedThrough'
    | 'notes'
    | 'inNotes'
    | 'base'
    | 'rate'
    | 'days',
    string
  >
  /** A line of a customer's or a document's facts: never part of what is owed beside it. */
  beside: string
  none: string
  /** How it came to be. */
  cameOf(document: string): string
  /** The rule of a policy, a sentence a line. */
  rule(rule: InterestRule, say: Speech): string[]
  noRule: string
}
