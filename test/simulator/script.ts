import { addDays, instantOf } from '../../domain/calendar.ts'
import { type Random, randomOf } from '../domain/random.ts'
import type { Act, Party, Script } from './acts.ts'
import { drawInterest, drawPolicy } from './policy.ts'
import { MONTHS, Writer } from './writer.ts'

/** Makes the script of a seed: two or three customers, a dozen receivables, some months, a few dozen acts. */

const HOME = 'America/Mexico_City'
const ZONES = [HOME, HOME, 'America/Tijuana', 'Europe/Madrid']
const FIRST_DAY = '2026-01-12'

export function scriptOf(seed: number): Script {
  const random = randomOf(seed)
  const startsOn = addDays(FIRST_DAY, random.int(0, 300))
  const endsOn = addDays(startsOn, MONTHS * 30)
  const parties = partiesOf(random)
  const script: Script = {
    seed,
    startsOn,
    endsOn,
    parties,
    policy: drawPolicy(random),
    authority: random.pick(['source', 'source', 'source', 'cartera']),
    staff: { logsAfter: random.pick([0, 1, 3, 9, null]), decidesAfter: random.pick([1, 4, null]) },
    queue: random.pick([0, 0, 0, 5, 100, 200]),
    happenings: [],
  }
  const writer = new Writer(script, random)
  writer.load(0)
  for (let more = random.int(0, 2); more > 0; more--) writer.load(random.int(5, 45))
  for (let acts = random.int(16, 28); acts > 0; acts--) writer.begin()
  for (let acts = random.int(9, 18); acts > 0; acts--) writer.follow()
  addInterest(script)
  script.happenings.sort((a, b) => a.at - b.at || a.no - b.no)
  return script
}

/** By numbers of its own, so that a seed's other acts stay what they were. */
function addInterest(script: Script): void {
  const random = randomOf(script.seed * 31 + 7)
  if (random.chance(0.5)) return
  const interest = drawInterest(random)
  script.policy.interest = interest
  for (const { act } of script.happenings)
    if (act.kind === 'publish' && random.chance(0.7))
      act.changes.interest = random.chance(0.5) ? interest : drawInterest(random)
  const documents = script.happenings.flatMap(({ act }) =>
    act.kind === 'load' ? act.items.map((item) => item.document) : [],
  )
  for (let acts = random.int(2, 6); acts > 0; acts--) {
    const { code: customer } = random.pick(script.parties)
    const act: Act = random.pick<Act>([
      { kind: 'chargeInterest', customer },
      { kind: 'chargeInterest', customer },
      { kind: 'waiveInterest', customer, percent: random.pick([30, 100]) },
      { kind: 'fee', document: random.pick(documents), minor: random.int(100, 9_999) },
    ])
    const on = addDays(script.startsOn, random.int(10, MONTHS * 30 - 2))
    const at = instantOf(on, `${random.int(10, 19)}:00`, HOME)
    script.happenings.push({ no: script.happenings.length + 1, at, act, again: random.chance(0.2) })
  }
}

function partiesOf(random: Random): Party[] {
  const shared = random.chance(0.5)
  return Array.from({ length: random.pick([2, 2, 2, 3]) }, (_, index) => {
    const code = `C-${index + 1}`
    return {
      code,
      payer: shared && index < 2 ? 'HEAD' : code,
      timeZone: random.pick(ZONES),
      emails: Array.from(
        { length: random.pick([0, 1, 1, 1, 2]) },
        (__, n) => `${code.toLowerCase()}.${n}@example.com`,
      ),
      presents: random.chance(0.15),
    }
  })
}
