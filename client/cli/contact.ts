import { type Command, Option } from 'commander'
import type { CaseCommands } from '../../domain/command.ts'
import { KNOWN_RESULTS } from '../../domain/contactResult.ts'
import { enCodes } from '../words/codes.en.ts'
import { collect, examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate, readId, readInstant } from './given.ts'
import { keepFiles, type ProofOptions, withProofs } from './proofs.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

interface Outcomes {
  promise?: string[]
  dispute?: string[]
  announcement?: string[]
  provisional?: string[]
  madeTask?: string[]
}

interface Logged extends Outcomes, ProofOptions {
  task?: string
  customer?: string
  channel: CaseCommands['logContact']['channel']
  person: string
  result: CaseCommands['logContact']['result']
  notes?: string
  at?: string
  until?: string
  place?: string
  back?: string
}

interface Added {
  customer: string
  name: string
  email?: string
  phone?: string
  site?: string
  rank?: string
}

/** Conversations, and who is spoken to. */
export function addContacts(program: Command, runs: Runs): void {
  const contact = program
    .command('contact')
    .description('Log a call, visit or message, and see what was said; add whom to write to.')
  addLog(contact, runs)
  addCompletion(contact, runs)
  addList(contact, runs)
  addContact(contact, runs)
}

/** What came of a conversation, by the numbers of what was made. */
const outcomes = (command: Command): Command =>
  command
    .option('--promise <id>', 'the promise that came of it; may be given several times', collect)
    .option('--dispute <id>', 'the dispute', collect)
    .option('--announcement <id>', 'the announced payment', collect)
    .option('--provisional <number>', 'the provisional receipt', collect)
    .option('--made-task <id>', 'the task that was made for it', collect)

function readOutcomes(session: Session, given: Outcomes) {
  const ids = (texts: string[] | undefined, option: string) =>
    texts?.map((text) => readId(text, option, session.phrases))
  const read = {
    promises: ids(given.promise, '--promise'),
    disputes: ids(given.dispute, '--dispute'),
    announcements: ids(given.announcement, '--announcement'),
    provisionals: ids(given.provisional, '--provisional'),
    tasks: ids(given.madeTask, '--made-task'),
  }
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined))
}

function addLog(contact: Command, runs: Runs): void {
  examples(
    outcomes(
      withProofs(
        contact
          .command('log')
          .description(
            'Log a conversation. Its result closes the task that asked for it, brings it back or makes another.',
          )
          .option('--task <id>', 'the task that asked for it')
          .option('--customer <code>', 'the customer, when no task asked for it')
          .addOption(
            new Option('--channel <channel>', 'how').choices(Object.keys(enCodes.channels)).default('phone'),
          )
          .requiredOption('--person <name>', 'who was spoken to')
          .requiredOption(
            '--result <result>',
            `what came of it: ${KNOWN_RESULTS.join(', ')}, or what else the policy's contact_results has`,
          )
          .option('--notes <text>', 'what was said')
          .option('--at <instant>', 'when it was, like 2026-11-27T10:05-06:00 (default: now)')
          .option('--until <instant>', 'when it ended')
          .option('--place <text>', 'where it was')
          .option('--back <date>', 'speak again on this day, whatever the result would do'),
      ),
    ).action(runs(log)),
    'contact log --task 12 --person "Laura Peña" --result promised --promise 17 --notes "pays on Friday"',
    'contact log --task 12 --person "reception" --result no_answer',
    'contact log --task 14 --channel visit --person "Laura Peña" --result reached --at 2026-11-27T10:05-06:00 --place "Torre Ámbar" --photo patio.jpg',
    'contact log --customer C-100 --channel whatsapp --person "Laura Peña" --result reached --back 2026-12-01',
  )
}

