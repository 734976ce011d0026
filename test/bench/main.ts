import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isDeepStrictEqual, parseArgs } from 'node:util'
import { shippedFile } from '../../config/paths.ts'
import { runBaseline, startBaselineWorker } from './baseline/run.ts'
import { expected, type Lifecycle, runLifecycle } from './lifecycle.ts'
import { measureLoad } from './load.ts'
import { describeMachine } from './machine.ts'
import type { Cost } from './meter.ts'
import { measureOrders } from './orders.ts'
import { picture } from './picture.ts'
import { customersOf, type Portfolio } from './portfolio.ts'
import { measureReads } from './reads.ts'
import {
  type Findings,
  markdown,
  middleOf,
  PARTS,
  type Pair,
  type Part,
  type Round,
  summary,
} from './report.ts'
import { measureSleepers } from './sleepers.ts'
import { type BenchStack, BY_INVOICE, startBenchStack } from './stack.ts'
import { measureStatements } from './statements.ts'

const HELP = `npm run bench -- [options]

Measures Cartera on servers of its own, which it starts and throws away, and says what it found as one JSON object
on the last line. Progress goes to stderr. It takes about ten minutes; close everything else first.

  lifecycle   receivables are loaded, reminded by mail, paid and closed, 50 per customer; beside it, on the same
              servers, the smallest Temporal workflow that writes as many rows: \`ratio\` is ours of the baseline's
              receivables per second at the largest number, \`growth\` the CPU per receivable at the largest number
              of that at the smallest
  load        100,000 open items, against COPY of the same rows into a plain table
  reads       with 500,000 open receivables: aging, the worklists of 50 analysts; with an account of 12,000: the
              worklist, the case page, what a statement says
  sleepers    memory of a worker while 20,000 cases sleep
  statements  a run of 2,000 statements of account by mail, each with its PDF
  orders      with 500,000 open receivables: may an order go out, 2,000 one after the other, 2,000 at once, and of one
              customer; beside it the bare lock of the customer's row

  --receivables N[,N]   sizes of the lifecycle (default 1000,10000)
  --rounds N            times that each size is measured beside the baseline; the middle ratio counts (default 3)
  --only PART[,PART]    lifecycle, load, reads, sleepers, statements, orders (default: all)
  --items N             lines of the load (default 100000)
  --open N              open receivables of the reads and the orders (default 500000)
  --orders N            orders asked about (default 2000)
  --sleepers N          sleeping cases (default 20000)
  --statements N        statements of account (default 2000)
  --write               writes docs/benchmarks.*; parts that weren't measured keep their figures
  --help

  npm run bench -- --receivables 1000 --only lifecycle
  npm run bench -- --write`

const log = (line: string) => console.error(line)

interface Options {
  receivables: number[]
  rounds: number
  items: number
  open: number
  sleepers: number
  statements: number
  orders: number
  only: Part[]
  write: boolean
}

class UsageError extends Error {}

function readOptions(): Options | null {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      receivables: text,
      rounds: text,
      items: text,
      open: text,
      sleepers: text,
      statements: text,
      orders: text,
      only: text,
      write: { type: 'boolean' },
    },
  })
  if (values.help) return null
  const numbers = (
    name: 'receivables' | 'rounds' | 'items' | 'open' | 'sleepers' | 'statements' | 'orders',
    usual: string,
  ) => {
    const given = (values[name] ?? usual).split(',').map(Number)
    if (!given.every((n) => Number.isInteger(n) && n > 0))
      throw new UsageError(`--${name}: "${values[name]}" is not a whole number above 0`)
    return given
  }
  const only = (values.only ?? PARTS.join(',')).split(',')
  const strange = only.find((part) => !PARTS.includes(part as Part))
  if (strange !== undefined) throw new UsageError(`--only: "${strange}" is none of ${PARTS.join(', ')}`)
  return {
    receivables: numbers('receivables', '1000,10000').sort((a, b) => a - b),
    rounds: numbers('rounds', '3')[0]!,
    items: numbers('items', '100000')[0]!,
    open: numbers('open', '500000')[0]!,
    sleepers: numbers('sleepers', '20000')[0]!,
    statements: numbers('statements', '2000')[0]!,
    orders: numbers('orders', '2000')[0]!,
    only: only as Part[],
    write: values.write ?? false,
  }
}

/** A worker runs for weeks: what its compiler does in the first seconds isn't what a receivable costs. */
const WARM_UP = 3_000

/** Ours and the baseline in turns, after a run of each that warms both up. */
async function measureLifecycles(
  stack: BenchStack,
  sizes: readonly number[],
  times: number,
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
  await checked({ prefix: 'W', receivables: WARM_UP, segment: '' })
  await runBaseline(stack, bare.pid, 'W', WARM_UP)
  const pairs: Pair[] = []
  for (const receivables of sizes) {
    log(`${receivables} receivables, one case per customer`)
    const rounds: Round[] = []
    for (let round = 1; round <= times; round++) {
      const prefix = `N${receivables}R${round}`
      const baseline = await runBaseline(stack, bare.pid, prefix, receivables)
      log(`  baseline: ${told(baseline)}`)
      rounds.push({ baseline, ours: await checked({ prefix, receivables, segment: '' }) })
    }
    pairs.push(middleOf(rounds))
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

async function measure(stack: BenchStack, options: Options): Promise<Findings> {
  const does = (part: Part) => options.only.includes(part)
  const how = {
    machine: await describeMachine(stack),
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
  }
  const findings: Findings = { measured: Object.fromEntries(options.only.map((part) => [part, how])) }
  if (does('lifecycle'))
    findings.lifecycle = await measureLifecycles(stack, options.receivables, options.rounds)
  if (does('statements')) {
    log(`a run of ${options.statements} statements of account`)
    findings.statements = await measureStatements(stack, options.statements, log)
  }
  if (does('load')) {
    log(`a load of ${options.items} open items`)
    const worker = await stack.startOurWorker()
    findings.load = await measureLoad(stack, options.items)
    await worker.stop()
  }
  if (does('sleepers')) {
    log(`${options.sleepers} sleeping cases`)
    findings.sleepers = await measureSleepers(stack, options.sleepers, log)
  }
  if (does('reads')) {
    log(`reads with ${options.open} open receivables`)
    findings.reads = await measureReads(stack, options.open, log)
  }
  if (does('orders')) {
    log(`orders with ${options.open} open receivables`)
    findings.orders = await measureOrders(stack, options.open, options.orders, log)
  }
  return findings
}

/** What was measured takes the place of what was known of the same parts. */
function write(findings: Findings): void {
  const file = shippedFile('docs', 'benchmarks.json')
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Findings) : { measured: {} }
  const all = { ...known, ...findings, measured: { ...known.measured, ...findings.measured } }
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`)
  writeFileSync(shippedFile('docs', 'benchmarks.md'), markdown(all))
  if (all.lifecycle) writeFileSync(shippedFile('docs', 'benchmarks.svg'), picture(all.lifecycle))
}

async function main(): Promise<void> {
  const options = readOptions()
  if (options === null) return console.log(HELP)
  // Children are told when this process exits, not when a signal ends it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
  const stack = await startBenchStack(log)
  try {
    const findings = await measure(stack, options)
    if (options.write) write(findings)
    console.log(JSON.stringify(summary(findings)))
  } finally {
    await stack.stop()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
})
