import type { Command } from 'commander'
import type { WorklistRow, WorklistTask } from '../../ledger/worklist.ts'
import { tellSubject, tellTaskKind } from '../words/tell.ts'
import { examples } from './examples.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { table } from './table.ts'

interface Asked {
  analyst?: string
  branch?: string
  limit: string
  after?: string
}

/** What is to be done today, most pressing first. */
export function addWorklist(program: Command, runs: Runs): void {
  examples(
    program
      .command('worklist')
      .description('What people have to do, most pressing first: calls, visits, approvals, cash to apply.')
      .option('--analyst <name>', 'whose tasks (default: everybody)')
      .option('--branch <branch>', 'only customers of this branch')
      .option('--limit <n>', 'customers on a page', '20')
      .option('--after <cursor>', 'the page after the one that showed this cursor')
      .action(
        runs(async (session, { analyst, branch, limit, after }: Asked) => {
          const size = readId(limit, '--limit', session.phrases)
          const { worklist } = await import('../../ledger/worklist.ts')
          const page = await worklist(await session.ledger(), {
            company: await session.company(),
            now: Date.now(),
            limit: size,
            ...(analyst === undefined ? {} : { analyst }),
            ...(branch === undefined ? {} : { branch }),
            ...(after === undefined ? {} : { after }),
          })
          session.show(page, () => worklistText(session, page))
        }),
      ),
    'worklist --analyst ana',
    'worklist --branch Monterrey --limit 50 --json',
  )
}

/** One line per task; what belongs to the customer stands on its first. */
export function worklistText(
  { phrases, words, speech, io }: Session,
  { rows, next }: { rows: readonly WorklistRow[]; next: string | null },
): string {
  if (rows.length === 0) return phrases.nothingToDo
  const { labels } = phrases
  const lines = rows.flatMap((row) =>
    row.tasks.map((task, index) => [
      ...(index === 0
        ? [
            row.customer,
            row.name,
            row.overdue.map((o) => speech.amount(o.amount, o.currency)).join(' + '),
            row.oldestDaysLate > 0 ? String(row.oldestDaysLate) : '',
            row.owner,
          ]
        : ['', '', '', '', '']),
      speech.date(task.dueOn),
      String(task.id),
      `${tellTaskKind(words, task.kind)}: ${tellSubject(words, task.subject, task.detail)}${task.owner === row.owner ? '' : ` (${phrases.standsInFor(task.owner)})`}`,
      documentsOf(task),
    ]),
  )
  const text = table(
    [
      { title: labels.customer },
      { title: labels.name, cut: true },
      { title: labels.overdue, right: true },
      { title: labels.daysLate, right: true },
      { title: labels.owner },
      { title: labels.dueOn },
      { title: labels.task, right: true },
      { title: labels.what, cut: true },
      { title: labels.document, cut: true },
    ],
    lines,
    io.columns,
  )
  return next === null ? text : `${text}\n${phrases.more(next)}`
}

const documentsOf = ({ documents, count }: WorklistTask): string =>
  `${documents.join(', ')}${count > documents.length ? ` … (${count})` : ''}`
