import { type Command, Option } from 'commander'
import { SIDES, type Side } from '../../domain/negotiationCommand.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate, readId } from './given.ts'
import { addNegotiationReads } from './negotiationText.ts'
import { OFFER_PLACES, type OfferOptions, readOffer, withOffer } from './offer.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

interface Offered extends OfferOptions {
  by: Side
  person: string
  validThrough?: string
  notes?: string
}

const PLACES = {
  ...OFFER_PLACES,
  documents: 'DOC',
  person: '--person',
  validThrough: '--valid-through',
  notes: '--notes',
  why: '--why',
  by: '--by',
}

/** Offers to customers and from them, until they are agreed to. */
export function addNegotiations(program: Command, runs: Runs): void {
  const negotiation = program
    .command('negotiation')
    .description(
      'Negotiate how a customer pays: instalments, later due dates, a discount for prompt payment, interest waived, a guarantee, any mix. What it covers is not chased meanwhile. Agreed and approved it takes effect at once; broken, what was given up is claimed again.',
    )
  addPropose(negotiation, runs)
  addCounter(negotiation, runs)
  addNegotiationReads(negotiation, runs)
  addEnds(negotiation, runs)
}

const withSpeakers = (command: Command): Command =>
  withOffer(command)
    .requiredOption('--person <name>', 'who speaks for the customer')
    .addOption(new Option('--by <side>', 'who offers').choices(SIDES).default('us'))
    .option('--valid-through <date>', "last day of the offer (default: the policy's days)")
    .option('--notes <text>', 'what was said')

function addPropose(negotiation: Command, runs: Runs): void {
  examples(
    withSpeakers(
      negotiation
        .command('propose <documents...>')
        .description('Make the first offer about documents of one customer and currency.'),
    ).action(
      runs(async (session, documents: string[], options: Offered) => {
        const [{ sendDecision }, { customerOfDocuments }] = await Promise.all([
          import('./send.ts'),
          import('../../ledger/negotiations/simulation.ts'),
        ])
        const { customer, currency } = await customerOfDocuments(
          await session.ledger(),
          await session.company(),
          documents,
        )
        await sendDecision(
          session,
          {
            name: 'proposeNegotiation',
            content: { customer, documents, ...offered(session, options, currency) },
          },
          PLACES,
        )
      }),
    ),
    'negotiation propose F-1001 F-1002 --pay 2026-12-04=20000 --pay 2027-01-08=15000 --person "Laura Peña"',
    'negotiation propose F-1001 --discount 3% --paid-by 2026-12-04 --person "Laura Peña"',
    'negotiation propose F-1001 F-1002 --by customer --extend 60 --guarantee pagare=50000 --person "Laura Peña"',
  )
}

function addCounter(negotiation: Command, runs: Runs): void {
  examples(
    withSpeakers(
      negotiation
        .command('counter <id>')
        .description('Put another offer in the place of the one on the table, by us or by the customer.'),
    ).action(
      runs(async (session, id: string, options: Offered) => {
        const { sendDecision } = await import('./send.ts')
        const { number, customer, currency } = await named(session, id)
        await sendDecision(
          session,
          {
            name: 'counterOffer',
            content: { customer, negotiation: number, ...offered(session, options, currency) },
          },
          PLACES,
        )
      }),
    ),
    'negotiation counter 4 --by customer --discount 5% --paid-by 2026-12-18 --person "Laura Peña"',
  )
}

function addEnds(negotiation: Command, runs: Runs): void {
  examples(
    negotiation
      .command('submit <id>')
      .description(
        'Both sides agree on the offer on the table: it is put to those who have to approve it, and then takes effect.',
      )
      .requiredOption('--person <name>', 'who agreed for the customer')
      .requiredOption('--why <text>', 'why it should be approved')
      .action(
        runs(async (session, id: string, { person, why }: { person: string; why: string }) => {
          const { sendDecision } = await import('./send.ts')
          const { number, customer } = await named(session, id)
          const content = { customer, negotiation: number, person, why }
          await sendDecision(session, { name: 'submitNegotiation', content }, PLACES)
        }),
      ),
    'negotiation submit 4 --person "Laura Peña" --why "their biggest client pays in January"',
  )
  examples(
    negotiation
      .command('withdraw <id>')
      .description('One of the sides takes its offer back: what it covers is chased again.')
      .addOption(new Option('--by <side>', 'who').choices(SIDES).default('us'))
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { by, why }: { by: Side; why: string }) => {
          const { sendDecision } = await import('./send.ts')
          const { number, customer } = await named(session, id)
          const content = { customer, negotiation: number, by, why }
          await sendDecision(session, { name: 'withdrawNegotiation', content }, PLACES)
        }),
      ),
    'negotiation withdraw 4 --by customer --why "they found a buyer for the stock"',
  )
}

function offered(session: Session, options: Offered, currency: string) {
  const offer = readOffer(session, options, currency)
  if (offer === undefined) throw new UsageError(session.phrases.negotiation.noOffer)
  return {
    offer,
    by: options.by,
    person: options.person,
    ...(options.validThrough === undefined
      ? {}
      : { validThrough: readDate(options.validThrough, '--valid-through', session.phrases) }),
    notes: options.notes ?? '',
  }
}

/** A negotiation by its number, with what commands say about it. */
async function named(
  session: Session,
  id: string,
): Promise<{ number: number; customer: string; currency: string }> {
  const { readNegotiation } = await import('../../ledger/negotiations/show.ts')
  const number = readId(id, 'ID', session.phrases)
  const view = await readNegotiation(await session.ledger(), await session.company(), number)
  return { number, customer: view.customer, currency: view.currency }
}
