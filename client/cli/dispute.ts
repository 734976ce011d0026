import { type Command, Option } from 'commander'
import type { CaseCommands } from '../../domain/command.ts'
import { DISPUTE_REASONS, ROOT_CAUSES } from '../../domain/disputeLists.ts'
import { addDisputeReads } from './disputeText.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate, readId, readMoney } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

interface Opened {
  reason: string
  percent?: string
  of?: 'original' | 'open'
  amount?: string
  allOf?: string
  rootCause?: string
  owner?: string
  notes?: string
}
interface Resolved {
  outcome: CaseCommands['resolveDispute']['outcome']
  why: string
  line?: string[]
  number?: string
  by?: string
  amount?: string
  issued?: string
  due?: string
  rootCause?: string
}
interface Changed {
  reason?: string
  rootCause?: string
  owner?: string
  line?: string[]
  why: string
}

/** Where in a command's content each option goes. */
const PLACES = {
  owner: '--owner',
  lines: 'DOC',
  notes: '--notes',
  why: '--why',
  reason: '--reason',
  rootCause: '--root-cause',
  number: '--number',
  by: '--by',
  'share.percent': '--percent',
  'share.amount': '--amount',
}

/** What customers don't agree with. */
export function addDisputes(program: Command, runs: Runs): void {
  const dispute = program
    .command('dispute')
    .description(
      'Open, follow and resolve disputes: the disputed part is not chased, the rest is. Its owner has the days that the policy says; then the owner is reminded, and then the supervisor told. What is paid meanwhile is over by itself.',
    )
  addOpen(dispute, runs)
  addResolve(dispute, runs)
  addSplitAndChange(dispute, runs)
  addDisputeReads(dispute, runs)
}

function addOpen(dispute: Command, runs: Runs): void {
  examples(
    dispute
      .command('open [documents...]')
      .description(
        'Open one dispute over DOC or DOC=AMOUNT (all that is open, when no amount is said), or over a part of many.',
      )
      .requiredOption(
        '--reason <reason>',
        `what it is about: one of the policy's list (as shipped: ${Object.keys(DISPUTE_REASONS).join(', ')})`,
      )
      .option(
        '--percent <percent>',
        'so much percent of each, to the cent; together exactly that of their sum',
      )
      .addOption(
        new Option('--of <what>', 'percent of which amount')
          .choices(['original', 'open'])
          .default('original'),
      )
      .option('--amount <amount>', 'one amount over all of them, by their size')
      .option('--all-of <customer>', 'everything that is open of the customer, instead of naming documents')
      .option('--root-cause <cause>', `when it is known (as shipped: ${Object.keys(ROOT_CAUSES).join(', ')})`)
      .option('--owner <person>', 'who has to resolve it (default: whom the policy names for the reason)')
      .option('--notes <text>', 'what the customer says')
      .action(runs(open)),
    'dispute open F-1001=1200.50 --reason quantity --notes "20 bags were missing"',
    'dispute open --all-of C-1001 --percent 8 --reason price_or_discount --owner ventas-norte',
    'dispute open F-1001 F-1002 F-1003 --amount 500 --reason rebate',
  )
}

async function open(session: Session, documents: string[], options: Opened): Promise<void> {
  const { phrases } = session
  const given = [options.percent, options.amount].filter((o) => o !== undefined)
  if (given.length > 1) throw new UsageError(phrases.notBoth('--percent, --amount'))
  if ((documents.length === 0) === (options.allOf === undefined))
    throw new UsageError(phrases.sayOneOf('DOC…, --all-of'))
  const [{ sendToCase }, { currencyFor, readLines }] = await Promise.all([
    import('./send.ts'),
    import('./documents.ts'),
  ])
  const named = options.allOf === undefined ? documents : await openOf(session, options.allOf)
  const lines = await readLines(session, named, 'DOC')
  if (given.length > 0 && lines.some((line) => line.amount !== undefined))
    throw new UsageError(phrases.notBoth('DOC=AMOUNT, --percent/--amount'))
  const share =
    options.percent !== undefined
      ? { percent: options.percent, of: options.of ?? 'original' }
      : options.amount !== undefined
        ? {
            amount: readMoney(
              options.amount,
              await currencyFor(
                session,
                undefined,
                lines.map((l) => l.document),
              ),
              '--amount',
              phrases,
            ),
          }
        : undefined
  await sendToCase(
    session,
    { documents: lines.map((line) => line.document) },
    'openDispute',
    {
      lines,
      ...(share === undefined ? {} : { share }),
      reason: options.reason,
      ...(options.rootCause === undefined ? {} : { rootCause: options.rootCause }),
      ...(options.owner === undefined ? {} : { owner: options.owner }),
      notes: options.notes ?? '',
    },
    PLACES,
  )
}

