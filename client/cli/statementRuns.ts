import type { Command } from 'commander'
import type { RunCounts, RunReport } from '../../ledger/statementRuns.ts'
import { tellWhy } from '../words/tell.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate, readId } from './given.ts'
import { documentWriter } from './keptDocuments.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

/** Statements of account for all customers whose day it is. */
export function addStatementRuns(program: Command, runs: Runs): void {
  const statements = program
    .command('statements')
    .description(
      'Statements of account for everybody whose day it is by the policy. Workers run them every morning of each branch.',
    )
  examples(
    statements
      .command('run')
      .description(
        'Have the statements of a day sent now. A day that was begun goes on where it was: nobody gets two.',
      )
      .option('--branch <name>', 'only of this branch')
      .option('--day <date>', 'instead of today, by the clock of each customer')
      .action(runs(run)),
    'statements run',
    'statements run --branch Norte --day 2026-12-01',
  )
  examples(
    statements
      .command('list', { isDefault: true })
      .description('The runs, newest first, and how far each is.')
      .option('--limit <n>', 'how many', '20')
      .action(
        runs(async (session, { limit }: { limit: string }) => {
          const { statementRuns } = await import('../../ledger/statementRuns.ts')
          const size = readId(limit, '--limit', session.phrases)
          const found = await statementRuns(await session.ledger(), await session.company(), size)
          session.show(found, () => listText(session, found))
        }),
      ),
    'statements list --json',
  )
  examples(
    statements
      .command('show <run>')
      .description('Who of a run did not get a statement by mail, and why.')
      .action(
        runs(async (session, id: string) => {
          const { reportOfRun } = await import('../../ledger/statementRuns.ts')
          const number = readId(id, 'RUN', session.phrases)
          const report = await reportOfRun(await session.ledger(), await session.company(), number)
          session.show(report, () => reportText(session, report))
        }),
      ),
    'statements show 12',
    'statements show 12 --output skipped.xlsx',
  )
  examples(
    statements
      .command('print <run> <file>')
      .description(
        'Make the statements of a run that go out on paper as one PDF; each keeps its own page numbers.',
      )
      .action(runs(print)),
    'statements print 12 december.pdf',
  )
}

async function print(session: Session, id: string, file: string): Promise<void> {
  const { phrases } = session
  const run = readId(id, 'RUN', phrases)
  const { makePrintPack } = await import('../statements.ts')
  const write = await documentWriter(session)
  const made = await makePrintPack(await session.door(), run, session.actor)
  if (made === null) return session.show({ document: null }, () => phrases.nothing)
  await write(made, file)
  session.show({ document: { ...made, file } }, () => phrases.documentWritten({ ...made, file }))
}

async function run(session: Session, { branch, day }: { branch?: string; day?: string }): Promise<void> {
  const { phrases } = session
  const [{ statementGroups, statementRuns }, { runStatements }, { localDateOf }] = await Promise.all([
    import('../../ledger/statementRuns.ts'),
    import('../statementRuns.ts'),
    import('../../domain/calendar.ts'),
  ])
  const asked = day === undefined ? null : readDate(day, '--day', phrases)
  const [ledger, company, door] = [await session.ledger(), await session.company(), await session.door()]
  const groups = (await statementGroups(ledger, company)).filter(
    (group) => branch === undefined || group.branch === branch,
  )
  if (branch !== undefined && groups.length === 0) throw new UsageError(phrases.noSuchBranch(branch))
  const begun: number[] = []
  for (const group of groups) {
    const on = asked ?? localDateOf(Date.now(), group.timeZone)
    const id = await runStatements(door, group, on, session.actor)
    if (id !== null) begun.push(id)
  }
  const found = (await statementRuns(ledger, company, 1_000)).filter(({ id }) => begun.includes(id))
  session.show(found, () => (found.length === 0 ? phrases.nobodysDay : listText(session, found)))
}

const listText = ({ phrases, table }: Session, found: readonly RunCounts[]): string => {
  const { labels } = phrases
  return table(
    [
      { title: labels.number, right: true },
      { title: labels.branch },
      { title: labels.date },
      { title: labels.customers, right: true },
      { title: labels.sent, right: true },
      { title: labels.onTheWay, right: true },
      { title: labels.failed, right: true },
      { title: labels.print, right: true },
      { title: labels.skipped, right: true },
    ],
    found.map((r) => [
      { count: r.id },
      r.branch,
      { date: r.day },
      ...[r.customers, r.sent, r.waiting + r.onTheWay, r.failed, r.print, r.skipped].map((count) => ({
        count,
      })),
    ]),
    phrases.nothing,
  )
}

function reportText(session: Session, report: RunReport): string {
  const { phrases, words, table } = session
  const { labels } = phrases
  const head = phrases.statementRun(report)
  if (report.others.length === 0) return head
  return `${head}\n\n${table(
    [
      { title: labels.customer },
      { title: labels.name, cut: true },
      { title: labels.state },
      { title: labels.why, cut: true },
    ],
    report.others.map((o) => [
      o.customer,
      o.name,
      words.runItemStates[o.state],
      o.why === null ? '' : tellWhy(words, o.why),
    ]),
  )}`
}
