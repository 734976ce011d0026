import { localDateOf } from '../../domain/calendar.ts'
import { agingAsOf } from '../../ledger/aging.ts'
import { type Database, openDatabase } from '../../ledger/database.ts'
import { noticeOf } from '../../ledger/notice.ts'
import { openCase } from '../../ledger/scope.ts'
import { showCase } from '../../ledger/show.ts'
import { worklist } from '../../ledger/worklist.ts'
import { calendars, openBooks, take } from './books.ts'
import { ANALYSTS } from './portfolio.ts'
import { type BenchStack, COMPANY } from './stack.ts'
import { type Percentiles, timed } from './timing.ts'

/**
 * What people wait for, with so many open receivables in the books and one account of 12,000 beside them: the aging of
 * today in all and by branch, the first page of the worklist of each of 50 analysts, and of the account the worklist
 * that it is on, its case page and what its statement says. Asked one after the other on an idle server. The
 * receivables come through the real load; a call task for each of the later customers, and two years of payments of each
 * payer, are put there by one statement, as assessments and postings would.
 */
export interface ReadFigures {
  receivables: number
  openTasks: number
  agingMs: Percentiles
  worklistMs: Percentiles
  account: {
    receivables: number
    worklistMs: Percentiles
    casePageMs: Percentiles
    statementMs: Percentiles
  }
}

const OF_ACCOUNT = 12_000
const ACCOUNT = 'BIG-C1'
/** The first customer of a portfolio is with the first analyst. */
const OF_ACCOUNTS_ANALYST = 'ana0'

export async function measureReads(
  stack: BenchStack,
  receivables: number,
  log: (line: string) => void,
): Promise<ReadFigures> {
  const url = stack.urlOf('reads')
  const database = await openBooks(url, receivables, log)
  try {
    await take(database, 'BIG', OF_ACCOUNT, OF_ACCOUNT)
    const openTasks = await openCalls(database)
    await payForTwoYears(url)
    const asOf = localDateOf(Date.now(), 'America/Mexico_City')
    const ask = { company: COMPANY, now: Date.now(), limit: 20 }
    return {
      receivables,
      openTasks,
      agingMs: await timed(20, (turn) =>
        agingAsOf(database, { company: COMPANY, asOf, ...(turn % 2 ? { by: 'branch' as const } : {}) }),
      ),
      worklistMs: await timed(100, (turn) =>
        worklist(database, { ...ask, analyst: `ana${1 + (turn % (ANALYSTS - 1))}` }),
      ),
      account: {
        receivables: OF_ACCOUNT,
        worklistMs: await timed(50, () => worklist(database, { ...ask, analyst: OF_ACCOUNTS_ANALYST })),
        casePageMs: await timed(50, () => showCase(database, COMPANY, ACCOUNT, Date.now())),
        statementMs: await timed(50, () => statementOf(database)),
      },
    }
  } finally {
    await database.close()
  }
}

async function openCalls(database: Database): Promise<number> {
  const rows = await database.rows(
    `WITH late AS (SELECT case_id, customer_id, array_agg(id ORDER BY due_on, id) AS receivables, min(due_on) AS oldest
       FROM receivable WHERE due_on < current_date - 15 GROUP BY case_id, customer_id),
     opened AS (INSERT INTO task (company, customer_id, case_id, kind, subject, owner, state, opened_on, opened_at, due_on)
       SELECT $1, l.customer_id, l.case_id, 'call', 'chase', c.analyst, 'open', current_date, now(), current_date - (l.case_id % 5)::int
       FROM late l JOIN customer c ON c.id = l.customer_id RETURNING id, case_id)
     INSERT INTO task_item (task_id, receivable_id) SELECT o.id, unnest(l.receivables) FROM opened o JOIN late l USING (case_id) RETURNING task_id`,
    [COMPANY],
  )
  return new Set(rows.map((row) => row.task_id)).size
}

/** Ten payments a month of every payer, as the postings of two years would have left them. */
async function payForTwoYears(url: string): Promise<void> {
  const owner = openDatabase(url, { role: null, max: 1 })
  await owner.rows(
    `INSERT INTO payer_habit SELECT p.id, date_trunc('month', current_date)::date - m * interval '1 month', 'MXN', 10, 1000000, 1000000 * ((p.id * 7 + m) % 40)
     FROM payer p, generate_series(0, 23) m`,
  )
  await owner.rows('ANALYZE')
  await owner.close()
}

/** What a statement of the account says, as it is read when one is sent. */
async function statementOf(database: Database): Promise<void> {
  const sender = { name: 'Bench', replyTo: '', phone: '', bankReference: '' }
  const recipient = { name: '', email: '' }
  const said = await database.transaction(async (sql) => {
    const scope = await openCase(sql, calendars, COMPANY, ACCOUNT, Date.now())
    return noticeOf(sql, scope!, sender, 'statement', [], recipient)
  })
  if (said.sections[0]?.allItems?.length !== OF_ACCOUNT) throw new Error('a statement lacks items')
}
