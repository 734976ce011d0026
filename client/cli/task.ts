import { type Command, Option } from 'commander'
import type { CaseCommands } from '../../domain/command.ts'
import type { ShownTask } from '../../ledger/showContacts.ts'
import { enCodes } from '../words/codes.en.ts'
import { tellSubject, tellTaskKind, tellWhy } from '../words/tell.ts'
import { contactLines } from './contactText.ts'
import { collect, examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate, readId, readInstant } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { pairs } from './table.ts'

interface Dates {
  due?: string
  priority?: NonNullable<CaseCommands['planTask']['priority']>
  at?: string
  place?: string
}

const PLACES = {
  what: '--what',
  documents: '--document',
  owner: '--for',
  to: '--to',
  why: '--why',
  dueOn: '--due',
  plannedAt: '--at',
  place: '--place',
  resubmitOn: '--back',
}

/** What people have to do: asked for, planned, handed over, done. */
export function addTasks(program: Command, runs: Runs): void {
  const task = program
    .command('task')
    .description('Ask for a call or visit, plan it, hand it over; complete what is no conversation.')
  addAsking(task, runs)
  addPlanning(task, runs)
  addHandingOver(task, runs)
  examples(
    task
      .command('done <id>')
      .description('The task is done. A call or visit is completed by "contact log".')
      .requiredOption('--why <text>', 'what was done')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          await sendToCase(session, { task: number }, 'closeTask', { task: number, why }, PLACES)
        }),
      ),
    'task done 12 --why "orders are held in the ERP"',
  )
  examples(
    task
      .command('show <id>')
      .description('Show a task, whose it is today, and what was said about it.')
      .action(
        runs(async (session, id: string) => {
          const [{ showTask }, { companyToday }] = await Promise.all([
            import('../../ledger/showContacts.ts'),
            import('../../ledger/company.ts'),
          ])
          const number = readId(id, 'ID', session.phrases)
          const [sql, company] = [await session.ledger(), await session.company()]
          const shown = await showTask(sql, company, number, await companyToday(sql, company, Date.now()))
          session.show(shown, () => taskText(session, shown))
        }),
      ),
    'task show 12 --json',
  )
}

const dates = (command: Command): Command =>
  command
    .option('--due <date>', 'by when')
    .addOption(new Option('--priority <priority>', 'how urgent').choices(Object.keys(enCodes.priorities)))
    .option('--at <instant>', 'when a visit or call is agreed for, like 2026-11-27T10:00-06:00')
    .option('--place <text>', 'where')

const readDates = (session: Session, { due, priority, at, place }: Dates) => ({
  ...(due === undefined ? {} : { dueOn: readDate(due, '--due', session.phrases) }),
  ...(priority === undefined ? {} : { priority }),
  ...(at === undefined ? {} : { plannedAt: readInstant(at, '--at', session.phrases) }),
  ...(place === undefined ? {} : { place }),
})

function addAsking(task: Command, runs: Runs): void {
  interface Asked extends Dates {
    customer?: string
    document?: string[]
    what: string
    for?: string
  }
  examples(
    dates(
      task
        .command('add')
        .description('Ask for a call, a visit or a look at something.')
        .addArgument(task.createArgument('<kind>', 'what').choices(['call', 'visit', 'review']))
        .option('--customer <code>', 'about which customer')
        .option('--document <document>', 'about which receivables; may be given several times', collect)
        .requiredOption('--what <text>', 'what is to be done')
        .option('--for <person>', "whose task (default: the customer's analyst)"),
    ).action(
      runs(async (session, kind: CaseCommands['addTask']['kind'], options: Asked) => {
        const { customer, document, what } = options
        if ((customer === undefined) === (document === undefined))
          throw new UsageError(
            customer === undefined
              ? session.phrases.sayOneOf('--customer, --document')
              : session.phrases.notBoth('--customer, --document'),
          )
        const { sendToCase } = await import('./send.ts')
        await sendToCase(
          session,
          document === undefined ? { customer: customer! } : { documents: document },
          'addTask',
          {
            kind,
            what,
            ...(document === undefined ? {} : { documents: document }),
            ...(options.for === undefined ? {} : { owner: options.for }),
            ...readDates(session, options),
          },
          PLACES,
        )
      }),
    ),
    'task add visit --document F-1001 --what "collect the cheque" --for bea --at 2026-11-27T10:00-06:00 --place "Av. Juárez 10"',
    'task add call --customer C-100 --what "new purchase manager" --due 2026-12-01 --priority high',
  )
}

function addPlanning(task: Command, runs: Runs): void {
  examples(
    dates(
      task
        .command('plan <id>')
        .description('Say when, where and how urgently a task is to be done, or when to come back to it.')
        .option('--back <date>', 'out of the worklist until this day'),
    )
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, options: Dates & { back?: string; why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          const planned = {
            ...readDates(session, options),
            ...(options.back === undefined
              ? {}
              : { resubmitOn: readDate(options.back, '--back', session.phrases) }),
          }
          if (Object.keys(planned).length === 0)
            throw new UsageError(session.phrases.sayOneOf('--due, --priority, --at, --place, --back'))
          await sendToCase(
            session,
            { task: number },
            'planTask',
            { task: number, why: options.why, ...planned },
            PLACES,
          )
        }),
      ),
    'task plan 12 --back 2026-12-01 --why "the buyer is on holiday until then"',
    'task plan 14 --at 2026-11-27T10:00-06:00 --place "Torre Ámbar" --why "agreed by telephone"',
  )
}

function addHandingOver(task: Command, runs: Runs): void {
  examples(
    task
      .command('assign <id>')
      .description('Hand a task over to somebody else, for good. For a time there is "absence record".')
      .requiredOption('--to <person>', 'whose it is from now on')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { to, why }: { to: string; why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          await sendToCase(session, { task: number }, 'assignTask', { task: number, to, why }, PLACES)
        }),
      ),
    'task assign 12 --to bea --why "she knows the customer"',
  )
}

function taskText(session: Session, task: ShownTask): string {
  const { words, phrases, speech } = session
  const { labels } = phrases
  const facts = pairs([
    [
      labels.task,
      `${task.id} ${tellTaskKind(words, task.kind)}: ${tellSubject(words, task.subject, task.detail)}`,
    ],
    [labels.customer, `${task.customer.code} ${task.customer.name}`],
    [labels.document, task.documents.join(', ')],
    [
      labels.state,
      `${words.taskStates[task.state]}${task.closedWhy === null ? '' : ` (${tellWhy(words, task.closedWhy)})`}`,
    ],
    [
      labels.owner,
      task.actingOwner === task.owner
        ? task.owner
        : `${task.actingOwner} (${phrases.standsInFor(task.owner)})`,
    ],
    [labels.priority, words.priorities[task.priority]],
    [labels.dueOn, speech.date(task.dueOn)],
    [labels.back, task.resubmitOn === null ? '' : speech.date(task.resubmitOn)],
    [labels.planned, task.plannedAt === null ? '' : speech.moment(task.plannedAt, task.customer.timeZone)],
    [labels.place, task.place ?? ''],
  ])
  return [
    facts,
    ...(task.contacts.length === 0
      ? []
      : ['', labels.events, contactLines(session, task.contacts, task.customer.timeZone)]),
  ].join('\n')
}
