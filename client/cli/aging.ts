import { type Command, Option } from 'commander'
import type { AgingCurrency, AgingReport } from '../../ledger/aging.ts'
import { tellCode } from '../words/tell.ts'
import { examples } from './examples.ts'
import { readDate, readInstant } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import type { Cell, Column } from './table.ts'

interface Asked {
  asOf?: string
  knownAt?: string
  by: 'customer' | 'branch' | 'bucket'
}

/** What is owed, by age. */
export function addAging(program: Command, runs: Runs): void {
  examples(
    program
      .command('aging')
      .description('Receivables by age on a day of the books, as known now or at any time before.')
      .option('--as-of <date>', 'day of the books (default: today)')
      .option('--known-at <instant>', 'what was recorded up to then: the same report as was shown then')
      .addOption(
        new Option('--by <what>', 'a line for each')
          .choices(['customer', 'branch', 'bucket'])
          .default('bucket'),
      )
      .action(
        runs(async (session, options: Asked) => {
          const { phrases } = session
          const said = options.asOf === undefined ? undefined : readDate(options.asOf, '--as-of', phrases)
          const knownAt =
            options.knownAt === undefined ? undefined : readInstant(options.knownAt, '--known-at', phrases)
          const [{ agingAsOf }, { companyToday }] = await Promise.all([
            import('../../ledger/aging.ts'),
            import('../../ledger/company.ts'),
          ])
          const [sql, company] = [await session.ledger(), await session.company()]
          const asOf = said ?? (await companyToday(sql, company, Date.now()))
          const report = await agingAsOf(sql, {
            company,
            asOf,
            ...(knownAt === undefined ? {} : { knownAt }),
            ...(options.by === 'bucket' ? {} : { by: options.by }),
          })
          session.show(report, () => agingText(session, report))
        }),
      ),
    'aging',
    'aging --as-of 2026-10-31 --known-at 2026-11-05T09:00:00-06:00 --json',
    'aging --by customer --output cartera.xlsx',
    'aging --by branch',
  )
}

/** The report as tables; amounts of different currencies are never added. */
export function agingText(session: Session, report: AgingReport): string {
  const { phrases, speech } = session
  if (report.currencies.length === 0) return phrases.nothing
  const heading = `${phrases.labels.date}: ${speech.date(report.asOf)}`
  return [
    heading,
    '',
    report.groups ? byGroup(session, report.groups) : byBucket(session, report.currencies),
  ].join('\n')
}

function byBucket({ phrases, words, table }: Session, currencies: readonly AgingCurrency[]): string {
  const { labels } = phrases
  const rows = currencies.flatMap(({ currency, open, buckets, credits, unappliedCash }): Cell[][] => [
    ...buckets.map((b) => [
      currency,
      tellCode(words.stages, b.bucket),
      { count: b.count },
      { amount: b.amount, currency },
    ]),
    [currency, labels.open, { count: open.count }, { amount: open.amount, currency }],
    [currency, labels.credits, { count: credits.count }, { amount: credits.amount, currency }],
    [currency, labels.unapplied, '', { amount: unappliedCash, currency }],
  ])
  return table(
    [
      { title: labels.currency },
      { title: labels.bucket },
      { title: labels.count, right: true },
      { title: labels.amount, right: true },
    ],
    rows,
  )
}

function byGroup({ phrases, words, table }: Session, groups: NonNullable<AgingReport['groups']>): string {
  const { labels } = phrases
  const buckets = groups[0]?.currencies[0]?.buckets.map((b) => b.bucket) ?? []
  const columns: Column[] = [
    { title: labels.group },
    { title: labels.name, cut: true },
    { title: labels.currency },
    ...buckets.map((bucket) => ({ title: tellCode(words.stages, bucket), right: true })),
    { title: labels.open, right: true },
    { title: labels.credits, right: true },
    { title: labels.unapplied, right: true },
  ]
  const rows = groups.flatMap(({ group, name, currencies }) =>
    currencies.map((c): Cell[] => [
      group,
      name === group ? '' : name,
      c.currency,
      ...c.buckets.map((b) => ({ amount: b.amount })),
      { amount: c.open.amount },
      { amount: c.credits.amount },
      { amount: c.unappliedCash },
    ]),
  )
  return table(columns, rows)
}
