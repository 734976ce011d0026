import { type Command, Option } from 'commander'
import type { CaseCommands } from '../../domain/command.ts'
import { enCodes } from '../words/codes.en.ts'
import { examples } from './examples.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'

type Opened = Pick<CaseCommands['openDispute'], 'reason'> & { owner?: string; notes?: string }
type Resolved = Pick<CaseCommands['resolveDispute'], 'outcome' | 'why'>

/** What customers don't agree with. */
export function addDisputes(program: Command, runs: Runs): void {
  const dispute = program
    .command('dispute')
    .description('Open and resolve disputes: the disputed part is not chased, the rest is.')
  examples(
    dispute
      .command('open <documents...>')
      .description('Open a dispute over DOC or DOC=AMOUNT (all that is open, when no amount is said).')
      .addOption(
        new Option('--reason <reason>', 'what it is about')
          .choices(Object.keys(enCodes.disputeReasons))
          .makeOptionMandatory(),
      )
      .option('--owner <person>', 'who has to resolve it (default: who asks)')
      .option('--notes <text>', 'what the customer says')
      .action(
        runs(async (session, documents: string[], options: Opened) => {
          const [{ sendToCase }, { readLines }] = await Promise.all([
            import('./send.ts'),
            import('./documents.ts'),
          ])
          const lines = await readLines(session, documents, 'DOC')
          const content = {
            lines,
            reason: options.reason,
            owner: options.owner ?? session.actor,
            notes: options.notes ?? '',
          }
          await sendToCase(
            session,
            { documents: lines.map((line) => line.document) },
            'openDispute',
            content,
            { owner: '--owner', lines: 'DOC', notes: '--notes' },
          )
        }),
      ),
    'dispute open F-1001=1200.50 --reason quantity --owner almacen --notes "20 bags were missing"',
  )
  examples(
    dispute
      .command('resolve <id>')
      .description('End a dispute. An accepted one is followed by "credit".')
      .addOption(
        new Option('--outcome <outcome>', 'how it ended')
          .choices(Object.keys(enCodes.disputeOutcomes))
          .makeOptionMandatory(),
      )
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { outcome, why }: Resolved) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          await sendToCase(
            session,
            { dispute: number },
            'resolveDispute',
            { dispute: number, outcome, why },
            { why: '--why' },
          )
        }),
      ),
    'dispute resolve 3 --outcome accepted --why "the delivery note shows 80 bags"',
  )
}
