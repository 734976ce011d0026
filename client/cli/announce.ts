import type { Command } from 'commander'
import { examples } from './examples.ts'
import { readId, readMoney } from './given.ts'
import { keepFiles, type ProofOptions, withProofs } from './proofs.ts'
import type { Runs } from './run.ts'

interface Announced extends ProofOptions {
  amount: string
  currency?: string
  trackingKey?: string
  days?: string
}

const PLACES = {
  documents: 'DOC',
  amount: '--amount',
  trackingKey: '--tracking-key',
  days: '--days',
  why: '--why',
}

/** "I have already paid." */
export function addAnnouncements(program: Command, runs: Runs): void {
  const announce = program
    .command('announce')
    .usage('[options] DOC…  |  withdraw [options] ID')
    .description('Note that a customer says to have paid: what it covers waits some days for the money.')
  examples(
    withProofs(
      announce
        .command('payment <documents...>', { isDefault: true })
        .description('Note the payment (the word "payment" may be left out).')
        .requiredOption('--amount <amount>', 'how much')
        .option('--currency <code>', 'its currency (default: that of the first document)')
        .option('--tracking-key <key>', 'tracking key of the transfer: finds the money when it comes')
        .option('--days <n>', 'days to wait (default: the policy says)'),
    ).action(
      runs(async (session, documents: string[], options: Announced) => {
        const [{ sendToCase }, { currencyFor }] = await Promise.all([
          import('./send.ts'),
          import('./documents.ts'),
        ])
        const days = options.days === undefined ? undefined : readId(options.days, '--days', session.phrases)
        const currency = await currencyFor(session, options.currency, documents)
        const content = {
          documents,
          amount: readMoney(options.amount, currency, '--amount', session.phrases),
          ...(options.trackingKey === undefined ? {} : { trackingKey: options.trackingKey }),
          ...(days === undefined ? {} : { days }),
          ...(await keepFiles(session, options)),
        }
        await sendToCase(session, { documents }, 'announcePayment', content, PLACES)
      }),
    ),
    'announce F-1001 F-1002 --amount 7500 --tracking-key 2026112540012BB0000123456 --slip spei.pdf',
  )
  examples(
    announce
      .command('withdraw <id>')
      .description('The customer did not pay after all.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, options: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const announcement = readId(id, 'ID', session.phrases)
          await sendToCase(
            session,
            { announcement },
            'withdrawAnnouncement',
            { announcement, why: options.why },
            PLACES,
          )
        }),
      ),
    'announce withdraw 4 --why "the transfer was sent to another supplier"',
  )
}
