import { type Command, Option } from 'commander'
import { RECEIPT_FORMS } from '../../domain/command.ts'
import {
  PLACEMENT_KINDS,
  type PlacementKind,
  REPORT_RESULTS,
  type ReportResult,
} from '../../domain/placement/placement.ts'
import type { PlacementCommandName, PlacementCommands } from '../../domain/placementCommand.ts'
import { collect, examples } from './examples.ts'
import { readCurrency, readDate, readId, readMoney } from './given.ts'
import { addPlacementReads } from './placementText.ts'
import { keepFiles, type ProofOptions, withProofs } from './proofs.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

const PLACES = {
  customer: 'CUSTOMER',
  documents: 'DOC',
  placement: 'ID',
  agency: '--agency',
  kind: '--kind',
  why: '--why',
  notes: '--notes',
  result: '--result',
  what: '--what',
  amount: '--amount',
  withheld: '--withheld',
  trackingKey: '--tracking-key',
  reference: '--reference',
}

/** Has a command about a placement carried out. */
export async function sendPlacement<N extends PlacementCommandName>(
  session: Session,
  name: N,
  content: PlacementCommands[N],
  places: Readonly<Record<string, string>> = PLACES,
): Promise<void> {
  const { sendDecision } = await import('./send.ts')
  await sendDecision(session, { name, content } as Parameters<typeof sendDecision>[1], places)
}

/** What conversation didn't bring in, in other hands. */
export function addPlacements(program: Command, runs: Runs): void {
  const placement = program
    .command('placement')
    .description(
      'Demand letters, lawyers and agencies: asked for, approved, offered, accepted, reported, recalled. A person of an agency (--as) sees its own placements and no others.',
    )
  addBeginning(placement, runs)
  addWork(placement, runs)
  addMoney(placement, runs)
  addEndings(placement, runs)
  addPlacementReads(placement, runs)
}

function addBeginning(placement: Command, runs: Runs): void {
  examples(
    placement
      .command('request <customer> [documents...]')
      .description('Ask to place documents, or all that is overdue. Nothing begins without an approval.')
      .addOption(
        new Option('--kind <kind>', 'a letter of ours, or who gets it')
          .choices(PLACEMENT_KINDS)
          .makeOptionMandatory(),
      )
      .option('--agency <code>', "with this one (default: the policy's rules choose)")
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(
          async (
            session,
            customer: string,
            documents: string[],
            options: { kind: PlacementKind; agency?: string; why: string },
          ) => {
            await sendPlacement(session, 'requestPlacement', {
              customer,
              ...options,
              ...(documents.length === 0 ? {} : { documents }),
            })
          },
        ),
      ),
    'placement request C-1001 --kind demand --why "no answer to three reminders"',
    'placement request C-1001 F-1001 F-1002 --kind agency --agency norte --why "closed its office"',
  )
  examples(
    placement
      .command('offer <id> <agency>')
      .description('Offer it to this agency, instead of the one that was asked.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, agency: string, { why }: { why: string }) => {
          await sendPlacement(session, 'offerPlacement', { placement: idOf(session, id), agency, why })
        }),
      ),
    'placement offer 7 norte --why "spoke with them"',
  )
  examples(
    placement
      .command('accept <id>')
      .description('Take what was offered. From now on our side says nothing to the customer about it.')
      .option('--notes <text>', 'what is to be said with it')
      .action(
        runs(async (session, id: string, options: { notes?: string }) => {
          await sendPlacement(session, 'acceptPlacement', { placement: idOf(session, id), ...options })
        }),
      ),
    'placement accept 7 --as nora',
  )
  examples(
    placement
      .command('decline <id>')
      .description('Turn it down: the next agency is asked, in the end a person.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          await sendPlacement(session, 'declinePlacement', { placement: idOf(session, id), why })
        }),
      ),
    'placement decline 7 --why "we already work for this customer" --as nora',
  )
}

function addWork(placement: Command, runs: Runs): void {
  examples(
    withProofs(
      placement
        .command('report <id>')
        .description('Say how it stands. The next report is due so many days later, as the policy says.')
        .addOption(
          new Option('--result <result>', 'how it stands').choices(REPORT_RESULTS).makeOptionMandatory(),
        )
        .requiredOption('--notes <text>', 'what happened'),
    ).action(
      runs(async (session, id: string, options: { result: ReportResult; notes: string } & ProofOptions) => {
        const { result, notes } = options
        await sendPlacement(session, 'reportPlacement', {
          placement: idOf(session, id),
          result,
          notes,
          ...(await keepFiles(session, options)),
        })
      }),
    ),
    'placement report 7 --result promised --notes "pays on Friday" --photo door.jpg --as nora',
  )
}

interface Paid {
  amount: string
  currency?: string
  on?: string
  reference?: string
}

