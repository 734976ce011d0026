import { type Command, Option } from 'commander'
import type { CaseCommands } from '../../domain/command.ts'
import type { ShownProvisional } from '../../ledger/showProvisionals.ts'
import { enCodes } from '../words/codes.en.ts'
import { tellCode } from '../words/tell.ts'
import { examples } from './examples.ts'
import { readId, readMoney } from './given.ts'
import { keepFiles, type ProofOptions, proofText, withProofs } from './proofs.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { pairs } from './table.ts'

interface Issued extends ProofOptions {
  amount: string
  currency?: string
  from: string
  form?: NonNullable<CaseCommands['issueProvisional']['form']>
  contact?: string
}

const PLACES = {
  documents: 'DOC',
  amount: '--amount',
  receivedFrom: '--from',
  contact: '--contact',
  receipt: '--receipt',
  why: '--why',
}

/** Money taken on the spot, against a receipt that is still to become a posted one. */
export function addProvisionals(program: Command, runs: Runs): void {
  const provisional = program
    .command('provisional')
    .description('Money taken on the spot: numbered receipts that have to become posted ones.')
  addIssuing(provisional, runs)
  examples(
    provisional
      .command('convert <number>')
      .description('The money is in the books: name the posted receipt that holds it.')
      .requiredOption('--receipt <receipt>', 'number of the posted receipt')
      .action(
        runs(async (session, number: string, { receipt }: { receipt: string }) => {
          const { sendToCase } = await import('./send.ts')
          const id = readId(number, 'NUMBER', session.phrases)
          await sendToCase(
            session,
            { provisional: id },
            'convertProvisional',
            { provisional: id, receipt },
            PLACES,
          )
        }),
      ),
    'provisional convert 31 --receipt R-2041',
    '# in one step: cartera pay --customer C-100 --amount 5000 --form cash --apply F-1001 --provisional 31',
  )
  examples(
    provisional
      .command('cancel <number>')
      .description('It was spoilt, or the money was given back; by another person than who wrote it.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, number: string, { why }: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const id = readId(number, 'NUMBER', session.phrases)
          await sendToCase(
            session,
            { provisional: id },
            'cancelProvisional',
            { provisional: id, why },
            PLACES,
          )
        }),
      ),
    'provisional cancel 32 --why "written twice, both copies are here" --as supervisor',
  )
  addReading(provisional, runs)
}

function addIssuing(provisional: Command, runs: Runs): void {
  examples(
    withProofs(
      provisional
        .command('issue <documents...>')
        .description('Write one: what it covers is not chased until the money is in the books.')
        .requiredOption('--amount <amount>', 'how much was taken')
        .option('--currency <code>', 'its currency (default: that of the first document)')
        .requiredOption('--from <person>', 'who gave it')
        .addOption(
          new Option('--form <form>', 'how').choices(Object.keys(enCodes.receiptForms)).default('cash'),
        )
        .option('--contact <id>', 'the visit on which it was written'),
    ).action(
      runs(async (session, documents: string[], options: Issued) => {
        const [{ sendToCase }, { currencyFor }] = await Promise.all([
          import('./send.ts'),
          import('./documents.ts'),
        ])
        const contact =
          options.contact === undefined ? undefined : readId(options.contact, '--contact', session.phrases)
        const currency = await currencyFor(session, options.currency, documents)
        await sendToCase(
          session,
          { documents },
          'issueProvisional',
          {
            documents,
            amount: readMoney(options.amount, currency, '--amount', session.phrases),
            receivedFrom: options.from,
            form: options.form ?? 'cash',
            ...(contact === undefined ? {} : { contact }),
            ...(await keepFiles(session, options)),
          },
          PLACES,
        )
      }),
    ),
    'provisional issue F-1001 F-1002 --amount 5000 --from "Laura Peña" --contact 31 --signed recibo-31.pdf',
  )
}

function addReading(provisional: Command, runs: Runs): void {
  interface Asked {
    customer?: string
    all?: boolean
    limit: string
    after?: string
  }
  examples(
    provisional
      .command('list')
      .description('Show the open ones, in the order of their numbers.')
      .option('--customer <code>', 'only of this customer')
      .option('--all', 'those that are in the books or cancelled too')
      .option('--limit <n>', 'how many', '50')
      .option('--after <number>', 'those after this one')
      .action(
        runs(async (session, { customer, all, limit, after }: Asked) => {
          const [{ provisionals }, today] = await Promise.all([
            import('../../ledger/showProvisionals.ts'),
            companyDay(session),
          ])
          const size = readId(limit, '--limit', session.phrases)
          const rows = await provisionals(await session.ledger(), {
            company: await session.company(),
            today,
            all: all ?? false,
            limit: size,
            ...(customer === undefined ? {} : { customer }),
            ...(after === undefined ? {} : { after: readId(after, '--after', session.phrases) }),
          })
          session.show(rows, () => listText(session, rows, rows.length === size))
        }),
      ),
    'provisional list',
    'provisional list --customer C-100 --all --json',
  )
  examples(
    provisional
      .command('show <number>')
      .description('Show one, with what proves it.')
      .action(
        runs(async (session, number: string) => {
          const [{ showProvisional }, today] = await Promise.all([
            import('../../ledger/showProvisionals.ts'),
            companyDay(session),
          ])
          const shown = await showProvisional(
            await session.ledger(),
            await session.company(),
            readId(number, 'NUMBER', session.phrases),
            today,
          )
          session.show(shown, () => text(session, shown))
        }),
      ),
    'provisional show 31',
  )
}

async function companyDay(session: Session): Promise<string> {
  const { companyToday } = await import('../../ledger/company.ts')
  return companyToday(await session.ledger(), await session.company(), Date.now())
}

const stateText = ({ words, phrases, speech }: Session, row: ShownProvisional): string =>
  row.late
    ? `${words.provisionalStates.open}: ${phrases.lateSince(speech.date(row.convertBy))}`
    : `${words.provisionalStates[row.state]}${row.receipt === null ? '' : ` (${row.receipt})`}`

function listText(session: Session, rows: readonly ShownProvisional[], more: boolean): string {
  const { phrases, table, left } = session
  const { labels } = phrases
  const list = table(
    [
      { title: labels.number, right: true },
      { title: labels.customer },
      { title: labels.amount, right: true },
      { title: labels.issued },
      { title: labels.issuedBy },
      { title: labels.dueOn },
      { title: labels.state },
      { title: labels.document, cut: true },
    ],
    rows.map((row) => [
      { count: row.number },
      row.customer,
      { amount: row.amount, currency: row.currency },
      { date: row.issuedOn },
      row.issuedBy,
      { date: row.convertBy },
      stateText(session, row),
      row.documents.join(', '),
    ]),
    phrases.nothing,
  )
  return more ? `${list}\n${left(phrases.more(String(rows.at(-1)!.number)))}` : list
}

function text(session: Session, row: ShownProvisional): string {
  const { words, phrases, speech } = session
  const { labels } = phrases
  return pairs([
    [labels.number, String(row.number)],
    [labels.customer, row.customer],
    [labels.amount, `${speech.amount(row.amount, row.currency)}, ${tellCode(words.receiptForms, row.form)}`],
    [labels.person, row.receivedFrom],
    [labels.document, row.documents.join(', ')],
    [labels.issued, `${speech.date(row.issuedOn)}, ${phrases.by(row.issuedBy)}`],
    [labels.dueOn, speech.date(row.convertBy)],
    [labels.state, stateText(session, row)],
    [labels.proof, proofText(session, row.proof)],
  ])
}
