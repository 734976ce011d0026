import { setTimeout as sleep } from 'node:timers/promises'
import { startLoad, watchLoad } from '../../client/loads.ts'
import { runStatements } from '../../client/statementRuns.ts'
import { localDateOf } from '../../domain/calendar.ts'
import { reportOfRun, statementGroups } from '../../ledger/statementRuns.ts'
import { standardProfile } from './lifecycle.ts'
import { type Cost, costOf, startMeter } from './meter.ts'
import { openItemsFile } from './portfolio.ts'
import { type BenchStack, COMPANY, WITH_STATEMENTS } from './stack.ts'

/**
 * A run of statements of account: each customer has ten open items and gets a mail with its statement as PDF. Counted is
 * from the start of the run until the last mail is with the mail server; `receivables` of the cost are statements.
 */
export type StatementFigures = Cost & { documents: number }

const ITEMS_EACH = 10

export async function measureStatements(
  stack: BenchStack,
  customers: number,
  log: (line: string) => void,
): Promise<StatementFigures> {
  const { door, database, observer } = stack
  const worker = await stack.startOurWorker()
  const { id } = await startLoad(door, database, {
    content: openItemsFile({
      prefix: 'S',
      receivables: customers * ITEMS_EACH,
      perCustomer: ITEMS_EACH,
      segment: WITH_STATEMENTS,
      dueIn: () => 20,
    }),
    fileName: 'statements.csv',
    profile: standardProfile(),
    kind: 'delta',
    asOf: null,
    hold: false,
    actor: 'bench',
  })
  await watchLoad(door, database, id)
  const count = async (sql: string) => (await observer.one<{ n: number }>(sql))!.n
  while (
    (await count(
      `SELECT count(*)::int AS n FROM collection_case WHERE key LIKE 'S-%' AND facts_version > assessed_version`,
    )) > 0
  )
    await sleep(500)
  const [group] = await statementGroups(database, COMPANY)
  const meter = await startMeter(stack, worker.pid, 'cartera')
  const run = await runStatements(door, group!, localDateOf(Date.now(), group!.timeZone), 'bench', 3_600_000)
  for (let looks = 1; ; looks++) {
    const { sent, failed, skipped } = await reportOfRun(observer, COMPANY, run!)
    if (sent === customers) break
    if (failed + skipped > 0) throw new Error(`${failed} statements failed, ${skipped} were skipped`)
    if (looks % 40 === 0) log(`  ${sent} of ${customers} statements are sent`)
    await sleep(250)
  }
  const measured = await meter.stop()
  const documents = await count(`SELECT count(*)::int AS n FROM document WHERE kind = 'statement'`)
  await worker.stop()
  return { ...costOf(customers, measured, 0), documents }
}
