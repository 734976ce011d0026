import { addDays, type LocalDate } from '../../domain/calendar.ts'
import type { Random } from '../domain/random.ts'
import type { Act, ActKind, Item, Party, Past } from './acts.ts'

/** What the source writes into its files, drawn. */

export function drawItem(
  random: Random,
  party: Party,
  document: string,
  on: LocalDate,
  initial: boolean,
): Item {
  const { int, pick, chance } = random
  const kind = chance(0.08) ? 'on_account_credit' : chance(0.1) ? 'debit_note' : 'invoice'
  const credit = kind === 'on_account_credit'
  // Mostly due soon: what is long overdue starts in the middle of its ladder.
  const dueOn = addDays(on, pick([int(-70, -5), int(-5, 5), int(0, 30), int(0, 45)]))
  return {
    customer: party.code,
    document,
    kind,
    currency: chance(0.1) ? 'USD' : 'MXN',
    minor: (credit ? -1 : 1) * pick([100, 1_000, 2_000, 5_000, int(100, 9_000)]) * 100,
    settled: chance(0.1) ? 30 : 0,
    issuedOn: addDays(dueOn < on ? dueOn : on, -int(0, 30)),
    dueOn,
    site: pick(['', '', 'norte', 'sur']),
    presented: chance(0.5),
    history: initial && !credit && chance(0.6) ? drawPast(random, on) : null,
  }
}

const drawPast = ({ int, pick, chance }: Random, on: LocalDate): Past => ({
  // Steps that each version of the policy has.
  step: chance(0.7)
    ? {
        id: pick(['notice', 'first', 'second', 'call', 'hold', 'visit', 'final']),
        on: addDays(on, -int(0, 20)),
      }
    : null,
  promisedFor: chance(0.3) ? addDays(on, int(-4, 12)) : null,
  disputed: chance(0.2),
})

/** What a later file says of what it has said before; null for acts that aren't the source's. */
export function drawFile(
  { pick, chance }: Random,
  kind: ActKind,
  document: string,
  debits: { document: string }[],
  parties: Party[],
): Act | null {
  switch (kind) {
    case 'restate':
      return { kind, document, percent: pick([null, 0, 50, 100]), later: pick([0, 0, -10, 15]) }
    case 'snapshot':
      return {
        kind,
        lacks: chance(0.6) ? [...new Set([document, pick(debits).document])] : [],
        daysBack: pick([0, 0, 0, 1]),
      }
    case 'movePayer':
      return { kind, document, payer: pick(['HEAD', 'OTHER', pick(parties).code]) }
    case 'present':
      return { kind, document }
    default:
      return null
  }
}
