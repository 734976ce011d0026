import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { JournalHead } from '../../ledger/journal.ts'
import { examples } from './examples.ts'
import { Ended, EXIT, UsageError } from './exit.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

/** The journal: proof that nothing was rewritten. */
export function addJournal(program: Command, runs: Runs): void {
  const journal = program
    .command('journal')
    .description('Prove that the journal is whole; export its heads to keep them elsewhere.')
  examples(
    journal
      .command('verify')
      .description('Recompute every chain. Ends with 3 when something was altered, removed or moved.')
      .option(
        '--against <file>',
        'heads that were exported before: also finds a chain rewritten together with its head',
      )
      .action(
        runs(async (session, { against }: { against?: string }) => {
          const anchors = against === undefined ? [] : await readHeads(session, against)
          const { verifyJournal } = await import('../../ledger/journal.ts')
          const result = await verifyJournal(await session.ledger(), anchors)
          const { entries, chains, findings } = result
          session.show(result, () =>
            findings.length === 0
              ? session.phrases.journalGood(entries, chains)
              : [...findings.map(session.phrases.finding), session.phrases.journalBad(findings.length)].join(
                  '\n',
                ),
          )
          if (findings.length > 0) throw new Ended(EXIT.refused)
        }),
      ),
    'journal verify --against heads-2026-11-24.json',
  )
  examples(
    journal
      .command('heads')
      .description('Print the heads of all chains as JSON: keep them where the database is not.')
      .action(
        runs(async (session) => {
          const { journalHeads } = await import('../../ledger/journal.ts')
          const heads = await journalHeads(await session.ledger())
          session.show(heads, () => JSON.stringify(heads, null, 2))
        }),
      ),
    'journal heads > heads-2026-11-25.json',
  )
}

async function readHeads(session: Session, path: string): Promise<JournalHead[]> {
  const text = readFileSync(path, 'utf8')
  const { z } = await import('zod')
  const schema = z.array(
    z.object({ chain: z.string(), seq: z.int().min(1), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  )
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch {
    throw new UsageError(session.phrases.badHeads(path))
  }
  const parsed = schema.safeParse(content)
  if (!parsed.success) throw new UsageError(session.phrases.badHeads(path))
  return parsed.data
}
