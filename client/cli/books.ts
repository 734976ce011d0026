import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import type { ReceiptCommands, ReceiptInput } from '../../domain/command.ts'
import { enCodes } from '../words/codes.en.ts'
import { collect, examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate, readDocumentAmount, readId, readMoney } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

interface Paid {
  customer?: string
  payer?: string
  amount?: string
  currency?: string
  on?: string
  postingOn?: string
  form?: NonNullable<ReceiptInput['form']>
  trackingKey?: string
  reference?: string
  number?: string
  apply?: string[]
  provisional?: string
  contingency?: string
  file?: string
}

const PLACES = {
  'receipts.customer': '--customer',
  'receipts.payer': '--payer',
  'receipts.number': '--number',
  'receipts.trackingKey': '--tracking-key',
  'receipts.reference': '--reference',
  'receipts.applications': '--apply',
  receipt: 'RECEIPT',
  credit: '--credit',
  applications: 'DOC',
  why: '--why',
}
/** A file of receipts may be long; asking again finds the same work. */
const FILE_WITHIN_MS = 15 * 60_000

/** Money: received, applied, taken back. */
export function addBooks(program: Command, runs: Runs): void {
  addPay(program, runs)
  addApply(program, runs)
  addTie(program, runs)
  examples(
    program
      .command('reverse <receipt>')
      .description('Take a receipt back: what it had paid is owed again.')
      .addOption(
        new Option(
          '--reason <reason>',
          'what happened; a payment that bounced breaks the promise that it kept',
        )
          .choices(Object.keys(enCodes.reversalReasons))
          .makeOptionMandatory(),
      )
      .requiredOption('--why <text>', 'the reason in words')
      .option('--posting-on <date>', 'day of the books (default: today)')
      .action(
        runs(
          async (
            session,
            receipt: string,
            options: { reason: ReceiptCommands['reverse']['reason']; why: string; postingOn?: string },
          ) => {
            const { sendToBooks } = await import('./send.ts')
            const content = {
              receipt,
              reason: options.reason,
              why: options.why,
              ...postingDay(options.postingOn, session),
            }
            await sendToBooks(session, { name: 'reverse', content }, PLACES)
          },
        ),
      ),
    'reverse R-2041 --reason bounced --why "cheque returned, no funds"',
  )
}

function addTie(program: Command, runs: Runs): void {
  examples(
    program
      .command('tie <receipt>')
      .description(
        'A receipt of contingency is this transfer of the bank: the same money is not posted again.',
      )
      .requiredOption('--tracking-key <key>', "the transfer's tracking key")
      .action(
        runs(async (session, receipt: string, { trackingKey }: { trackingKey: string }) => {
          const { sendDecision } = await import('./send.ts')
          await sendDecision(session, { name: 'tieReceipt', content: { receipt, trackingKey } }, PLACES)
        }),
      ),
    'tie R-2041 --tracking-key 2026112440012BB0000123456',
  )
}

function addPay(program: Command, runs: Runs): void {
  examples(
    program
      .command('pay')
      .description(
        'Post money received. Without --customer and --payer it is unidentified; what is not applied stays unapplied.',
      )
      .option('--customer <code>', 'customer who paid')
      .option('--payer <code>', 'payer, when one pays for several customers')
      .option('--amount <amount>', 'how much')
      .option('--currency <code>', 'its currency (default: that of the first document applied to)')
      .option('--on <date>', 'value date: the day on which the customer paid (default: today)')
      .option(
        '--posting-on <date>',
        'day of the books (default: the value date, or the first open day after it)',
      )
      .addOption(
        new Option('--form <form>', 'form of payment (default: transfer)').choices(
          Object.keys(enCodes.receiptForms),
        ),
      )
      .option('--tracking-key <key>', 'tracking key of the transfer: the same money is not posted twice')
      .option('--reference <text>', "the bank's reference")
      .option('--number <number>', 'number of the receipt (default: one is made of the key)')
      .option(
        '--apply <doc[=amount]>',
        'apply to this document, all of it or an amount; may be given several times',
        collect,
      )
      .option('--provisional <number>', 'the provisional receipt that this money was taken against')
      .option('--contingency <why>', 'the bank does not show it yet: posted when somebody else agrees')
      .option('--file <file>', 'post all receipts of a CSV file instead: all of them or none')
      .action(
        runs((session, { file, ...options }: Paid) =>
          file === undefined ? payOne(session, options) : payFile(session, file, options),
        ),
      ),
    'pay --customer C-100 --amount 12500.00 --apply F-1001 --apply F-1002=2500',
    'pay --amount 980.50 --currency MXN --on 2026-11-24 --tracking-key 2026112440012BB0000123456',
    'pay --customer C-100 --amount 5000 --form cash --apply F-1001 --provisional 31',
    'pay --customer C-100 --amount 5000 --contingency "paid at the branch, the bank posts tomorrow"',
    'pay --file receipts.csv',
    '# columns: receipt,currency,amount,value_on,customer,payer,posting_on,form,tracking_key,reference,apply_to,apply_amount',
  )
}

