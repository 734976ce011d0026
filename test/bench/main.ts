import { isDeepStrictEqual, parseArgs } from 'node:util'
import { runBaseline, startBaselineWorker } from './baseline/run.ts'
import { expected, type Lifecycle, runLifecycle } from './lifecycle.ts'
import type { Cost } from './meter.ts'
import { customersOf, type Portfolio } from './portfolio.ts'
import { type BenchStack, BY_INVOICE, startBenchStack } from './stack.ts'

const HELP = `npm run bench -- [options]

Measures Cartera on servers of its own, which it starts and throws away, and says what it found as one JSON object
on the last line. Progress goes to stderr. It takes about ten minutes; close everything else first.

  lifecycle   receivables are loaded, reminded by mail, paid and closed, 50 per customer; beside it, on the same
              servers, the smallest Temporal workflow that writes as many rows: \`ratio\` is ours of the baseline's
              receivables per second at the largest number, \`growth\` the CPU per receivable at the largest number
              of that at the smallest
  load        100,000 open items, against COPY of the same rows into a plain table
  reads       aging and the worklist's first page with 500,000 open receivables
  sleepers    memory of a worker while 20,000 cases sleep

  --receivables N[,N]   sizes of the lifecycle (default 1000,10000)
  --only PART[,PART]    lifecycle, load, reads, sleepers (default: all)
  --write               writes docs/benchmarks.md and docs/benchmarks.svg
  --help

  npm run bench -- --receivables 1000 --only lifecycle
  npm run bench -- --write`

const PARTS = ['lifecycle', 'load', 'reads', 'sleepers'] as const
type Part = (typeof PARTS)[number]

const log = (line: string) => console.error(line)

interface Options {
  receivables: number[]
  only: Part[]
  write: boolean
}

class UsageError extends Error {}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      receivables: { type: 'string' },
      only: { type: 'string' },
      write: { type: 'boolean' },
    },
  })
  if (values.help) return null
  const receivables = (values.receivables ?? '1000,10000').split(',').map(Number)
  const only = (values.only ?? PARTS.join(',')).split(',')
  if (!receivables.every((n) => Number.isInteger(n) && n > 0))
    throw new UsageError(`--receivables: "${values.receivables}" is not a list of whole numbers`)
  const strange = only.find((part) => !PARTS.includes(part as Part))
  if (strange !== undefined) throw new UsageError(`--only: "${strange}" is none of ${PARTS.join(', ')}`)
  return {
    receivables: receivables.sort((a, b) => a - b),
    only: only as Part[],
    write: values.write ?? false,
  }
}

export interface Pair {
  ours: Lifecycle
  baseline: Cost
}

/** Ours and the baseline in turns, after a small run of each that warms both up. */
async function measureLifecycles(
  stack: BenchStack,
  sizes: readonly number[],
): Promise<{ pairs: Pair[]; byInvoice: Lifecycle }> {
  const ours = await stack.startOurWorker()
  const bare = await startBaselineWorker(stack)
  const checked = async (portfolio: Portfolio): Promise<Lifecycle> => {
    const run = await runLifecycle(stack, ours.pid, portfolio)
    const cases = portfolio.segment === BY_INVOICE ? portfolio.receivables : customersOf(portfolio)
    if (!isDeepStrictEqual(run.found, expected(portfolio, cases)))
      throw new Error(`a run did not do what it should: ${JSON.stringify(run.found)}`)
    log(`  ours: ${told(run)}`)
    return run
  }
  log('warming up')
  await checked({ prefix: 'W', receivables: 200, segment: '' })
  await runBaseline(stack, bare.pid, 'W', 200)
  const pairs: Pair[] = []
  for (const receivables of sizes) {
    log(`${receivables} receivables, one case per customer`)
    const baseline = await runBaseline(stack, bare.pid, `N${receivables}`, receivables)
    log(`  baseline: ${told(baseline)}`)
    pairs.push({ baseline, ours: await checked({ prefix: `N${receivables}`, receivables, segment: '' }) })
  }
  log(`${sizes[0]} receivables, one case per invoice`)
  const byInvoice = await checked({ prefix: 'I', receivables: sizes[0]!, segment: BY_INVOICE })
  await ours.stop()
  await bare.stop()
  return { pairs, byInvoice }
}

const told = (cost: Cost): string =>
  `${cost.perSecond.toFixed(0)}/s, ${cost.cpuMsEach.total.toFixed(2)} ms CPU each (${Object.entries(
    cost.cpuMsEach,
  )
    .slice(0, 4)
    .map(([name, ms]) => `${name} ${ms.toFixed(2)}`)
    .join(', ')}), ${cost.statementsEach.toFixed(1)} statements, ${cost.eventsEach.toFixed(2)} events`

async function main(): Promise<void> {
  const options = readOptions()
  if (options === null) return console.log(HELP)
  // Children are told when this process exits, not when a signal ends it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const stack = await startBenchStack(log)
  try {
    const result: Record<string, unknown> = {}
    if (options.only.includes('lifecycle')) {
      const { pairs, byInvoice } = await measureLifecycles(stack, options.receivables)
      const first = pairs[0]!
      const last = pairs.at(-1)!
      Object.assign(result, {
        receivables: last.ours.receivables,
        perSecond: last.ours.perSecond,
        baselinePerSecond: last.baseline.perSecond,
        ratio: last.ours.perSecond / last.baseline.perSecond,
        cpuMsEach: last.ours.cpuMsEach,
        growth: last.ours.cpuMsEach.total / first.ours.cpuMsEach.total,
        byInvoice: byInvoice.perSecond,
      })
    }
    console.log(JSON.stringify(result))
  } finally {
    await stack.stop()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
})
