import { expect, test } from 'vitest'
import { openDatabase } from '../../ledger/database.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import { openFileLedger } from '../setup/ledger.ts'
import { ACTS } from './acts.ts'
import { simulate, storyOf } from './simulate.ts'

/**
 * Portfolios of random loads, payments, reversals, promises, disputes, pauses … through months of virtual time, on the
 * real ledger; see `rules.ts` for what must hold after every event. A range of seeds:
 *
 *   CARTERA_SEEDS=1000..1999 nice npx vitest run test/simulator
 */
const [first, last] = (process.env.CARTERA_SEEDS ?? '1..120').split('..').map(Number) as [number, number]
const PER_DATABASE = 50
const AT_ONCE = 2
/** Its tables begin empty and a plan lasts: by index, whatever the tables' size was when it was made. */
const PLANNED = `DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET plan_cache_mode = force_generic_plan', current_database());
  EXECUTE format('ALTER DATABASE %I SET enable_seqscan = off', current_database());
END $$`

test(
  `nothing breaks in the seeds ${first} to ${last}`,
  async () => {
    const counts = new Map<string, number>()
    const broken: string[] = []
    const startedAt = performance.now()
    let done = 0
    for (let from = first; from <= last; from += PER_DATABASE) {
      const ledger = await openFileLedger([])
      await ledger.owner.rows(PLANNED)
      const database = openDatabase(ledger.url, { max: AT_ONCE * 2 })
      const seeds = Array.from({ length: Math.min(PER_DATABASE, last - from + 1) }, (_, i) => from + i)
      const next = async (): Promise<void> => {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
          const run = await simulate(seed, database, (line) => console.log(line))
          for (const [what, n] of run.counts) counts.set(what, (counts.get(what) ?? 0) + n)
          if (run.broken) console.log(broken[broken.push(storyOf(run)) - 1])
          done++
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, next))
      for (const { chain, seq, problem } of (await verifyJournal(database)).findings)
        broken.push(`${chain} ${seq}: ${problem}`)
      await database.close()
      await ledger.drop()
      const seconds = (performance.now() - startedAt) / 1000
      console.log(`${done} seeds, ${broken.length} broken, ${(seconds / done).toFixed(2)} s each`)
    }
    console.log(
      [...counts]
        .sort()
        .map(([what, n]) => `${what} ${n}`)
        .join('\n'),
    )
    expect(broken).toEqual([])
    // A simulation in which nothing comes about would prove nothing.
    if (done >= 50) expect(ACTS.filter((kind) => (counts.get(`${kind}: done`) ?? 0) < done / 50)).toEqual([])
  },
  24 * 3_600_000,
)
