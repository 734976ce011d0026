import type { Command } from 'commander'
import { localDateOf } from '../../domain/calendar.ts'
import type { MoneyJson } from '../../domain/money.ts'
import { examples } from './examples.ts'
import { readDate, readMoney } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

const PLACES = {
  customer: 'CUSTOMER',
  documents: 'DOC',
  document: 'DOC',
  lines: 'DOC',
  'share.percent': '--percent',
  'share.amount': '--amount',
  amount: '--amount',
  fee: 'FEE',
  through: '--through',
  why: '--why',
}

/** Interest and fees on overdue items. */
export function addInterest(program: Command, runs: Runs): void {
  const interest = program
    .command('interest')
    .description('Interest and fees on overdue items: shown, charged by a note, waived, added.')
  examples(
    interest
      .command('show <customer> [documents...]', { isDefault: true })
      .description('What is open of it; of named documents, how it came to be.')
      .option('--on <date>', 'reckoned up to this day (default: today)')
      .action(runs(show)),
    'interest show C-100',
    'interest show C-100 F-1001 --on 2026-12-31',
  )
  examples(
    interest
      .command('charge <customer> [documents...]')
      .description('Make a note of what is not charged yet, of all documents or of those named.')
      .option('--through <date>', 'interest up to this day (default: today)')
      .option('--why <text>', 'the reason')
      .action(runs(charge)),
    'interest charge C-100 --through 2026-11-30',
  )
  examples(
    interest
      .command('waive <customer> [documents...]')
      .description('Waive it: all, a percentage or an amount. Notes of interest are named like documents.')
      .option('--percent <percent>', 'so much of each')
      .option('--amount <amount>', 'so much of all, the oldest first')
      .option('--currency <code>', 'of the amount (default: MXN)')
      .requiredOption('--why <text>', 'the reason')
      .action(runs(waive)),
    'interest waive C-100 --percent 50 --why "paid within the week"',
    'interest waive C-100 INT-C-100-1 --why "our invoice was late"',
  )
  examples(
    interest
      .command('fee <customer> <document> [fee]')
      .description("Add a fee of the customer's policy, as for a returned cheque, or an amount.")
      .option('--amount <amount>', "in the document's currency")
      .requiredOption('--why <text>', 'the reason')
      .action(runs(fee)),
    'interest fee C-100 F-1001 returned_cheque --why "cheque 77 came back"',
  )
}

async function show(
  session: Session,
  code: string,
  documents: string[],
  { on }: { on?: string },
): Promise<void> {
  const [{ showInterest }, { findCustomer }, { interestText }] = await Promise.all([
    import('../../ledger/interest/show.ts'),
    import('../../ledger/customers.ts'),
    import('./interestText.ts'),
  ])
  const [sql, company] = [await session.ledger(), await session.company()]
  const day =
    on === undefined
      ? localDateOf(Date.now(), (await findCustomer(sql, company, code)).time_zone)
      : readDate(on, '--on', session.phrases)
  const view = await showInterest(sql, company, code, day, documents)
  session.show(view, () => interestText(session, view))
}

async function charge(
  session: Session,
  customer: string,
  documents: string[],
  { through, why }: { through?: string; why?: string },
): Promise<void> {
  const { sendDecision } = await import('./send.ts')
  const content = {
    customer,
    ...(documents.length > 0 ? { documents } : {}),
    ...(through === undefined ? {} : { through: readDate(through, '--through', session.phrases) }),
    ...(why === undefined ? {} : { why }),
  }
  await sendDecision(session, { name: 'chargeInterest', content }, PLACES)
}

interface Waiver {
  percent?: string
  amount?: string
  currency?: string
  why: string
}

async function waive(session: Session, customer: string, documents: string[], asked: Waiver): Promise<void> {
  const { sendDecision } = await import('./send.ts')
  const share = await shareOf(session, documents, asked)
  const content = {
    customer,
    ...(documents.length > 0 ? { lines: documents.map((document) => ({ document })) } : {}),
    ...(share === undefined ? {} : { share }),
    why: asked.why,
  }
  await sendDecision(session, { name: 'waiveInterest', content }, PLACES)
}

async function shareOf(
  session: Session,
  documents: readonly string[],
  { percent, amount, currency }: Waiver,
): Promise<{ percent: string } | { amount: MoneyJson } | undefined> {
  if (percent !== undefined && amount !== undefined) {
    const { UsageError } = await import('./exit.ts')
    throw new UsageError(session.phrases.notBoth('--percent, --amount'))
  }
  if (percent !== undefined) return { percent }
  if (amount === undefined) return undefined
  const { currencyFor } = await import('./documents.ts')
  const code = documents.length > 0 ? await currencyFor(session, currency, documents) : (currency ?? 'MXN')
  return { amount: readMoney(amount, code, '--amount', session.phrases) }
}

async function fee(
  session: Session,
  customer: string,
  document: string,
  id: string | undefined,
  { amount, why }: { amount?: string; why: string },
): Promise<void> {
  const [{ sendDecision }, { currencyFor }] = await Promise.all([
    import('./send.ts'),
    import('./documents.ts'),
  ])
  const content = {
    customer,
    document,
    ...(id === undefined ? {} : { fee: id }),
    ...(amount === undefined
      ? {}
      : {
          amount: readMoney(
            amount,
            await currencyFor(session, undefined, [document]),
            '--amount',
            session.phrases,
          ),
        }),
    why,
  }
  await sendDecision(session, { name: 'addFee', content }, PLACES)
}
