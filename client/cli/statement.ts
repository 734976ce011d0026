import type { Command } from 'commander'
import { localDateOf } from '../../domain/calendar.ts'
import type { AttachmentFormat } from '../../domain/policy.ts'
import { examples } from './examples.ts'
import { readDate } from './given.ts'
import { documentWriter } from './keptDocuments.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

interface Asked {
  asOf?: string
  pdf?: string
  xlsx?: string
}

/** What a customer owes, to read here or to hand out. */
export function addStatements(program: Command, runs: Runs): void {
  examples(
    program
      .command('statement <customer>')
      .description(
        "A customer's statement of account: on the screen, or as documents to hand out, which are kept.",
      )
      .option('--as-of <date>', 'day of the books (default: today)')
      .option('--pdf <file>', 'make it as PDF')
      .option('--xlsx <file>', 'make it as an Excel workbook')
      .action(
        runs(async (session, customer: string, options: Asked) => {
          const asOf =
            options.asOf === undefined ? undefined : readDate(options.asOf, '--as-of', session.phrases)
          if (options.pdf === undefined && options.xlsx === undefined) await onScreen(session, customer, asOf)
          else await asFiles(session, customer, asOf, options)
        }),
      ),
    'statement C-100',
    'statement C-100 --pdf statement.pdf --xlsx statement.xlsx',
    'statement C-100 --as-of 2026-10-31 --pdf october.pdf',
  )
}

async function onScreen(session: Session, code: string, said: string | undefined): Promise<void> {
  const [{ findCustomer }, { statementOf }, { statementText, statementView }] = await Promise.all([
    import('../../ledger/customers.ts'),
    import('../../ledger/statement.ts'),
    import('./statementText.ts'),
  ])
  const [sql, company] = [await session.ledger(), await session.company()]
  const customer = await findCustomer(sql, company, code)
  const view = statementView(
    await statementOf(sql, customer, said ?? localDateOf(Date.now(), customer.time_zone)),
  )
  session.show(view, () => statementText(session, view))
}

/** Made by the workers, as what goes along with a message is; read from the store. */
async function asFiles(
  session: Session,
  customer: string,
  asOf: string | undefined,
  options: Asked,
): Promise<void> {
  const files = (['pdf', 'xlsx'] satisfies AttachmentFormat[]).flatMap((format) => {
    const file = options[format]
    return file === undefined ? [] : [{ format, file }]
  })
  const { makeStatement } = await import('../statements.ts')
  const write = await documentWriter(session)
  session.asked = true
  const made = await makeStatement(
    await session.door(),
    {
      customer,
      ...(asOf === undefined ? {} : { asOf }),
      formats: files.map(({ format }) => format),
      actor: session.actor,
    },
    session.key,
  )
  const written = files.map(({ file }, at) => {
    const { id, name, hash, bytes } = made[at]!
    return { id, name, hash, bytes, file }
  })
  for (const document of written) await write(document, document.file)
  session.show({ documents: written }, () =>
    written.map((document) => session.phrases.documentWritten(document)).join('\n'),
  )
}
