import type { Command } from 'commander'
import type { CreditView, ShownLine } from '../../ledger/credit/shows.ts'
import { tellCode } from '../words/tell.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readCurrency, readDate, readId, readMoney } from './given.ts'
import { guaranteeTable } from './guaranteeText.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import type { Cell } from './table.ts'

const PLACES = {
  customer: 'CUSTOMER',
  amount: '--amount',
  from: '--from',
  to: '--to',
  reviewOn: '--review',
  why: '--why',
}

interface Requested {
  amount: string
  currency: string
  temporary?: boolean
  from?: string
  to?: string
  review?: string
  why: string
}

/** How much a customer may owe. */
export function addLines(program: Command, runs: Runs): void {
  const line = program
    .command('line')
    .description(
      'Credit lines: how much a customer may owe. Asking for more needs somebody who may agree; less does not.',
    )
  examples(
    line
      .command('request <customer>')
      .description(
        'Ask for a credit line, which takes the place of the one before; or with --temporary for more for a while.',
      )
      .requiredOption('--amount <amount>', 'how much')
      .option('--currency <code>', 'its currency', 'MXN')
      .option('--temporary', 'on top of the line, up to its last day')
      .option('--from <date>', 'first day (default: when it is agreed to)')
      .option('--to <date>', 'last day (default: until something else is decided)')
      .option('--review <date>', 'when it is to be looked at again (default: as the policy says)')
      .requiredOption('--why <text>', 'the reason')
      .action(runs(request)),
    'line request C-1001 --amount 250000 --why "twelve months without a late payment"',
    'line request C-1001 --amount 80000 --temporary --to 2026-12-31 --why "the bridge of Cumbres"',
  )
  addLowering(line, runs)
  addLineReads(line, runs)
}

async function request(session: Session, customer: string, options: Requested): Promise<void> {
  const { phrases } = session
  const { temporary, from, to, review, why } = options
  if (temporary && review !== undefined) throw new UsageError(phrases.notBoth('--temporary, --review'))
  if (temporary && to === undefined) throw new UsageError(phrases.sayOneOf('--to'))
  const { sendDecision } = await import('./send.ts')
  const currency = readCurrency(options.currency, '--currency', phrases)
  const asked = {
    customer,
    amount: readMoney(options.amount, currency, '--amount', phrases),
    ...(from === undefined ? {} : { from: readDate(from, '--from', phrases) }),
    why,
  }
  const last = to === undefined ? undefined : readDate(to, '--to', phrases)
  if (temporary)
    return sendDecision(session, { name: 'requestTemporaryLimit', content: { ...asked, to: last! } }, PLACES)
  const content = {
    ...asked,
    ...(last === undefined ? {} : { to: last }),
    ...(review === undefined ? {} : { reviewOn: readDate(review, '--review', phrases) }),
  }
  await sendDecision(session, { name: 'requestLine', content }, PLACES)
}

function addLowering(line: Command, runs: Runs): void {
  examples(
    line
      .command('reduce <id>')
      .description('Less, from today on. A raise that was to come does not come any more.')
      .requiredOption('--amount <amount>', 'what is left of it')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, options: { amount: string; why: string }) => {
          const [{ sendDecision }, { currencyOf }] = await Promise.all([
            import('./send.ts'),
            import('../../ledger/credit/shows.ts'),
          ])
          const number = readId(id, 'ID', session.phrases)
          const [sql, company] = [await session.ledger(), await session.company()]
          const currency = await currencyOf(sql, company, 'credit line', number)
          const amount = readMoney(options.amount, currency, '--amount', session.phrases)
          const content = { line: number, amount, why: options.why }
          await sendDecision(session, { name: 'reduceLine', content }, PLACES)
        }),
      ),
    'line reduce 4 --amount 100000 --why "pays later every month"',
  )
  examples(
    line
      .command('close <id>')
      .description('It is over from today on.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          const { sendDecision } = await import('./send.ts')
          const content = { line: readId(id, 'ID', session.phrases), why }
          await sendDecision(session, { name: 'closeLine', content }, PLACES)
        }),
      ),
    'line close 4 --why "buys in cash now"',
  )
  examples(
    line
      .command('review <id>')
      .description(
        'You have looked at it and it stays. It is looked at again by the day that the policy says.',
      )
      .option('--review <date>', 'sooner than that')
      .requiredOption('--why <text>', 'what you found')
      .action(
        runs(async (session, id: string, { review, why }: { review?: string; why: string }) => {
          const { sendDecision } = await import('./send.ts')
          const content = {
            line: readId(id, 'ID', session.phrases),
            ...(review === undefined ? {} : { reviewOn: readDate(review, '--review', session.phrases) }),
            why,
          }
          await sendDecision(session, { name: 'reviewLine', content }, PLACES)
        }),
      ),
    'line review 4 --why "statements of 2025 seen, as good as before"',
  )
}

