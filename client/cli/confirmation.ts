import { type Command, Option } from 'commander'
import { CONFIRMATION_MODES, CONFIRMATION_STATES, type ConfirmationState } from '../../domain/confirmation.ts'
import type { Minutes, ShownConfirmation } from '../../ledger/minutes.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readBalance, readDate, readDocumentAmount, readId } from './given.ts'
import { documentWriter } from './keptDocuments.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { type Cell, pairs } from './table.ts'

interface Asked {
  mode: (typeof CONFIRMATION_MODES)[number]
  asOf?: string
}

interface Answered {
  by: string
  on?: string
  agrees?: boolean
  total: string[]
  currency?: string
  reason: string
  owner?: string
  notes: string
}

const collect = (value: string, before: string[]): string[] => [...before, value]

/** Whether a balance is right, in the customer's books too. */
export function addConfirmations(program: Command, runs: Runs): void {
  const confirmation = program
    .command('confirmation')
    .description('Ask customers to confirm their balance, and record what they answer.')
  examples(
    confirmation
      .command('request <customer>')
      .description(
        'Write to a customer about its balance. confirmation: an answer is wanted in any case; notification: only when it ' +
          'differs, silence is agreement; request: the customer states its balance without seeing ours. Who is to answer and ' +
          'does not is reminded, and then called.',
      )
      .addOption(
        new Option('--mode <mode>', 'which answer is wanted')
          .choices(CONFIRMATION_MODES)
          .default('confirmation'),
      )
      .option('--as-of <date>', 'the day of the books (default: today)')
      .action(
        runs(async (session, customer: string, { mode, asOf }: Asked) => {
          const { sendToCase } = await import('./send.ts')
          const content = {
            mode,
            ...(asOf === undefined ? {} : { asOf: readDate(asOf, '--as-of', session.phrases) }),
          }
          await sendToCase(session, { customer }, 'requestConfirmation', content, { asOf: '--as-of' })
        }),
      ),
    'confirmation request C-100 --as-of 2026-10-31',
    'confirmation request C-100 --mode notification',
  )
  examples(
    confirmation
      .command('answer <id> [document=amount...]')
      .description(
        'Record an answer: that it agrees, or what their books have. Documents that are not named are as in our books; ' +
          'of a "request" the named ones are all they have. What they owe less of becomes a dispute.',
      )
      .requiredOption('--by <person>', 'who answered')
      .option('--on <date>', 'when (default: today)')
      .option('--agrees', 'their books have the same')
      .option(
        '--total <amount>',
        'the balance that they state, also 500=USD; may be given again',
        collect,
        [],
      )
      .option('--currency <code>', 'of the amounts (default: MXN)')
      .option('--reason <reason>', "of the dispute: one of the policy's list", 'other')
      .option('--owner <name>', 'who resolves the dispute (default: whom the policy names for the reason)')
      .option('--notes <text>', 'what they said', '')
      .action(runs(answer)),
    'confirmation answer 7 --by "Laura Peña" --agrees',
    'confirmation answer 7 --by "Laura Peña" F-1001=900 F-1002=0 X-77=500 --reason price_or_discount',
    'confirmation answer 8 --by "Laura Peña" --total 12000 --total 500=USD',
  )
  examples(
    confirmation
      .command('withdraw <id>')
      .description('Ask no more: nobody is reminded or called.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          const content = { confirmation: number, why }
          await sendToCase(session, { confirmation: number }, 'withdrawConfirmation', content, {
            why: '--why',
          })
        }),
      ),
    'confirmation withdraw 7 --why "asked for the wrong day"',
  )
  examples(
    confirmation
      .command('show <id>')
      .description(
        'What was asked and answered, and where the books differ: the minutes of a reconciliation.',
      )
      .option('--pdf <file>', 'make them as PDF, to be signed by both sides')
      .action(
        runs(async (session, id: string, { pdf }: { pdf?: string }) => {
          const number = readId(id, 'ID', session.phrases)
          if (pdf !== undefined) return toSign(session, number, pdf)
          const { minutesOf } = await import('../../ledger/minutes.ts')
          const minutes = await minutesOf(await session.ledger(), await session.company(), number)
          session.show(minutes, () => minutesText(session, minutes))
        }),
      ),
    'confirmation show 7',
    'confirmation show 7 --pdf minutes.pdf',
  )
  examples(
    confirmation
      .command('list')
      .description('Those that wait for an answer first, then the newest.')
      .addOption(new Option('--state <state>', 'only in this state').choices(CONFIRMATION_STATES))
      .option('--customer <code>', 'only of this customer')
      .option('--limit <n>', 'so many at most', '50')
      .action(
        runs(async (session, asked: { state?: ConfirmationState; customer?: string; limit: string }) => {
          const { confirmations } = await import('../../ledger/minutes.ts')
          const { state, customer } = asked
          const found = await confirmations(await session.ledger(), {
            company: await session.company(),
            limit: readId(asked.limit, '--limit', session.phrases),
            ...(state === undefined ? {} : { state }),
            ...(customer === undefined ? {} : { customer }),
          })
          session.show(found, () => listText(session, found))
        }),
      ),
    'confirmation list --state asked',
  )
}

