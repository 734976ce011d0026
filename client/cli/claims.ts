import { type Command, Option } from 'commander'
import type { CaseCommands } from '../../domain/command.ts'
import { enCodes } from '../words/codes.en.ts'
import { examples } from './examples.ts'
import { readDate, readMoney } from './given.ts'
import type { Runs } from './run.ts'

const PLACES = {
  document: 'DOC',
  number: '--number',
  why: '--why',
  'by.document': '--by',
}

/** What changes a claim other than money. */
export function addClaims(program: Command, runs: Runs): void {
  examples(
    program
      .command('credit <document>')
      .description(
        'Issue a credit note for a document. What is more than its open amount stays open as credit.',
      )
      .requiredOption('--number <number>', 'number of the credit note')
      .requiredOption('--amount <amount>', "how much, in the document's currency")
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(
          async (
            session,
            document: string,
            { number, amount, why }: { number: string; amount: string; why: string },
          ) => {
            const [{ sendToCase }, { currencyFor }] = await Promise.all([
              import('./send.ts'),
              import('./documents.ts'),
            ])
            const money = readMoney(
              amount,
              await currencyFor(session, undefined, [document]),
              '--amount',
              session.phrases,
            )
            await sendToCase(
              session,
              { documents: [document] },
              'credit',
              { document, number, amount: money, why },
              PLACES,
            )
          },
        ),
      ),
    'credit F-1001 --number NC-7 --amount 1200.50 --why "20 bags were missing"',
  )
  addReplace(program, runs)
  addEnds(program, runs)
}

/** Without money: it should never have been, or it is given up. */
function addEnds(program: Command, runs: Runs): void {
  examples(
    program
      .command('cancel <document>')
      .description('The document should never have been: what is open of it goes back.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, document: string, { why }: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          await sendToCase(session, { documents: [document] }, 'cancel', { document, why }, PLACES)
        }),
      ),
    'cancel F-1001 --why "invoiced twice"',
  )
  examples(
    program
      .command('write-off <document>')
      .description(
        'Ask to give up collecting it in the books, which others approve. The claim stays: later money posts as recovery.',
      )
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, document: string, { why }: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          await sendToCase(session, { documents: [document] }, 'writeOff', { document, why }, PLACES)
        }),
      ),
    'write-off F-1001 --why "the company was dissolved"',
  )
}

interface Replaced {
  by: string
  amount: string
  issued: string
  due: string
  because: CaseCommands['replace']['why']
}

function addReplace(program: Command, runs: Runs): void {
  examples(
    program
      .command('replace <document>')
      .description('Invoice anew. Promise, dispute, pauses and applied money move along.')
      .requiredOption('--by <new>', 'number of the new document')
      .requiredOption('--amount <amount>', "its amount, in the old one's currency")
      .requiredOption('--issued <date>', 'its issue date')
      .requiredOption('--due <date>', 'its due date')
      .addOption(
        new Option(
          '--because <reason>',
          'our_error: its clock starts anew; customer_request: the old clock goes on',
        )
          .choices(Object.keys(enCodes.replaceReasons))
          .makeOptionMandatory(),
      )
      .action(
        runs(async (session, document: string, options: Replaced) => {
          const { phrases } = session
          const dates = {
            issuedOn: readDate(options.issued, '--issued', phrases),
            dueOn: readDate(options.due, '--due', phrases),
          }
          const [{ sendToCase }, { currencyFor }] = await Promise.all([
            import('./send.ts'),
            import('./documents.ts'),
          ])
          const amount = readMoney(
            options.amount,
            await currencyFor(session, undefined, [document]),
            '--amount',
            phrases,
          )
          await sendToCase(
            session,
            { documents: [document] },
            'replace',
            { document, by: { document: options.by, amount, ...dates }, why: options.because },
            PLACES,
          )
        }),
      ),
    'replace F-1001 --by F-1050 --amount 7500 --issued 2026-11-25 --due 2026-12-25 --because our_error',
  )
}
