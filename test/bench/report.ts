import type { Lifecycle } from './lifecycle.ts'
import type { LoadFigures } from './load.ts'
import type { Machine } from './machine.ts'
import type { Cost } from './meter.ts'
import type { OrderFigures } from './orders.ts'
import { ANALYSTS } from './portfolio.ts'
import type { ReadFigures } from './reads.ts'
import type { SleeperFigures } from './sleepers.ts'
import type { StatementFigures } from './statements.ts'

/** What a run found, and how it is written down. */

export const PARTS = ['lifecycle', 'load', 'reads', 'sleepers', 'statements', 'orders'] as const
export type Part = (typeof PARTS)[number]

/** Ours and the baseline at one size, measured one after the other. */
export interface Round {
  ours: Lifecycle
  baseline: Cost
}

/** The round with the middle ratio, and the ratios of all in order: one round is at the mercy of a noisy machine. */
export interface Pair extends Round {
  ratios: number[]
}

const ratioOf = ({ ours, baseline }: Round): number => ours.perSecond / baseline.perSecond

export function middleOf(rounds: readonly Round[]): Pair {
  const inOrder = [...rounds].sort((a, b) => ratioOf(a) - ratioOf(b))
  return { ...inOrder[Math.floor(inOrder.length / 2)]!, ratios: inOrder.map(ratioOf) }
}

export interface Findings {
  /** On what, when and how each part was measured. */
  measured: Partial<Record<Part, { machine: Machine; command: string }>>
  lifecycle?: { pairs: Pair[]; byInvoice: Lifecycle }
  load?: LoadFigures
  reads?: ReadFigures
  sleepers?: SleeperFigures
  statements?: StatementFigures
  orders?: OrderFigures
}

/** The last line of the program: of the largest size, with the growth from the smallest. */
export function summary({
  lifecycle,
  load,
  reads,
  sleepers,
  statements,
  orders,
}: Findings): Record<string, unknown> {
  const first = lifecycle?.pairs[0]
  const last = lifecycle?.pairs.at(-1)
  return rounded({
    ...(first && last
      ? {
          receivables: last.ours.receivables,
          perSecond: last.ours.perSecond,
          baselinePerSecond: last.baseline.perSecond,
          ratio: ratioOf(last),
          ratios: last.ratios,
          cpuMsEach: last.ours.cpuMsEach,
          growth: last.ours.cpuMsEach.total / first.ours.cpuMsEach.total,
          baselineCpuMsEach: last.baseline.cpuMsEach,
          statementsEach: last.ours.statementsEach,
          eventsEach: last.ours.eventsEach,
          byInvoice: {
            receivables: lifecycle.byInvoice.receivables,
            perSecond: lifecycle.byInvoice.perSecond,
            cpuMsEach: lifecycle.byInvoice.cpuMsEach,
          },
          found: last.ours.found,
        }
      : {}),
    ...(load ? { load } : {}),
    ...(reads ? { reads } : {}),
    ...(sleepers ? { sleepers } : {}),
    ...(statements ? { statements } : {}),
    ...(orders ? { orders } : {}),
  }) as Record<string, unknown>
}

/** Three digits are more than such a measurement knows. */
function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? value : Number(value.toPrecision(3))
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, rounded(one)]))
}

const figure = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value >= 10 ? value.toFixed(1) : value.toFixed(2)

const row = (...cells: (string | number)[]): string => `| ${cells.join(' | ')} |`

