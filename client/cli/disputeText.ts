import type { Command } from 'commander'
import type { DisputeView, ShownAmounts } from '../../ledger/showDisputes.ts'
import type { Label } from '../words/phrases.ts'
import { tellCode, tellListed } from '../words/tell.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate, readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { type Cell, type Column, pairs } from './table.ts'

/** Reads of disputes: the list, one of them with its amounts, the reasons that there are. */

interface Listed {
  owner?: string
  customer?: string
  late?: boolean
  limit: string
  after?: string
}

export function addDisputeReads(dispute: Command, runs: Runs): void {
  examples(
    dispute
      .command('list')
      .description('Open disputes with their amounts, those first whose service level ends first.')
      .option('--owner <person>', 'whose')
      .option('--customer <code>', 'of this customer')
      .option('--late', 'only those whose service level is over')
      .option('--limit <n>', 'how many', '50')
      .option('--after <place>', 'those after this place of the list')
      .action(runs(list)),
    'dispute list --owner logistics --late',
    'dispute list --output aclaraciones.xlsx --limit 5000',
  )
  examples(
    dispute
      .command('show <id>')
      .description('One dispute: each document with what became of the amount.')
      .action(
        runs(async (session, id: string) => {
          const { readDispute } = await import('../../ledger/showDisputes.ts')
          const number = readId(id, 'ID', session.phrases)
          const view = await readDispute(await session.ledger(), await session.company(), number)
          session.show(view, () => disputeText(session, view))
        }),
      ),
    'dispute show 3',
  )
  examples(
    dispute
      .command('reasons [customer]')
      .description(
        "The reasons and root causes of the customer's policy, with who resolves them and in how many working days.",
      )
      .action(runs(reasons)),
    'dispute reasons',
    'dispute reasons C-1001 --json',
  )
}

const AMOUNTS: readonly [keyof ShownAmounts, Label][] = [
  ['original', 'original'],
  ['disputed', 'disputed'],
  ['paid', 'paid'],
  ['credited', 'credited'],
  ['cleared', 'cleared'],
  ['writtenOff', 'writtenOff'],
  ['rejected', 'rejected'],
]
const amountColumns = ({ phrases }: Session): Column[] =>
  AMOUNTS.map(([, label]) => ({ title: phrases.labels[label], right: true }))
const amountCells = (amounts: ShownAmounts, currency: string): Cell[] =>
  AMOUNTS.map(([key]) => (key === 'original' ? { amount: amounts[key], currency } : { amount: amounts[key] }))

async function list(session: Session, options: Listed): Promise<void> {
  const { phrases, words, table, left } = session
  const limit = readId(options.limit, '--limit', phrases)
  const [{ readDisputes }, { companyToday }] = await Promise.all([
    import('../../ledger/showDisputes.ts'),
    import('../../ledger/company.ts'),
  ])
  const [sql, company] = [await session.ledger(), await session.company()]
  const rows = await readDisputes(sql, {
    company,
    limit,
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    ...(options.customer === undefined ? {} : { customer: options.customer }),
    ...(options.late ? { lateOn: await companyToday(sql, company, Date.now()) } : {}),
    ...(options.after === undefined ? {} : { after: placeOf(session, options.after) }),
  })
  const last = rows.length === limit ? rows.at(-1) : undefined
  const next = last ? `${last.dueOn ?? last.openedOn}:${last.id}` : null
  session.show({ disputes: rows, next }, () => {
    const { labels } = phrases
    const columns: Column[] = [
      { title: labels.number, right: true },
      { title: labels.customer },
      { title: labels.what, cut: true },
      { title: labels.owner },
      { title: labels.dueOn },
      ...amountColumns(session),
    ]
    const cells = rows.flatMap((d) =>
      d.totals.map(({ currency, ...amounts }): Cell[] => [
        { count: d.id },
        d.customer,
        tellListed(words, 'disputeReasons', d.reason, d.words.reason),
        d.owner,
        d.dueOn === null ? '' : { date: d.dueOn },
        ...amountCells(amounts, currency),
      ]),
    )
    const text = table(columns, cells, phrases.nothing)
    return next === null ? text : `${text}\n${left(phrases.more(next))}`
  })
}

function placeOf({ phrases }: Session, text: string): { dueOn: string; id: number } {
  const [day, id] = text.split(':')
  if (day === undefined || id === undefined) throw new UsageError(phrases.notADate('--after', text))
  return { dueOn: readDate(day, '--after', phrases), id: readId(id, '--after', phrases) }
}

/** Its facts, and under them a line for each document. */
export function disputeText(session: Session, view: DisputeView): string {
  const { phrases, words, speech, table } = session
  const { labels } = phrases
  const state =
    view.outcome === null
      ? ''
      : `${tellCode(words.disputeOutcomes, view.outcome)} (${speech.date(view.resolvedOn)})`
  const facts = pairs([
    [labels.number, String(view.id)],
    [labels.customer, `${view.customer} ${view.name}`],
    [labels.what, tellListed(words, 'disputeReasons', view.reason, view.words.reason)],
    [
      labels.rootCause,
      view.rootCause === null ? '' : tellListed(words, 'rootCauses', view.rootCause, view.words.rootCause),
    ],
    [labels.owner, view.owner],
    [labels.date, speech.date(view.openedOn)],
    [labels.dueOn, view.dueOn === null ? '' : speech.date(view.dueOn)],
    [labels.state, state],
  ])
  const rows = view.lines.map(({ document, currency, ...amounts }): Cell[] => [
    document,
    ...amountCells(amounts, currency),
  ])
  return `${facts}\n\n${table([{ title: labels.document }, ...amountColumns(session)], rows)}`
}

/** In order, what is nothing else last. */
const byCode = <T>(list: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(list).sort(([a], [b]) => (a === 'other' ? 1 : b === 'other' ? -1 : a.localeCompare(b, 'en')))

async function reasons(session: Session, customer: string | undefined): Promise<void> {
  const { policyFor } = await import('../../ledger/policies.ts')
  const { phrases, words, table } = session
  const { labels } = phrases
  const { disputes } = await policyFor(await session.ledger(), await session.company(), customer ?? null)
  session.show(disputes, () =>
    [
      table(
        [
          { title: labels.what },
          { title: labels.name, cut: true },
          { title: labels.owner },
          { title: labels.workingDays, right: true },
        ],
        byCode(disputes.reasons).map(([code, reason]): Cell[] => [
          code,
          reason[words.language],
          reason.owner || labels.analyst,
          { count: reason.service_working_days },
        ]),
      ),
      '',
      table(
        [{ title: labels.rootCause }, { title: labels.name, cut: true }],
        byCode(disputes.root_causes).map(([code, cause]) => [code, cause[words.language]]),
      ),
    ].join('\n'),
  )
}
