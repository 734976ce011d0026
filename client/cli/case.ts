import type { Command } from 'commander'
import type { CaseView, CustomerCase } from '../../ledger/show.ts'
import { caseText } from './caseText.ts'
import { examples } from './examples.ts'
import { addReviewDays } from './presentation.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import type { Cell } from './table.ts'

/** The receivables of one customer that are chased together. */
export function addCases(program: Command, runs: Runs): void {
  const collectionCase = program
    .command('case')
    .usage('[options] CASE|CUSTOMER  |  review-days CUSTOMER')
    .description('Show a collection case: what is owed, agreed, planned and sent.')
  examples(
    collectionCase
      .command('show <case>', { isDefault: true })
      .description('Show a case by its key, or by its customer (the word "show" may be left out).')
      .action(runs(show)),
    'case show C-100',
    'case show "C-100:site:Torre Ámbar" --json',
  )
  addReviewDays(collectionCase, runs)
}

async function show(session: Session, wanted: string): Promise<void> {
  const { casesOfCustomer, showCase } = await import('../../ledger/show.ts')
  const [sql, company] = [await session.ledger(), await session.company()]
  const view = await orNull(showCase(sql, company, wanted, Date.now()))
  if (view)
    return tell(
      session,
      view,
      (await casesOfCustomer(sql, company, view.customer.code)).filter((c) => c.key !== view.key),
    )
  const cases = await casesOfCustomer(sql, company, wanted)
  const [only] = cases
  if (only && cases.length === 1) return tell(session, await showCase(sql, company, only.key, Date.now()), [])
  session.show({ customer: wanted, cases }, () => listOf(session, wanted, cases))
}

function tell(session: Session, view: CaseView, others: readonly CustomerCase[]): void {
  session.show({ ...view, otherCases: others.map((c) => c.key) }, () =>
    [
      caseText(session, view),
      ...(others.length > 0 ? ['', session.phrases.otherCases(others.map((c) => c.key).join(', '))] : []),
    ].join('\n'),
  )
}

/** A key that isn't a case's may still be a customer's. */
async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch (error) {
    if ((error as { refusal?: unknown }).refusal === 'NotFound') return null
    throw error
  }
}

function listOf(
  { phrases, speech, words, table }: Session,
  customer: string,
  cases: readonly CustomerCase[],
): string {
  if (cases.length === 0) return phrases.nothing
  const { labels } = phrases
  const rows = cases.map((c): Cell[] => [
    c.key,
    { count: c.open },
    Object.entries(c.stages)
      .map(([stage, count]) => `${words.stages[stage as keyof typeof words.stages]} ${count}`)
      .join(', '),
    c.nextWakeAt === null ? phrases.whenAsked : speech.moment(c.nextWakeAt, 'UTC'),
  ])
  return `${phrases.manyCases(customer)}\n${table([{ title: labels.case, cut: true }, { title: labels.open, right: true }, { title: labels.stage }, { title: `${labels.next} (UTC)` }], rows)}`
}