async function openOf(session: Session, customer: string): Promise<string[]> {
  const { openDocuments } = await import('../../ledger/showDisputes.ts')
  return openDocuments(await session.ledger(), await session.company(), customer)
}

function addResolve(dispute: Command, runs: Runs): void {
  examples(
    dispute
      .command('resolve <id>')
      .description('Decide about a dispute, or about parts of it; it is over when nothing of it is left.')
      .addOption(
        new Option(
          '--outcome <outcome>',
          'credit_note: posted and applied; rebill: a new invoice takes the place of one document; rejected, withdrawn: chased again',
        )
          .choices(['credit_note', 'rebill', 'rejected', 'withdrawn'])
          .makeOptionMandatory(),
      )
      .requiredOption('--why <text>', 'the reason')
      .option('--line <document...>', 'only DOC or DOC=AMOUNT of it')
      .option('--number <number>', 'of the credit note')
      .option('--by <new>', 'number of the new invoice')
      .option('--amount <amount>', 'of the new invoice')
      .option('--issued <date>', 'its issue date')
      .option('--due <date>', 'its due date')
      .option('--root-cause <cause>', 'what it came from')
      .action(runs(resolve)),
    'dispute resolve 3 --outcome credit_note --number NC-88 --why "the delivery note shows 80 bags"',
    'dispute resolve 3 --outcome rejected --line F-1001=300 --why "these were delivered" --root-cause customer_error',
    'dispute resolve 4 --outcome rebill --by F-1050 --amount 7500 --issued 2026-11-25 --due 2026-12-25 --why "wrong tax id"',
  )
}

async function resolve(session: Session, id: string, options: Resolved): Promise<void> {
  const { phrases } = session
  const [{ sendToCase }, { currencyFor, readLines }] = await Promise.all([
    import('./send.ts'),
    import('./documents.ts'),
  ])
  const number = readId(id, 'ID', phrases)
  const lines = options.line === undefined ? undefined : await readLines(session, options.line, '--line')
  const { outcome, why, by, amount, issued, due } = options
  if (by !== undefined && (amount === undefined || issued === undefined || due === undefined))
    throw new UsageError(phrases.sayOneOf('--amount, --issued, --due'))
  await sendToCase(
    session,
    { dispute: number },
    'resolveDispute',
    {
      dispute: number,
      outcome,
      why,
      ...(lines === undefined ? {} : { lines }),
      ...(options.number === undefined ? {} : { number: options.number }),
      ...(options.rootCause === undefined ? {} : { rootCause: options.rootCause }),
      ...(by === undefined
        ? {}
        : {
            by: {
              document: by,
              amount: readMoney(
                amount!,
                await currencyFor(session, undefined, await documentsOf(session, number)),
                '--amount',
                phrases,
              ),
              issuedOn: readDate(issued!, '--issued', phrases),
              dueOn: readDate(due!, '--due', phrases),
            },
          }),
    },
    PLACES,
  )
}

async function documentsOf(session: Session, id: number): Promise<string[]> {
  const { readDispute } = await import('../../ledger/showDisputes.ts')
  return (await readDispute(await session.ledger(), await session.company(), id)).lines.map((l) => l.document)
}

function addSplitAndChange(dispute: Command, runs: Runs): void {
  examples(
    dispute
      .command('split <id>')
      .description('Take parts of a dispute into one of its own, for another owner or reason.')
      .requiredOption('--line <document...>', 'DOC or DOC=AMOUNT (all that is disputed of it)')
      .option('--reason <reason>', 'of the new one (default: the same)')
      .option('--owner <person>', 'of the new one')
      .requiredOption('--why <text>', 'the reason for splitting')
      .action(
        runs(async (session, id: string, { line, ...options }: Changed) => {
          const [{ sendToCase }, { readLines }] = await Promise.all([
            import('./send.ts'),
            import('./documents.ts'),
          ])
          const number = readId(id, 'ID', session.phrases)
          const lines = await readLines(session, line!, '--line')
          await sendToCase(
            session,
            { dispute: number },
            'splitDispute',
            { dispute: number, lines, ...options },
            { ...PLACES, lines: '--line' },
          )
        }),
      ),
    'dispute split 3 --line F-1002 F-1003=250 --reason quality --why "two deliveries, two causes"',
  )
  examples(
    dispute
      .command('change <id>')
      .description(
        'Another owner, reason or root cause. With the owner or the reason the service level begins anew.',
      )
      .option('--owner <person>', 'who has to resolve it from now on')
      .option('--reason <reason>', 'what it is about')
      .option('--root-cause <cause>', 'what it came from')
      .requiredOption('--why <text>', 'the reason for the change')
      .action(
        runs(async (session, id: string, options: Changed) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          await sendToCase(
            session,
            { dispute: number },
            'changeDispute',
            { dispute: number, ...options },
            PLACES,
          )
        }),
      ),
    'dispute change 3 --owner planta-2 --root-cause delivery_failed --why "loaded there"',
  )
}
