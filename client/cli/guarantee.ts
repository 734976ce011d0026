import { type Command, Option } from 'commander'
import { GUARANTEE_KINDS, type GuaranteeKind } from '../../domain/credit/limit.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readCurrency, readDate, readId, readMoney } from './given.ts'
import { guaranteeTable, guaranteeText } from './guaranteeText.ts'
import { listed } from './line.ts'
import { keepFiles, type ProofOptions, withProofs } from './proofs.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

const PLACES = {
  customer: 'CUSTOMER',
  reference: '--reference',
  givenBy: '--by',
  amount: '--amount',
  coveragePercent: '--coverage',
  signedOn: '--signed-on',
  maturesOn: '--matures-on',
  from: '--from',
  to: '--to',
  proof: '--proof',
  why: '--why',
}

interface Validity {
  from?: string
  to?: string
  coverage?: string
}
interface Registered extends ProofOptions, Validity {
  kind: GuaranteeKind
  reference: string
  by: string
  amount: string
  currency: string
  signedOn?: string
  maturesOn?: string
  why: string
}
interface Renewed extends ProofOptions, Validity {
  amount?: string
  why: string
}

/** What stands behind a customer's debt. */
export function addGuarantees(program: Command, runs: Runs): void {
  const guarantee = program
    .command('guarantee')
    .description(
      'Guarantees: what stands behind a debt, and how much of it counts for the limit. The analyst is asked to renew each in time; one that lapses lowers the limit at once.',
    )
  addRegistering(guarantee, runs)
  addEnding(guarantee, runs)
  addGuaranteeReads(guarantee, runs)
}

function validity({ phrases }: Session, { from, to, coverage }: Validity) {
  return {
    ...(from === undefined ? {} : { from: readDate(from, '--from', phrases) }),
    ...(to === undefined ? {} : { to: readDate(to, '--to', phrases) }),
    ...(coverage === undefined ? {} : { coveragePercent: readId(coverage, '--coverage', phrases) }),
  }
}

function addRegistering(guarantee: Command, runs: Runs): void {
  examples(
    withProofs(
      guarantee
        .command('register <customer>')
        .description('Take one in, with the papers that prove it. It counts when somebody has agreed to it.')
        .addOption(
          new Option('--kind <kind>', 'what it is').choices([...GUARANTEE_KINDS]).makeOptionMandatory(),
        )
        .requiredOption('--reference <text>', 'folio, deed, contract or policy number')
        .requiredOption('--by <name>', 'who stands for it: signer, owner, bank, insurer, guarantor')
        .requiredOption('--amount <amount>', 'what it is good for')
        .option('--currency <code>', 'its currency', 'MXN')
        .option(
          '--coverage <percent>',
          'how much of it counts (default: what the policy lets count of its kind)',
        )
        .option('--signed-on <date>', 'when the paper was signed: needed for a pagaré')
        .option('--matures-on <date>', 'when it falls due (default: at sight)')
        .option('--from <date>', 'first day (default: when it is agreed to)')
        .option('--to <date>', 'last day (default: until it is given back)')
        .requiredOption('--why <text>', 'the reason'),
    ).action(runs(register)),
    'guarantee register C-1001 --kind insurance --reference P-778 --by "Seguros del Norte" --amount 500000 --to 2027-05-31 --why "policy of the year" --proof poliza.pdf',
    'guarantee register C-1001 --kind pagare --reference "folio 12" --by "Luis Peña" --amount 200000 --signed-on 2026-11-25 --matures-on 2027-11-25 --why "for the line" --signed pagare-12.pdf',
  )
  examples(
    withProofs(
      guarantee
        .command('renew <id>')
        .description('It goes on from the day after its last one, or counts again from today.')
        .option('--from <date>', 'another first day')
        .option('--to <date>', 'last day (default: until it is given back)')
        .option('--amount <amount>', 'what it is good for from then on')
        .option('--coverage <percent>', 'how much of it counts')
        .requiredOption('--why <text>', 'the reason'),
    ).action(
      runs(async (session, id: string, { amount, why, ...options }: Renewed) => {
        const { sendDecision } = await import('./send.ts')
        const number = readId(id, 'ID', session.phrases)
        const content = {
          guarantee: number,
          ...validity(session, options),
          ...(amount === undefined ? {} : { amount: await inItsCurrency(session, number, amount) }),
          ...(await keepFiles(session, options)),
          why,
        }
        await sendDecision(session, { name: 'renewGuarantee', content }, PLACES)
      }),
    ),
    'guarantee renew 7 --to 2028-05-31 --amount 550000 --why "renewed by the insurer" --proof endoso.pdf',
  )
  examples(
    withProofs(
      guarantee.command('document <id>').description('Keep more papers of it in the document store.'),
    ).action(
      runs(async (session, id: string, options: ProofOptions) => {
        const { sendDecision } = await import('./send.ts')
        const number = readId(id, 'ID', session.phrases)
        const { proof } = await keepFiles(session, options)
        if (proof === undefined)
          throw new UsageError(session.phrases.sayOneOf('--photo, --signed, --slip, --proof'))
        await sendDecision(
          session,
          { name: 'attachGuaranteeDocument', content: { guarantee: number, proof } },
          PLACES,
        )
      }),
    ),
    'guarantee document 7 --signed escritura.pdf --photo casa.jpg',
  )
}

