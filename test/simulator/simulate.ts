import type { Database } from '../../ledger/database.ts'
import type { Happening, Script } from './acts.ts'
import { Broken } from './broken.ts'
import { scriptOf } from './script.ts'
import { shrink } from './shrink.ts'
import { World } from './world.ts'

export interface Run {
  broken: { rule: string; what: string } | null
  diary: string[]
  counts: Map<string, number>
}

let companies = 0

/** Plays a script, each time in a company of its own: many share one database. */
async function play(script: Script, database: Database): Promise<Run> {
  const world = new World(script, database, `sim-${++companies}`)
  const run = (broken: Run['broken']): Run => ({ broken, diary: world.diary, counts: world.counts })
  try {
    await world.run()
    return run(null)
  } catch (error) {
    if (error instanceof Broken) return run({ rule: error.rule, what: error.message })
    const failed = error as Error
    return run({ rule: `failed: ${failed.message.replaceAll(/\d+/g, '#')}`, what: failed.stack ?? '' })
  }
}

/** Simulates a seed. When a rule breaks, the answer tells the shortest story found that breaks it. */
export async function simulate(
  seed: number,
  database: Database,
  tell: (line: string) => void = () => {},
): Promise<Run & { seed: number }> {
  const script = scriptOf(seed)
  const run = await play(script, database)
  if (run.broken === null) return { seed, ...run }
  const { rule, what } = run.broken
  tell(`seed ${seed} breaks (${what.split('\n')[0]}): looking for a shorter story`)
  let shortest = run
  await shrink(script.happenings, async (happenings: Happening[]) => {
    const again = await play({ ...script, happenings }, database)
    if (again.broken?.rule !== rule) return false
    shortest = again
    return true
  })
  return { seed, ...shortest }
}

/** A failure as a person reads it. */
export const storyOf = ({ seed, broken, diary }: Run & { seed: number }): string =>
  [`seed ${seed}: ${broken?.what}`, ...diary.map((line) => `  ${line}`)].join('\n')
