import type { Command } from 'commander'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate, readId } from './given.ts'
import type { Runs } from './run.ts'

interface Paused {
  document?: string
  customer?: string
  from?: string
  to: string
  why: string
}

/** The human brake. */
export function addPauses(program: Command, runs: Runs): void {
  examples(
    program
      .command('pause')
      .description('Contact nobody about a document, or a customer at all, from a day to a day.')
      .option('--document <document>', 'only this document')
      .option('--customer <code>', 'everything of this customer')
      .option('--from <date>', 'first day (default: today)')
      .requiredOption('--to <date>', 'last day')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, { document, customer, from, to, why }: Paused) => {
          const { phrases } = session
          if ((document === undefined) === (customer === undefined))
            throw new UsageError(
              document === undefined
                ? phrases.sayOneOf('--document, --customer')
                : phrases.notBoth('--document, --customer'),
            )
          const content = {
            ...(document === undefined ? {} : { document }),
            ...(from === undefined ? {} : { from: readDate(from, '--from', phrases) }),
            to: readDate(to, '--to', phrases),
            why,
          }
          const { sendToCase } = await import('./send.ts')
          await sendToCase(
            session,
            document === undefined ? { customer: customer! } : { documents: [document] },
            'pause',
            content,
            { why: '--why' },
          )
        }),
      ),
    'pause --customer C-100 --to 2026-12-15 --why "flooded, the plant stands still"',
  )
  examples(
    program
      .command('resume <pause>')
      .description('End a pause before its last day.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const pause = readId(id, 'PAUSE', session.phrases)
          await sendToCase(session, { pause }, 'resume', { pause, why }, { why: '--why' })
        }),
      ),
    'resume 8 --why "the plant works again"',
  )
}