async function register(session: Session, customer: string, options: Registered): Promise<void> {
  const { phrases } = session
  const { kind, reference, by, signedOn, maturesOn, why } = options
  const { sendDecision } = await import('./send.ts')
  const currency = readCurrency(options.currency, '--currency', phrases)
  const content = {
    customer,
    kind,
    reference,
    givenBy: by,
    amount: readMoney(options.amount, currency, '--amount', phrases),
    ...validity(session, options),
    ...(signedOn === undefined ? {} : { signedOn: readDate(signedOn, '--signed-on', phrases) }),
    ...(maturesOn === undefined ? {} : { maturesOn: readDate(maturesOn, '--matures-on', phrases) }),
    ...(await keepFiles(session, options)),
    why,
  }
  await sendDecision(session, { name: 'registerGuarantee', content }, PLACES)
}

async function inItsCurrency(session: Session, id: number, amount: string) {
  const { currencyOf } = await import('../../ledger/credit/shows.ts')
  const currency = await currencyOf(await session.ledger(), await session.company(), 'guarantee', id)
  return readMoney(amount, currency, '--amount', session.phrases)
}

function addEnding(guarantee: Command, runs: Runs): void {
  examples(
    guarantee
      .command('release <id>')
      .description('Give it back: it counts no longer. Somebody has to agree.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          const { sendDecision } = await import('./send.ts')
          const content = { guarantee: readId(id, 'ID', session.phrases), why }
          await sendDecision(session, { name: 'releaseGuarantee', content }, PLACES)
        }),
      ),
    'guarantee release 7 --why "the customer buys in cash now"',
  )
  examples(
    guarantee
      .command('realise <id>')
      .description('So much of it was called in; the rest still counts. Post the money itself with "pay".')
      .requiredOption('--amount <amount>', 'how much')
      .requiredOption('--why <text>', 'what for')
      .action(
        runs(async (session, id: string, { amount, why }: { amount: string; why: string }) => {
          const { sendDecision } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          const content = { guarantee: number, amount: await inItsCurrency(session, number, amount), why }
          await sendDecision(session, { name: 'realiseGuarantee', content }, PLACES)
        }),
      ),
    'guarantee realise 7 --amount 120000 --why "F-1001 and F-1002 were not paid"',
  )
}

function addGuaranteeReads(guarantee: Command, runs: Runs): void {
  examples(
    guarantee
      .command('show <id>')
      .description('One guarantee: what it covers, how that came to be, and its papers.')
      .action(
        runs(async (session, id: string) => {
          const { readGuarantee } = await import('../../ledger/credit/shows.ts')
          const number = readId(id, 'ID', session.phrases)
          const view = await readGuarantee(
            await session.ledger(),
            await session.company(),
            number,
            Date.now(),
          )
          session.show(view, () => guaranteeText(session, view))
        }),
      ),
    'guarantee show 7',
  )
  examples(
    guarantee
      .command('list', { isDefault: true })
      .description('Guarantees, by number.')
      .option('--customer <code>', 'of this customer')
      .option('--by <date>', 'those that end by then')
      .option('--limit <n>', 'how many', '50')
      .option('--after <id>', 'those after this one')
      .action(
        runs(async (session, options: { customer?: string; by?: string; limit: string; after?: string }) => {
          const { listGuarantees } = await import('../../ledger/credit/shows.ts')
          const of = await listed(session, options)
          const rows = await listGuarantees(await session.ledger(), of)
          session.show({ guarantees: rows }, () => {
            const text = guaranteeTable(session, rows)
            return rows.length === of.limit
              ? `${text}\n${session.left(session.phrases.more(String(rows.at(-1)!.id)))}`
              : text
          })
        }),
      ),
    'guarantee list --by 2027-03-31 --output garantias.xlsx',
  )
}