async function log(session: Session, options: Logged): Promise<void> {
  const { task, customer, channel, person, result, notes, at, until, place, back } = options
  if ((task === undefined) === (customer === undefined))
    throw new UsageError(
      task === undefined
        ? session.phrases.sayOneOf('--task, --customer')
        : session.phrases.notBoth('--task, --customer'),
    )
  const id = task === undefined ? undefined : readId(task, '--task', session.phrases)
  const content = {
    channel,
    person,
    result,
    notes: notes ?? '',
    ...(id === undefined ? {} : { task: id }),
    ...(at === undefined ? {} : { beganAt: readInstant(at, '--at', session.phrases) }),
    ...(until === undefined ? {} : { endedAt: readInstant(until, '--until', session.phrases) }),
    ...(place === undefined ? {} : { place }),
    ...(back === undefined ? {} : { resubmitOn: readDate(back, '--back', session.phrases) }),
    ...readOutcomes(session, options),
    ...(await keepFiles(session, options)),
  }
  const { sendToCase } = await import('./send.ts')
  await sendToCase(
    session,
    id === undefined ? { customer: customer! } : { task: id },
    'logContact',
    content,
    {
      person: '--person',
      result: '--result',
      notes: '--notes',
      beganAt: '--at',
      endedAt: '--until',
      place: '--place',
      resubmitOn: '--back',
    },
  )
}

function addCompletion(contact: Command, runs: Runs): void {
  examples(
    outcomes(
      withProofs(
        contact
          .command('complete <id>')
          .description('Say afterwards what came of a conversation, or bring what proves it.'),
      ),
    ).action(
      runs(async (session, id: string, options: Outcomes & ProofOptions) => {
        const number = readId(id, 'ID', session.phrases)
        const content = { ...readOutcomes(session, options), ...(await keepFiles(session, options)) }
        if (Object.keys(content).length === 0)
          throw new UsageError(session.phrases.sayOneOf('--promise, --dispute, --provisional, --photo …'))
        const { sendToCase } = await import('./send.ts')
        await sendToCase(session, { contact: number }, 'linkContact', { contact: number, ...content }, {})
      }),
    ),
    'contact complete 31 --provisional 8 --signed recibo-8.pdf',
  )
}

function addList(contact: Command, runs: Runs): void {
  examples(
    contact
      .command('list')
      .description('Show the conversations with a customer, the newest first.')
      .requiredOption('--customer <code>', 'the customer')
      .option('--limit <n>', 'how many', '20')
      .option('--before <id>', 'those before this one')
      .action(
        runs(async (session, asked: { customer: string; limit: string; before?: string }) => {
          const [{ contactsOfCustomer }, { contactLines }] = await Promise.all([
            import('../../ledger/showContacts.ts'),
            import('./contactText.ts'),
          ])
          const size = readId(asked.limit, '--limit', session.phrases)
          const before =
            asked.before === undefined ? undefined : readId(asked.before, '--before', session.phrases)
          const [sql, company] = [await session.ledger(), await session.company()]
          const { contacts, timeZone } = await contactsOfCustomer(sql, company, asked.customer, size, before)
          session.show(contacts, () =>
            contacts.length === 0
              ? session.phrases.nothing
              : `${contactLines(session, contacts, timeZone)}${contacts.length === size ? `\n${session.phrases.moreBefore(contacts.at(-1)!.id)}` : ''}`,
          )
        }),
      ),
    'contact list --customer C-100',
  )
}

function addContact(contact: Command, runs: Runs): void {
  examples(
    contact
      .command('add')
      .description('Add a contact, or mend one: an address given again is written to again.')
      .requiredOption('--customer <code>', 'the customer')
      .requiredOption('--name <name>', 'the name')
      .option('--email <address>', 'mail address')
      .option('--phone <number>', 'telephone')
      .option('--site <site>', 'speaks only for this site')
      .option('--rank <n>', 'lower is asked first (default: 1)')
      .action(
        runs(async (session, options: Added) => {
          const { customer, rank, ...given } = options
          const order = rank === undefined ? undefined : readId(rank, '--rank', session.phrases)
          if (given.email === undefined && given.phone === undefined)
            throw new UsageError(session.phrases.sayOneOf('--email, --phone'))
          const { sendToCase } = await import('./send.ts')
          const content = {
            name: given.name,
            ...(given.email === undefined ? {} : { email: given.email }),
            ...(given.phone === undefined ? {} : { phone: given.phone }),
            ...(given.site === undefined ? {} : { site: given.site }),
            ...(order === undefined ? {} : { rank: order }),
          }
          await sendToCase(session, { customer }, 'addContact', content, {
            name: '--name',
            email: '--email',
            phone: '--phone',
            site: '--site',
            rank: '--rank',
          })
        }),
      ),
    'contact add --customer C-100 --name "Cuentas por pagar" --email pagos@example.com',
  )
}
