import type { Command } from 'commander'
import type { WorklistRow, WorklistTask } from '../../ledger/worklist.ts'
import { tellEvent, tellSubject, tellTaskKind } from '../words/tell.ts'
import { examples } from './examples.ts'
import { readDate, readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { type Cell, plain } from './table.ts'

interface Asked {
  analyst?: string
  branch?: string
  explain?: boolean
  snoozed?: boolean
  limit: string
  after?: string
}

interface Snooze {
  analyst?: string
  until: string
  why: string
}

/** What is to be done today, most pressing first. */
export function addWorklist(program: Command, runs: Runs): void {
  const worklist = program
    .command('worklist')
    .usage('[options]')
    .description('What people have to do, most pressing first; put a customer off for some days.')
  examples(
    worklist
      .command('list', { isDefault: true })
      .description(
        'One row per customer, most points first: calls, visits, approvals, cash to apply (the word "list" may be left out). ' +
          'The policy says what gives points (worklist:).',
      )
      .option('--analyst <name>', 'whose tasks (default: everybody)')
      .option('--branch <branch>', 'only customers of this branch')
      .option('--explain', 'say what the points of each customer are for')
      .option('--snoozed', 'the customers that are put off, instead')
      .option('--limit <n>', 'customers on a page', '20')
      .option('--after <cursor>', 'the page after the one that showed this cursor')
      .action(runs(list)),
    'worklist --analyst ana',
    'worklist --analyst ana --explain --limit 5',
    'worklist --branch Monterrey --limit 50 --json',
  )
  examples(
    worklist
      .command('snooze <customer>')
      .description(
        'Take a customer off the list until a day. It comes back by itself, and earlier when a promise breaks, a payment ' +
          'is returned or the case escalates. Deadlines go on meanwhile.',
      )
      .requiredOption('--until <date>', 'the day it comes back')
      .requiredOption('--why <text>', 'the reason')
      .option('--analyst <name>', 'from whose list (default: who asks)')
      .action(
        runs(async (session, customer: string, { analyst, until, why }: Snooze) => {
          const { sendToCase } = await import('./send.ts')
          const content = {
            owner: analyst ?? session.actor,
            until: readDate(until, '--until', session.phrases),
            why,
          }
          await sendToCase(session, { customer }, 'snooze', content, PLACES)
        }),
      ),
    'worklist snooze C-100 --until 2026-12-01 --why "their buyer is back on Tuesday"',
  )
  examples(
    worklist
      .command('unsnooze <customer>')
      .description('Bring a customer back on the list before its day.')
      .requiredOption('--why <text>', 'the reason')
      .option('--analyst <name>', 'to whose list (default: who asks)')
      .action(
        runs(async (session, customer: string, { analyst, why }: Omit<Snooze, 'until'>) => {
          const { sendToCase } = await import('./send.ts')
          const content = { owner: analyst ?? session.actor, why }
          await sendToCase(session, { customer }, 'unsnooze', content, PLACES)
        }),
      ),
    'worklist unsnooze C-100 --why "they called"',
  )
}

const PLACES = { owner: '--analyst', until: '--until', why: '--why' }

async function list(session: Session, asked: Asked): Promise<void> {
  const { analyst, branch, after, explain = false, snoozed = false } = asked
  const limit = readId(asked.limit, '--limit', session.phrases)
  const { worklist } = await import('../../ledger/worklist.ts')
  const page = await worklist(await session.ledger(), {
    company: await session.company(),
    now: Date.now(),
    limit,
    snoozed,
    ...(analyst === undefined ? {} : { analyst }),
    ...(branch === undefined ? {} : { branch }),
    ...(after === undefined ? {} : { after }),
  })
  session.show(page, () => worklistText(session, page, explain))
}

/** One line per task; what belongs to the customer stands on its first. With `explain`, the points of each below. */
export function worklistText(
  session: Session,
  { rows, next }: { rows: readonly WorklistRow[]; next: string | null },
  explain = false,
): string {
  const { phrases, words, speech, table, left } = session
  const { labels } = phrases
  const lines = rows.flatMap((row) => {
    const whats: Cell[][] = [
      ...row.tasks.map((task): Cell[] => [
        { date: task.dueOn },
        { count: task.id },
        `${tellTaskKind(words, task.kind)}: ${tellSubject(words, task.subject, task.detail)}${task.owner === row.owner ? '' : ` (${phrases.standsInFor(task.owner)})`}`,
        documentsOf(task),
      ]),
      ...(row.snooze === null ? [] : [['', '', snoozeOf(session, row.snooze), '']]),
    ]
    return whats.map((what, index): Cell[] => [
      ...(index === 0
        ? [
            { count: row.points },
            row.customer,
            row.name,
            row.overdue.length === 1
              ? row.overdue[0]!
              : row.overdue.map((o) => speech.amount(o.amount, o.currency)).join(' + '),
            row.oldestDaysLate > 0 ? { count: row.oldestDaysLate } : '',
            row.owner,
          ]
        : ['', { again: row.customer }, { again: row.name }, '', '', { again: row.owner }]),
      ...what,
    ])
  })
  const text = table(
    [
      { title: labels.points, right: true },
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
    phrases.nothingToDo,
  )
  return [
    text,
    ...(explain ? rows.flatMap((row) => ['', ...explained(session, row)]) : []),
    ...(next === null ? [] : [left(phrases.more(next))]),
  ].join('\n')
}

function explained({ phrases, speech }: Session, row: WorklistRow): string[] {
  const width = Math.max(...row.why.map((p) => `${p.points}/${p.most}`.length))
  return [
    phrases.pointsHead(row.customer, row.name, row.points),
    ...row.why.map(({ reason, points, most, value }) => {
      const because = phrases.pointReasons[reason](row, speech)
      const unknown = reason === 'payer_risk' && value === null && row.habit !== null
      return `  ${`${points}/${most}`.padStart(width)}  ${because}${unknown ? ` (${phrases.tooFewPayments})` : ''}`
    }),
  ].map(plain)
}

function snoozeOf({ phrases, words, speech }: Session, snooze: NonNullable<WorklistRow['snooze']>): string {
  const until = speech.date(snooze.until)
  return snooze.back === null
    ? phrases.snoozedUntil(until, snooze.by, snooze.why)
    : phrases.backBefore(until, tellEvent(words, speech, snooze.back.event, snooze.back.data))
}

const documentsOf = ({ documents, count }: WorklistTask): string =>
  `${documents.join(', ')}${count > documents.length ? ` … (${count})` : ''}`
