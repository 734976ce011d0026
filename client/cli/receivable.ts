import type { Command } from 'commander'
import { diary } from './diary.ts'
import { examples } from './examples.ts'
import { addPresent } from './presentation.ts'
import type { Runs } from './run.ts'

/** One document: its history and what is next. */
export function addReceivables(program: Command, runs: Runs): void {
  const receivable = program
    .command('receivable')
    .usage('[options] DOCUMENT  |  present DOCUMENT…')
    .description('Show one document as a diary; note that the customer has accepted it.')
  examples(
    receivable
      .command('show <document>', { isDefault: true })
      .description(
        'What was done about it, by whom and why; and what is next, when and why (the word "show" may be left out).',
      )
      .action(
        runs(async (session, document: string) => {
          const { showReceivable } = await import('../../ledger/show.ts')
          const [sql, company] = [await session.ledger(), await session.company()]
          const view = await showReceivable(sql, company, document, Date.now())
          session.show(view, () => diary(session, view))
        }),
      ),
    'receivable show F-1001',
  )
  addPresent(receivable, runs)
}
