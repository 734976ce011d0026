import { existsSync, writeFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { FILED_KINDS } from '../../domain/placementCommand.ts'
import { collect, examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

const LISTED = 40

/** What was made for customers and what came from them: listed from the ledger, read from the store. */
export function addKeptDocuments(program: Command, runs: Runs): void {
  const document = program
    .command('document')
    .description('Documents that were made or received: list them, get one as a file.')
  examples(
    document
      .command('list')
      .description('List documents, newest first.')
      .option('--customer <code>', 'only of this customer')
      .option('--kind <kind>', 'only of this kind, such as statement')
      .option('--limit <n>', 'how many are listed', String(LISTED))
      .action(
        runs(async (session, options: { customer?: string; kind?: string; limit: string }) => {
          const { listDocuments } = await import('../../ledger/documents.ts')
          const { limit, ...of } = options
          const documents = await listDocuments(
            await session.ledger(),
            await session.company(),
            of,
            Number.parseInt(limit, 10) || LISTED,
          )
          const zone = (await session.env()).CARTERA_TIME_ZONE
          const { phrases, speech } = session
          const { labels } = phrases
          session.show({ documents }, () =>
            session.table(
              [
                { title: labels.number, right: true },
                { title: labels.date },
                { title: labels.customer },
                { title: labels.kind },
                { title: labels.name, cut: true },
                { title: labels.size, right: true },
                { title: labels.by, cut: true },
              ],
              documents.map((d) => [
                { count: d.id },
                speech.moment(new Date(d.recordedAt).toISOString(), zone),
                d.customer ?? '',
                d.kind,
                d.name,
                { count: d.bytes },
                d.actor,
              ]),
              phrases.nothing,
            ),
          )
        }),
      ),
    'document list --customer C-100',
    'document list --kind statement --json',
  )
  examples(
    document
      .command('get <id> [file]')
      .description(
        'Write a document to a file, by its own name when none is said; its content is checked against its hash.',
      )
      .action(
        runs(async (session, id: string, file: string | undefined) => {
          const { findDocument } = await import('../../ledger/documents.ts')
          const { phrases } = session
          const found = await findDocument(
            await session.ledger(),
            await session.company(),
            readId(id, 'ID', phrases),
          )
          // Its own name may be that of something else here.
          if (file === undefined && existsSync(found.name))
            throw new UsageError(phrases.fileThere(found.name))
          const path = file ?? found.name
          await (await documentWriter(session))(found, path)
          session.show({ ...found, file: path }, () => phrases.documentWritten({ ...found, file: path }))
        }),
      ),
    'document get 17',
    'document get 17 statement.pdf',
  )
  addFiling(document, runs)
}

/** What came on paper: a contract, a pagaré, an invoice, a signed delivery note. */
function addFiling(document: Command, runs: Runs): void {
  examples(
    document
      .command('file <customer> <file>')
      .description('Keep a file that proves a claim; it goes into the evidence of placements.')
      .addOption(new Option('--kind <kind>', 'what it is').choices(FILED_KINDS).makeOptionMandatory())
      .option('--about <document>', 'which it is about (default: the customer); may be given again', collect)
      .action(
        runs(
          async (
            session,
            customer: string,
            path: string,
            { kind, about }: { kind: (typeof FILED_KINDS)[number]; about?: string[] },
          ) => {
            if (!existsSync(path)) throw new UsageError(session.phrases.noFile(path))
            const [{ keepFile }, { sendDecision }] = await Promise.all([
              import('./proofs.ts'),
              import('./send.ts'),
            ])
            const content = {
              customer,
              kind,
              file: await keepFile(session, path),
              ...(about === undefined ? {} : { documents: about }),
            }
            await sendDecision(
              session,
              { name: 'fileDocument', content },
              { customer: 'CUSTOMER', file: 'FILE', kind: '--kind', documents: '--about' },
            )
          },
        ),
      ),
    'document file C-1001 contract.pdf --kind contract',
    'document file C-1001 remision-88.pdf --kind delivery_note --about F-1001',
  )
}

/** Writes documents of the store to files of this machine. */
export async function documentWriter(
  session: Session,
): Promise<(document: { hash: string }, file: string) => Promise<void>> {
  const { openStore } = await import('../../store/store.ts')
  const store = openStore((await session.env()).CARTERA_DOCUMENTS)
  return async ({ hash }, file) => writeFileSync(file, await store.get(hash))
}