function addLineReads(line: Command, runs: Runs): void {
  examples(
    line
      .command('show <customer>')
      .description('The limit of a customer, what it is made of, and how it came to be.')
      .option('--on <date>', 'as it was, or will be, on this day')
      .action(
        runs(async (session, customer: string, { on }: { on?: string }) => {
          const { readCredit } = await import('../../ledger/credit/shows.ts')
          const day = on === undefined ? null : readDate(on, '--on', session.phrases)
          const [sql, company] = [await session.ledger(), await session.company()]
          const view = await readCredit(sql, company, customer, day, Date.now())
          session.show(view, () => creditText(session, view))
        }),
      ),
    'line show C-1001',
    'line show C-1001 --on 2026-09-30 --json',
  )
  examples(
    line
      .command('list', { isDefault: true })
      .description('Credit lines, by number.')
      .option('--customer <code>', 'of this customer')
      .option('--by <date>', 'those that end or are to be reviewed by then')
      .option('--limit <n>', 'how many', '50')
      .option('--after <id>', 'those after this one')
      .action(
        runs(async (session, options: { customer?: string; by?: string; limit: string; after?: string }) => {
          const { listLines } = await import('../../ledger/credit/shows.ts')
          const of = await listed(session, options)
          const rows = await listLines(await session.ledger(), of)
          session.show({ lines: rows }, () => {
            const text = lineTable(session, rows)
            return rows.length === of.limit
              ? `${text}\n${session.left(session.phrases.more(String(rows.at(-1)!.id)))}`
              : text
          })
        }),
      ),
    'line list --by 2026-12-31',
  )
}

/** What lists of lines and of guarantees are asked by. */
export async function listed(
  session: Session,
  { customer, by, limit, after }: { customer?: string; by?: string; limit: string; after?: string },
) {
  const { phrases } = session
  return {
    company: await session.company(),
    now: Date.now(),
    limit: readId(limit, '--limit', phrases),
    ...(customer === undefined ? {} : { customer }),
    ...(by === undefined ? {} : { by: readDate(by, '--by', phrases) }),
    ...(after === undefined ? {} : { after: readId(after, '--after', phrases) }),
  }
}

const dateCell = (day: string | null): Cell => (day === null ? '' : { date: day })

function lineTable({ phrases, words, table }: Session, rows: readonly ShownLine[]): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.number, right: true },
      { title: labels.customer },
      { title: labels.kind },
      { title: labels.amount, right: true },
      { title: labels.from },
      { title: labels.until },
      { title: labels.review },
      { title: labels.state },
    ],
    rows.map((row) => [
      { count: row.id },
      row.customer,
      tellCode(words.lineKinds, row.kind),
      { amount: row.amount, currency: row.currency },
      { date: row.from },
      dateCell(row.to),
      dateCell(row.reviewOn),
      tellCode(words.creditStates, row.state),
    ]),
    phrases.nothing,
  )
}

function creditText(session: Session, view: CreditView): string {
  const { phrases, speech, table } = session
  const { labels } = phrases
  const limits = table(
    [
      { title: labels.limit, right: true },
      { title: labels.lines, right: true },
      { title: labels.guarantees, right: true },
    ],
    view.limits.map(({ currency, limit, lines, guarantees }) => [
      { amount: limit, currency },
      { amount: lines, currency },
      { amount: guarantees, currency },
    ]),
    phrases.noLimit,
  )
  const history = view.lines.flatMap((line) =>
    line.history.map(
      (t) =>
        `${speech.date(t.from)}  ${line.id}  ${speech.amount(t.amount, line.currency)}  ${phrases.by(t.actor)}; ${phrases.because(t.why)}`,
    ),
  )
  return [
    `${view.customer}, ${speech.date(view.on)}`,
    limits,
    ...(view.lines.length > 0 ? ['', lineTable(session, view.lines), '', ...history] : []),
    ...(view.guarantees.length > 0 ? ['', guaranteeTable(session, view.guarantees)] : []),
  ].join('\n')
}
