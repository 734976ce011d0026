import { type Command, Option } from 'commander'
import { INSTRUMENTS, type Instrument } from '../../domain/placement/rules.ts'
import { tellCode } from '../words/tell.ts'
import { examples } from './examples.ts'
import { readDate, readId } from './given.ts'
import { idOf, sendPlacement } from './placement.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import type { Cell } from './table.ts'

const PLACES = {
  customer: 'CUSTOMER',
  document: 'DOC',
  instrument: '--instrument',
  reference: '--reference',
  startedOn: '--from',
  clock: 'ID',
  on: '--on',
  why: '--why',
}

/** How long claims can be sued for. */
export function addPrescriptions(program: Command, runs: Runs): void {
  const prescription = program
    .command('prescription')
    .description(
      'Clocks on claims: the supervisor is warned on working days before the last one, as the policy says.',
    )
  examples(
    prescription
      .command('start <customer> <document>')
      .description('Start the clock of a claim.')
      .addOption(
        new Option('--instrument <instrument>', 'what the claim rests on')
          .choices(INSTRUMENTS)
          .default('invoice'),
      )
      .option('--reference <text>', 'number of the pagaré or cheque')
      .option('--from <date>', 'when the term began (default: the due date of the document)')
      .action(
        runs(
          async (
            session,
            customer: string,
            document: string,
            options: { instrument: Instrument; reference?: string; from?: string },
          ) => {
            const { instrument, reference, from } = options
            await sendPlacement(
              session,
              'startPrescription',
              {
                customer,
                document,
                instrument,
                ...(reference === undefined ? {} : { reference }),
                ...(from === undefined ? {} : { startedOn: readDate(from, '--from', session.phrases) }),
              },
              PLACES,
            )
          },
        ),
      ),
    'prescription start C-1001 F-1001 --instrument pagare --reference P-12 --from 2026-03-31',
  )
  examples(
    prescription
      .command('interrupt <id>')
      .description('A suit, or the debtor has acknowledged the debt: the term begins anew.')
      .requiredOption('--on <date>', 'when that was')
      .requiredOption('--why <text>', 'what it was')
      .action(
        runs(async (session, id: string, { on, why }: { on: string; why: string }) => {
          await sendPlacement(
            session,
            'interruptPrescription',
            { clock: idOf(session, id), on: readDate(on, '--on', session.phrases), why },
            PLACES,
          )
        }),
      ),
    'prescription interrupt 3 --on 2026-11-20 --why "signed an acknowledgement"',
  )
  examples(
    prescription
      .command('list')
      .description('Clocks that run, those first that end first.')
      .option('--customer <code>', 'only of this customer')
      .option('--all', 'those too that are over')
      .option('--limit <n>', 'so many at most', '50')
      .action(runs(list)),
    'prescription list --customer C-1001',
  )
}

async function list(
  session: Session,
  { customer, all, limit }: { customer?: string; all?: boolean; limit: string },
): Promise<void> {
  const { prescriptions } = await import('../../ledger/placements/show.ts')
  const { phrases, words, table } = session
  const clocks = await prescriptions(await session.ledger(), await session.company(), session.actor, {
    all: all ?? false,
    limit: readId(limit, '--limit', phrases),
    ...(customer === undefined ? {} : { customer }),
  })
  const { labels } = phrases
  session.show({ clocks }, () =>
    table(
      [
        { title: labels.number, right: true },
        { title: labels.customer },
        { title: labels.document },
        { title: labels.instrument, cut: true },
        { title: labels.reference },
        { title: labels.starts },
        { title: labels.ends },
        { title: labels.state },
      ],
      clocks.map((c): Cell[] => [
        { count: c.id },
        c.customer,
        c.document,
        tellCode(words.instruments, c.instrument),
        c.reference,
        { date: c.startedOn },
        { date: c.endsOn },
        tellCode(words.clockStates, c.state),
      ]),
      phrases.nothing,
    ),
  )
}
