import type { Sql } from '../database.ts'
import type { CommandScope } from '../scope.ts'

/** What this part needs of a command's scope: the customer is locked, its rules are read. */
export type InterestScope = Pick<CommandScope, 'customer' | 'policyId' | 'policy' | 'today' | 'asking'>

/** An invoice whose uncharged interest is meant, or an interest note itself. */
export interface InterestPart {
  receivable: number
  minor: bigint
}

export interface OpenInterest {
  receivable: number
  document: string
  currency: string
  /** Interest and fees up to today that aren't paid, charged or waived: of a note, what is open of it. */
  openMinor: bigint
}

export interface Waived {
  /** Of the ledger, in the order of `parts`: what `restoreInterest` takes back. */
  transfers: number[]
  parts: (OpenInterest & { minor: bigint })[]
}

/** What can be waived today of these receivables (of interest notes among them too); 0 where nothing is. */
export async function openInterest(
  _sql: Sql,
  _scope: Pick<InterestScope, 'today'>,
  _receivables: readonly number[],
): Promise<Map<number, OpenInterest>> {
  return new Map()
}

/** Waives so much of each, or what is open of it when that is less; tells the journal. Not authorised here: the caller is. */
export async function waiveInterest(
  _sql: Sql,
  _scope: InterestScope,
  _waiver: { parts: readonly InterestPart[]; reference: string; why: string },
): Promise<Waived> {
  return { transfers: [], parts: [] }
}

/** Takes waivers back by mirrored transfers: what was waived is owed again. Those taken back already are left alone. */
export async function restoreInterest(
  _sql: Sql,
  _scope: InterestScope,
  _restore: { transfers: readonly number[]; why: string },
): Promise<{ parts: (OpenInterest & { minor: bigint })[] }> {
  return { parts: [] }
}
