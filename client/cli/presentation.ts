import type { Command } from 'commander'
import { plainReviewDays } from '../../domain/reviewDays.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate } from './given.ts'
import type { Runs } from './run.ts'

/** Invoices that customers accept on their review days. */

export function addPresent(receivable: Command, runs: Runs): void {
  examples(
    receivable
      .command('present <documents...>')
      .description(
        "The customer has accepted these invoices for review: their term runs from that day, and the due date moves. What was known before stays in the terms' history.",
      )
      .requiredOption('--accepted-on <date>', 'the day of acceptance')
      .option('--why <text>', 'to correct a day that was said before')
      .action(
        runs(async (session, documents: string[], options: { acceptedOn: string; why?: string }) => {
          const { sendToCase } = await import('./send.ts')
          const acceptedOn = readDate(options.acceptedOn, '--accepted-on', session.phrases)
          await sendToCase(
            session,
            { documents },
            'present',
            { documents, acceptedOn, ...(options.why === undefined ? {} : { why: options.why }) },
            { documents: 'DOC', acceptedOn: '--accepted-on', why: '--why' },
          )
        }),
      ),
    'receivable present F-1001 F-1002 --accepted-on 2026-11-26',
    'receivable present F-1001 --accepted-on 2026-11-24 --why "the stamp says the 24th"',
  )
}

export function addReviewDays(kase: Command, runs: Runs): void {
  examples(
    kase
      .command('review-days <customer>')
      .description(
        'Say on which days the customer takes invoices for review. Until one is accepted it is not chased, and somebody is asked to present it on the next of these days; one on a holiday is held on the next working day.',
      )
      .option(
        '--on <days>',
        'mon,thu; or 1mon,3mon: the first and the third of the month; any: every working day',
      )
      .option('--include-open', 'what is open already waits to be accepted too (else it counts as accepted)')
      .option('--none', 'the customer takes invoices without review')
      .requiredOption('--why <text>', 'who said so')
      .action(
        runs(
          async (
            session,
            customer: string,
            options: { on?: string; none?: boolean; includeOpen?: boolean; why: string },
          ) => {
            const { sendToCase } = await import('./send.ts')
            if ((options.on === undefined) === (options.none === undefined))
              throw new UsageError(session.phrases.sayOneOf('--on, --none'))
            const days = options.on === 'any' ? '' : plainReviewDays(options.on ?? '')
            await sendToCase(
              session,
              { customer },
              'setReviewDays',
              {
                reviewDays: options.none ? null : days,
                includeOpen: options.includeOpen ?? false,
                why: options.why,
              },
              { reviewDays: '--on', why: '--why' },
            )
          },
        ),
      ),
    'case review-days C-1001 --on tue,thu --why "Lic. Ramos, accounts payable"',
  )
}
