import { type Command, Option } from 'commander'
import type { CaseCommands } from '../../domain/command.ts'
import { enCodes } from '../words/codes.en.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'

interface Logged {
  task?: string
  customer?: string
  channel: CaseCommands['logContact']['channel']
  person: string
  result: CaseCommands['logContact']['result']
  notes?: string
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
    .description('Log a call, visit or message; add whom to write to.')
  addLog(contact, runs)
  addContact(contact, runs)
}

function addLog(contact: Command, runs: Runs): void {
  examples(
    contact
      .command('log')
      .description(
        'Log a conversation. One that reached somebody completes its task, and the step behind it.',
      )
      .option('--task <id>', 'the task that asked for it')
      .option('--customer <code>', 'the customer, when no task asked for it')
      .addOption(
        new Option('--channel <channel>', 'how').choices(Object.keys(enCodes.channels)).default('phone'),
      )
      .requiredOption('--person <name>', 'who was spoken to')
      .addOption(
        new Option('--result <result>', 'what came of it')
          .choices(Object.keys(enCodes.callResults))
          .makeOptionMandatory(),
      )
      .option('--notes <text>', 'what was said')
      .action(
        runs(async (session, options: Logged) => {
          const { task, customer, channel, person, result, notes } = options
          if ((task === undefined) === (customer === undefined))
            throw new UsageError(
              task === undefined
                ? session.phrases.sayOneOf('--task, --customer')
                : session.phrases.notBoth('--task, --customer'),
            )
          const id = task === undefined ? undefined : readId(task, '--task', session.phrases)
          const { sendToCase } = await import('./send.ts')
          const content = {
            channel,
            person,
            result,
            notes: notes ?? '',
            ...(id === undefined ? {} : { task: id }),
          }
          await sendToCase(
            session,
            id === undefined ? { customer: customer! } : { task: id },
            'logContact',
            content,
            { person: '--person', notes: '--notes' },
          )
        }),
      ),
    'contact log --task 12 --person "Laura Peña" --result promised --notes "pays on Friday"',
    'contact log --customer C-100 --channel whatsapp --person "Laura Peña" --result reached',
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