export function markdown(findings: Findings): string {
  const { measured, lifecycle, load, reads, sleepers, statements, orders } = findings
  const parts = [
    '# Benchmarks',
    'Written by `npm run bench -- --write` from `benchmarks.json`; `npm run bench -- --help` says how to repeat it. Everything of a part ran on one machine, PostgreSQL as it comes, the Temporal dev server on a SQLite file.',
    PARTS.flatMap((part) => (measured[part] ? [`- ${part}: ${howOf(measured[part])}`] : [])).join('\n'),
  ]
  if (lifecycle) parts.push(...lifecycleText(lifecycle))
  if (load)
    parts.push(
      '## Load',
      `${figure(load.items)} open items in ${figure(load.seconds)} s, ${figure(load.perSecond)} a second: uploaded, every line checked, staged, compared with the books, promoted with customers, cases, accounts, transfers and journal. COPY of the same file into a plain table without a key: ${figure(load.copySeconds)} s, ${figure(load.copyPerSecond)} a second; the load does ${figure(load.ratio)} of that.`,
    )
  if (reads)
    parts.push(
      '## Reads',
      `With ${figure(reads.receivables)} open receivables and ${figure(reads.openTasks)} open tasks:`,
      [
        row('ms', 'p50', 'p95', 'times'),
        '| --- | ---: | ---: | ---: |',
        row('aging of today', figure(reads.agingMs.p50), figure(reads.agingMs.p95), reads.agingMs.times),
        ...(
          [
            [`worklist of each of ${ANALYSTS} analysts, first page`, reads.worklistMs],
            [
              `worklist with an account of ${figure(reads.account.receivables)} in it`,
              reads.account.worklistMs,
            ],
            ['case page of that account', reads.account.casePageMs],
            ['what a statement of it says', reads.account.statementMs],
          ] as const
        ).map(([name, ms]) => row(name, figure(ms.p50), figure(ms.p95), ms.times)),
      ].join('\n'),
    )
  if (sleepers)
    parts.push(
      '## Sleepers',
      `A worker with ${figure(sleepers.cases)} sleeping cases holds ${figure(sleepers.sleepingMb)} MB (${figure(sleepers.idleMb)} MB when it starts): it keeps 500 workflows in memory, the others are a timer in Temporal. They were started at ${figure(sleepers.perSecond)} a second.`,
    )
  if (statements)
    parts.push(
      '## Statements',
      `A run of ${figure(statements.receivables)} statements of account, ten open items each, by mail with a PDF: ${figure(statements.perSecond)} a second (documents and mails alike: ${figure(statements.documents)} documents), ${figure(statements.cpuMsEach.total)} ms CPU each: worker ${figure(statements.cpuMsEach.worker)}, Temporal ${figure(statements.cpuMsEach.temporal)}, PostgreSQL ${figure(statements.cpuMsEach.postgres)}. What becomes of such a run whose worker is killed is in [faults.md](faults.md).`,
    )
  if (orders)
    parts.push(
      '## Orders',
      `The question whether an order may go out, in the ledger, with ${figure(orders.receivables)} open receivables and a credit line of every customer: exposure, limit, rules, reservation, journal and what order entry is told, in one transaction under the customer's lock. Beside it a transaction that only takes that lock. ${figure(orders.released)} orders were released and ${orders.held.toLocaleString('en')} held.`,
      [
        row('', 'order check', 'SELECT … FOR UPDATE'),
        '| --- | ---: | ---: |',
        row('one after the other, ms p50', figure(orders.checkMs.p50), figure(orders.lockMs.p50)),
        row('one after the other, ms p95', figure(orders.checkMs.p95), figure(orders.lockMs.p95)),
        row(
          `${orders.atOnce} at once, different customers, per second`,
          figure(orders.checksPerSecond),
          figure(orders.locksPerSecond),
        ),
        row(
          `${orders.atOnce} at once, one customer, per second`,
          figure(orders.oneCustomer.checksPerSecond),
          figure(orders.oneCustomer.locksPerSecond),
        ),
      ].join('\n'),
    )
  return `${parts.join('\n\n')}\n`
}

const howOf = ({ machine, command }: { machine: Machine; command: string }): string =>
  `\`${command}\` on ${machine.day}: ${machine.cores} cores (${machine.cpu}), ${machine.memoryGb} GB, Node ${machine.node}, PostgreSQL ${machine.postgres}, Temporal ${machine.temporal}`

function lifecycleText({ pairs, byInvoice }: NonNullable<Findings['lifecycle']>): string[] {
  const first = pairs[0]!
  const last = pairs.at(-1)!
  const line = (name: string, cost: Cost) =>
    row(
      name,
      cost.receivables.toLocaleString('en'),
      figure(cost.perSecond),
      ...(['worker', 'temporal', 'postgres', 'client', 'total'] as const).map((each) =>
        figure(cost.cpuMsEach[each]),
      ),
      figure(cost.statementsEach),
      figure(cost.eventsEach),
    )
  return [
    '## Lifecycle',
    '![Receivables per second and CPU per receivable](benchmarks.svg)',
    'A file of open items is loaded, every customer gets its reminder by mail, files of receipts are posted, every case closes: 50 receivables per customer, 10 customers per file of receipts. Counted is from the start of the load until every reminder is with the mail server and every case sleeps, and from the first receipt until no case runs. The contact window is always open, so nothing is waited for but the engine.',
    'The baseline is the smallest Temporal workflow per customer that writes as many rows, on the same servers in the same run: 50 rows by one statement, a timer of a second, a signal, 50 rows updated by one statement; no rules, mail, journal or money. The second that its timer waits is taken off its time.',
    [
      row(
        '',
        'receivables',
        'per second',
        'worker',
        'Temporal',
        'PostgreSQL',
        'client',
        'CPU ms each',
        'statements each',
        'events each',
      ),
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...pairs.flatMap(({ ours, baseline }) => [line('Cartera', ours), line('baseline', baseline)]),
      line('Cartera, a case per invoice', byInvoice),
    ].join('\n'),
    `CPU is in milliseconds per receivable; the client is the program that asks, with the mail server in it. At ${last.ours.receivables.toLocaleString('en')} receivables Cartera does ${figure(ratioOf(last))} of the baseline's receivables per second (the middle of ${last.ratios.map(figure).join(', ')}) with ${figure(last.ours.cpuMsEach.total / last.baseline.cpuMsEach.total)} times its CPU. From ${first.ours.receivables.toLocaleString('en')} to ${last.ours.receivables.toLocaleString('en')} the CPU per receivable grows by a factor of ${figure(last.ours.cpuMsEach.total / first.ours.cpuMsEach.total)}.`,
  ]
}
