import type { Command } from 'commander'
import type { OpenException } from '../../ledger/exceptions.ts'
import { examples } from './examples.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

/** What couldn't be done by itself: payments that couldn't be applied, sources that say otherwise than the books. */
export function addExceptions(program: Command, runs: Runs): void {
  const exception = program
    .command('exception')
    .description('What could not be done by itself and waits for a person.')
  examples(
    exception
      .command('list', { isDefault: true })
      .description('Show the open ones, oldest first.')
      .option('--limit <n>', 'how many', '50')
      .option('--after <id>', 'those after this one')
      .action(
        runs(async (session, { limit, after }: { limit: string; after?: string }) => {
          const { openExceptions } = await import('../../ledger/exceptions.ts')
          const size = readId(limit, '--limit', session.phrases)
          const from = after === undefined ? 0 : readId(after, '--after', session.phrases)
          const rows = await openExceptions(await session.ledger(), await session.company(), size, from)
          session.show(rows, () => listText(session, rows, rows.length === size))
        }),
      ),
    'exception list --json',
  )
  examples(
    exception
      .command('resolve <id>')
      .description('It was dealt with. What source and books agree about again resolves itself.')
      .requiredOption('--why <text>', 'how')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          const { sendToCase } = await import('./send.ts')
          const number = readId(id, 'ID', session.phrases)
          await sendToCase(
            session,
            { exception: number },
            'resolveException',
            { exception: number, why },
            { why: '--why' },
          )
        }),
      ),
    'exception resolve 7 --why "the ERP posted the payment to another invoice; corrected there"',
  )
}

function listText(
  { phrases, words, table, left }: Session,
  rows: readonly OpenException[],
  more: boolean,
): string {
  const { labels } = phrases
  const text = table(
    [
      { title: labels.number, right: true },
      { title: labels.customer },
      { title: labels.document },
      { title: labels.what, cut: true },
      { title: labels.why, cut: true },
    ],
    rows.map((row) => [
      { count: row.id },
      row.customer ?? '',
      row.document ?? String(row.detail.document ?? row.receipt ?? ''),
      words.exceptionKinds[row.kind],
      detailText(row.detail),
    ]),
    phrases.nothing,
  )
  return more ? `${text}\n${left(phrases.more(String(rows.at(-1)!.id)))}` : text
}

/** `books ≠ source` where both are known. */
const detailText = (detail: Record<string, unknown>): string =>
  'books' in detail && 'source' in detail
    ? `${detail.books ?? '—'} ≠ ${detail.source} ${detail.currency ?? ''}`.trim()
    : Object.entries(detail)
        .filter(([field]) => field !== 'document')
        .map(([field, value]) => `${field} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
        .join(', ')
