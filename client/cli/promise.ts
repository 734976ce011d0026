import type { Command } from 'commander'
import type { CaseCommands } from '../../domain/command.ts'
import { toJson } from '../../domain/money.ts'
import { collect, examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDateAmount, readId, readMoney } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

interface Terms {
  on: string[]
  by: string
}

const PLACES = {
  documents: 'DOC',
  instalments: '--on',
  'instalments.dueOn': '--on',
  'instalments.amount': '--on',
  madeBy: '--by',
  why: '--why',
  promise: 'ID',
}

/** What customers promise to pay, and when. */
export function addPromises(program: Command, runs: Runs): void {
  const promise = program
    .command('promise')
    .description('Record, withdraw, replace or excuse what a customer promised to pay; list it.')
  const terms = (command: Command) =>
    command
      .requiredOption(
        '--on <date[=amount]>',
        'day of payment, and how much of it; several are instalments; a lone day promises all that is open',
        collect,
      )
      .requiredOption('--by <person>', 'who promised it')
  examples(
    terms(
      promise
        .command('record <documents...>')
        .description('Record a promise: what it covers is not chased while it is open.'),
    ).action(
      runs(async (session, documents: string[], options: Terms) => {
        const { sendToCase } = await import('./send.ts')
        await sendToCase(
          session,
          { documents },
          'recordPromise',
          await readTerms(session, documents, options),
          PLACES,
        )
      }),
    ),
    'promise record F-1001 F-1002 --on 2026-12-04 --by "Laura Peña"',
    'promise record F-1001 --on 2026-12-04=5000 --on 2026-12-18=2500.50 --by "Laura Peña"',
  )
  addWithdrawal(promise, runs)
  addExcuse(promise, runs)
  addList(promise, runs)
  examples(
    terms(
      promise
        .command('replace <id> <documents...>')
        .description('Put a new promise in the place of an open one.'),
    )
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, documents: string[], options: Terms & { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          const content = {
            promise: number,
            why: options.why,
            ...(await readTerms(session, documents, options)),
          }
          await sendToCase(session, { promise: number }, 'replacePromise', content, PLACES)
        }),
      ),
    'promise replace 17 F-1001 --on 2026-12-11 --by "Laura Peña" --why "their bank was closed"',
  )
}

function addWithdrawal(promise: Command, runs: Runs): void {
  examples(
    promise
      .command('withdraw <id>')
      .description('Take a promise back: it counts as not kept, unless the error was ours.')
      .requiredOption('--why <text>', 'the reason')
      .option('--supplier-error', 'it was our error: it does not count against the customer')
      .action(
        runs(async (session, id: string, options: { why: string; supplierError?: boolean }) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          await sendToCase(
            session,
            { promise: number },
            'withdrawPromise',
            { promise: number, why: options.why, supplierError: options.supplierError ?? false },
            PLACES,
          )
        }),
      ),
    'promise withdraw 17 --why "the invoice was wrong" --supplier-error',
  )
}

function addExcuse(promise: Command, runs: Runs): void {
  examples(
    promise
      .command('excuse <id>')
      .description('It was not kept through an error of ours: it no longer counts against the customer.')
      .requiredOption('--why <text>', 'our error')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          await sendToCase(session, { promise: number }, 'excusePromise', { promise: number, why }, PLACES)
        }),
      ),
    'promise excuse 17 --why "our bank reference on the statement was wrong"',
  )
}

function addList(promise: Command, runs: Runs): void {
  examples(
    promise
      .command('list')
      .description('Show what a customer promised, what came of it, and how much counts against them.')
      .requiredOption('--customer <code>', 'the customer')
      .action(
        runs(async (session, { customer }: { customer: string }) => {
          const [{ promisesOfCustomer }, { promisesText }] = await Promise.all([
            import('../../ledger/showPromises.ts'),
            import('./promiseText.ts'),
          ])
          const shown = await promisesOfCustomer(await session.ledger(), await session.company(), customer)
          session.show(shown, () => promisesText(session, shown))
        }),
      ),
    'promise list --customer C-100',
    'promise list --customer C-100 --json',
  )
}

/** A day without amount promises what is open of the documents now. */
async function readTerms(
  session: Session,
  documents: string[],
  { on, by }: Terms,
): Promise<CaseCommands['recordPromise']> {
  const given = on.map((text) => readDateAmount(text, '--on', session.phrases))
  if (given.length > 1 && given.some((g) => g.amount === null))
    throw new UsageError(session.phrases.amountsForAll('--on'))
  const { namedReceivables } = await import('./documents.ts')
  const covered = await namedReceivables(session, documents)
  const currency = covered[0]!.currency
  const open = covered.reduce((sum, receivable) => sum + receivable.balance_minor, 0n)
  return {
    documents,
    instalments: given.map((g) => ({
      dueOn: g.on,
      amount:
        g.amount === null ? toJson(open, currency) : readMoney(g.amount, currency, '--on', session.phrases),
    })),
    madeBy: by,
  }
}