async function answer(session: Session, id: string, documents: string[], said: Answered): Promise<void> {
  const { phrases } = session
  const { sendToCase } = await import('./send.ts')
  const confirmation = readId(id, 'ID', phrases)
  const usual = said.currency ?? 'MXN'
  const content = {
    confirmation,
    answeredBy: said.by,
    agrees: said.agrees ?? false,
    balances: documents.map((text) => {
      const { document, amount } = readDocumentAmount(text)
      if (amount === null) throw new UsageError(phrases.notAnAmount('DOCUMENT=AMOUNT', text, usual))
      return { document, amount: readBalance(amount, usual, document, phrases) }
    }),
    totals: said.total.map((text) => {
      const [amount = '', currency = usual] = text.split('=')
      return readBalance(amount, currency, '--total', phrases)
    }),
    reason: said.reason,
    notes: said.notes,
    ...(said.on === undefined ? {} : { answeredOn: readDate(said.on, '--on', phrases) }),
    ...(said.owner === undefined ? {} : { owner: said.owner }),
  }
  await sendToCase(session, { confirmation }, 'answerConfirmation', content, {
    answeredBy: '--by',
    answeredOn: '--on',
    owner: '--owner',
  })
}

async function toSign(session: Session, confirmation: number, file: string): Promise<void> {
  const { makeMinutes } = await import('../statements.ts')
  const write = await documentWriter(session)
  const { id, name, hash, bytes } = await makeMinutes(await session.door(), confirmation, session.actor)
  const written = { id, name, hash, bytes, file }
  await write(written, file)
  session.show({ documents: [written] }, () => session.phrases.documentWritten(written))
}

/** The facts, the totals by currency, and where the books differ. */
export function minutesText(session: Session, minutes: Minutes): string {
  const { phrases, words, speech, table } = session
  const { labels } = phrases
  const amount = (decimal: string | null, currency: string): Cell =>
    decimal === null ? '' : { amount: decimal, currency }
  const facts = pairs([
    [labels.number, String(minutes.id)],
    [labels.customer, `${minutes.customer.code} ${minutes.customer.name}`],
    [labels.case, minutes.case],
    [labels.what, words.confirmationModes[minutes.mode]],
    [labels.asOf, speech.date(minutes.asOf)],
    [labels.state, words.confirmationStates[minutes.state]],
    [labels.asked, `${speech.date(minutes.askedOn)}, ${minutes.askedBy}`],
    [labels.next, minutes.nextOn === null ? '' : speech.date(minutes.nextOn)],
    [
      labels.answer,
      minutes.answeredOn === null ? '' : `${speech.date(minutes.answeredOn)}, ${minutes.answeredBy}`,
    ],
    [
      labels.disputes,
      minutes.dispute === null
        ? ''
        : `${minutes.dispute.id}, ${minutes.dispute.owner}${minutes.dispute.outcome === null ? '' : `: ${words.disputeOutcomes[minutes.dispute.outcome as keyof typeof words.disputeOutcomes] ?? minutes.dispute.outcome}`}`,
    ],
  ])
  const totals = table(
    [
      { title: labels.currency },
      { title: labels.count, right: true },
      { title: labels.unapplied, right: true },
      { title: labels.ours, right: true },
      { title: labels.theirs, right: true },
      { title: labels.difference, right: true },
    ],
    minutes.totals.map((t): Cell[] => [
      t.currency,
      { count: t.documents },
      amount(t.cash, t.currency),
      amount(t.ours, t.currency),
      amount(t.theirs, t.currency),
      amount(t.difference, t.currency),
    ]),
    phrases.nothing,
  )
  if (minutes.differences.length === 0) return [facts, '', totals].join('\n')
  const differences = table(
    [
      { title: labels.document },
      { title: labels.ours, right: true },
      { title: labels.theirs, right: true },
      { title: labels.disputed, right: true },
    ],
    minutes.differences.map((d): Cell[] => [
      d.document === null ? phrases.unexplained : d.known ? d.document : phrases.onlyTheirs(d.document),
      amount(d.ours, d.currency),
      amount(d.theirs, d.currency),
      amount(d.disputed, d.currency),
    ]),
  )
  return [facts, '', totals, '', differences].join('\n')
}

export function listText(session: Session, found: readonly ShownConfirmation[]): string {
  const { phrases, words, table } = session
  const { labels } = phrases
  return table(
    [
      { title: labels.number, right: true },
      { title: labels.case },
      { title: labels.name, cut: true },
      { title: labels.what },
      { title: labels.asOf },
      { title: labels.state },
      { title: labels.asked },
      { title: labels.next },
      { title: labels.answer },
    ],
    found.map((c): Cell[] => [
      { count: c.id },
      c.case,
      c.customer.name,
      words.confirmationModes[c.mode],
      { date: c.asOf },
      words.confirmationStates[c.state],
      { date: c.askedOn },
      c.nextOn === null ? '' : { date: c.nextOn },
      c.answeredOn === null ? '' : { date: c.answeredOn },
    ]),
    phrases.nothing,
  )
}