async function payOne(session: Session, options: Paid): Promise<void> {
  const { phrases } = session
  if (options.amount === undefined) throw new UsageError(phrases.sayOneOf('--amount, --file'))
  if (options.customer !== undefined && options.payer !== undefined)
    throw new UsageError(phrases.notBoth('--customer, --payer'))
  const valueOn = options.on === undefined ? await companyDay(session) : readDate(options.on, '--on', phrases)
  const [{ sendDecision, sendToBooks }, { currencyFor, readLines }] = await Promise.all([
    import('./send.ts'),
    import('./documents.ts'),
  ])
  const applied = options.apply ?? []
  const currency = await currencyFor(
    session,
    options.currency,
    applied.map((text) => readDocumentAmount(text).document),
  )
  const receipt: ReceiptInput = {
    // Of the key, so that asking again under the key is the same receipt.
    number:
      options.number ??
      `R-${createHash('sha256').update(session.key).digest('hex').slice(0, 10).toUpperCase()}`,
    ...(options.customer === undefined ? {} : { customer: options.customer }),
    ...(options.payer === undefined ? {} : { payer: options.payer }),
    amount: readMoney(options.amount, currency, '--amount', phrases),
    form: options.form ?? 'transfer',
    ...(options.trackingKey === undefined ? {} : { trackingKey: options.trackingKey }),
    reference: options.reference ?? '',
    valueOn,
    ...postingDay(options.postingOn, session),
    applications: await readLines(session, applied, '--apply', currency),
    ...(options.provisional === undefined
      ? {}
      : { provisional: readId(options.provisional, '--provisional', phrases) }),
  }
  if (options.contingency === undefined)
    await sendToBooks(session, { name: 'post', content: { receipts: [receipt] } }, PLACES)
  else
    await sendDecision(
      session,
      { name: 'postContingency', content: { receipt, why: options.contingency } },
      { receipt: 'pay', why: '--contingency' },
    )
}

async function payFile(session: Session, file: string, others: Omit<Paid, 'file'>): Promise<void> {
  const given = Object.keys(others).map((name) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`))
  if (given.length > 0) throw new UsageError(session.phrases.notBoth(`--file, --${given[0]}`))
  const content = readFileSync(file)
  const [{ sendToBooks }, { readReceipts }, { upload }, { BadFile }] = await Promise.all([
    import('./send.ts'),
    import('../../domain/receiptFile.ts'),
    import('../../ledger/uploads.ts'),
    import('../failures.ts'),
  ])
  // Told at once, before anything is sent.
  const { errors } = await readReceipts(content)
  if (errors.length > 0) throw new BadFile(errors)
  const hash = await upload(await session.ledger(), content)
  await sendToBooks(
    session,
    { name: 'postFile', upload: hash, fileName: basename(file) },
    PLACES,
    FILE_WITHIN_MS,
  )
}

function addApply(program: Command, runs: Runs): void {
  examples(
    program
      .command('apply')
      .usage('[options] RECEIPT DOC[=AMOUNT]…  |  --credit DOC DOC[=AMOUNT]…')
      .description('Apply money that came before, or an open credit: all the applications or none.')
      .argument('<what...>', 'the receipt and the documents; with --credit only the documents')
      .option('--credit <document>', 'apply this open credit instead of a receipt')
      .option('--posting-on <date>', 'day of the books (default: today)')
      .action(
        runs(async (session, what: string[], options: { credit?: string; postingOn?: string }) => {
          const documents = options.credit === undefined ? what.slice(1) : what
          if (documents.length === 0) throw new UsageError(session.phrases.sayOneOf('DOC[=AMOUNT]'))
          const [{ sendToBooks }, { readLines }] = await Promise.all([
            import('./send.ts'),
            import('./documents.ts'),
          ])
          const content = {
            applications: await readLines(session, documents, 'DOC'),
            ...postingDay(options.postingOn, session),
          }
          if (options.credit === undefined)
            await sendToBooks(session, { name: 'apply', content: { receipt: what[0]!, ...content } }, PLACES)
          else
            await sendToBooks(
              session,
              { name: 'applyCredit', content: { credit: options.credit, ...content } },
              PLACES,
            )
        }),
      ),
    'apply R-2041 F-1001 F-1002=2500',
    'apply --credit NC-7 F-1003',
  )
}

const postingDay = (text: string | undefined, session: Session): { postingOn?: string } =>
  text === undefined ? {} : { postingOn: readDate(text, '--posting-on', session.phrases) }

async function companyDay(session: Session): Promise<string> {
  const { companyToday } = await import('../../ledger/company.ts')
  return companyToday(await session.ledger(), await session.company(), Date.now())
}