function addMoney(placement: Command, runs: Runs): void {
  examples(
    placement
      .command('cost <id>')
      .description('A cost of it, which the agency is owed.')
      .requiredOption('--what <text>', 'what for')
      .requiredOption('--amount <amount>', 'how much')
      .option('--currency <code>', 'of the amount (default: MXN)')
      .option('--on <date>', 'when it arose (default: today)')
      .option('--reference <text>', 'number of the bill')
      .action(
        runs(async (session, id: string, options: Paid & { what: string }) => {
          const { what, on, reference } = options
          await sendPlacement(session, 'addPlacementCost', {
            placement: idOf(session, id),
            what,
            amount: moneyOf(session, options.amount, options.currency, '--amount'),
            ...(on === undefined ? {} : { incurredOn: readDate(on, '--on', session.phrases) }),
            ...(reference === undefined ? {} : { reference }),
          })
        }),
      ),
    'placement cost 7 --what "notary" --amount 1500 --reference N-88',
  )
  examples(
    placement
      .command('recovery <id>')
      .description(
        'Money that the customer paid to the agency: a receipt in its hands. It pays the placed documents, the oldest first.',
      )
      .requiredOption('--amount <amount>', 'how much')
      .option('--currency <code>', 'of the amount (default: MXN)')
      .requiredOption('--on <date>', 'when the customer paid')
      .addOption(new Option('--form <form>', 'how').choices(RECEIPT_FORMS).default('transfer'))
      .option('--tracking-key <key>', 'of the transfer')
      .option('--document <document>', 'which it pays; may be given again', collect)
      .action(
        runs(
          async (
            session,
            id: string,
            options: Paid & {
              on: string
              form: (typeof RECEIPT_FORMS)[number]
              trackingKey?: string
              document?: string[]
            },
          ) => {
            const { form, trackingKey, document } = options
            await sendPlacement(session, 'recordRecovery', {
              placement: idOf(session, id),
              amount: moneyOf(session, options.amount, options.currency, '--amount'),
              paidOn: readDate(options.on, '--on', session.phrases),
              form,
              ...(trackingKey === undefined ? {} : { trackingKey }),
              ...(document === undefined ? {} : { documents: document }),
            })
          },
        ),
      ),
    'placement recovery 7 --amount 5000 --on 2026-11-20 --tracking-key 2026112040014 --as nora',
  )
  examples(
    placement
      .command('remit <id>')
      .description('The agency pays over what it holds, less what it keeps for commission and costs.')
      .requiredOption('--amount <amount>', 'what came to our bank')
      .option('--withheld <amount>', 'what it kept of what it is owed')
      .option('--currency <code>', 'of the amounts (default: MXN)')
      .requiredOption('--on <date>', 'when it came')
      .option('--reference <text>', 'of the bank')
      .action(
        runs(async (session, id: string, options: Paid & { on: string; withheld?: string }) => {
          const { withheld, reference, currency } = options
          await sendPlacement(session, 'remitRecovery', {
            placement: idOf(session, id),
            amount: moneyOf(session, options.amount, currency, '--amount'),
            ...(withheld === undefined
              ? {}
              : { withheld: moneyOf(session, withheld, currency, '--withheld') }),
            paidOn: readDate(options.on, '--on', session.phrases),
            ...(reference === undefined ? {} : { reference }),
          })
        }),
      ),
    'placement remit 7 --amount 4375 --withheld 625 --on 2026-11-30',
  )
}

function addEndings(placement: Command, runs: Runs): void {
  examples(
    placement
      .command('recall <id>')
      .description('Take it back, or some documents of it: whoever has it is told to stop.')
      .option('--document <document>', 'only this one; may be given again', collect)
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { document, why }: { document?: string[]; why: string }) => {
          await sendPlacement(session, 'recallPlacement', {
            placement: idOf(session, id),
            ...(document === undefined ? {} : { documents: document }),
            why,
          })
        }),
      ),
    'placement recall 7 --why "agreed on instalments with us"',
    'placement recall 7 --document F-1002 --why "in dispute"',
  )
  const ends = [
    ['return', 'returnPlacement', 'Give it back: a person of the company looks at it.', '--as nora'],
    ['close', 'closePlacement', 'End it for another reason: a person looks at what is left.', ''],
  ] as const
  for (const [verb, name, description, as] of ends)
    examples(
      placement
        .command(`${verb} <id>`)
        .description(description)
        .requiredOption('--why <text>', 'the reason')
        .action(
          runs(async (session, id: string, { why }: { why: string }) => {
            await sendPlacement(session, name, { placement: idOf(session, id), why })
          }),
        ),
      `placement ${verb} 7 --why "the debtor is gone" ${as}`.trim(),
    )
}

export const idOf = (session: Session, id: string): number => readId(id, 'ID', session.phrases)

export const moneyOf = (session: Session, amount: string, currency: string | undefined, option: string) =>
  readMoney(amount, readCurrency(currency ?? 'MXN', '--currency', session.phrases), option, session.phrases)
