import type { Instant, LocalDate } from '../../domain/calendar.ts'
import type {
  Answer,
  CaseCommandName,
  CaseCommands,
  ReceiptCommandName,
  ReceiptCommands,
  ReceiptInput,
} from '../../domain/command.ts'
import { toDecimal } from '../../domain/money.ts'
import { Refusal, type RefusalName } from '../../domain/refusal.ts'
import { assess } from '../../ledger/assess.ts'
import { commandBooks, commandCase } from '../../ledger/caseCommands.ts'
import type { Database } from '../../ledger/database.ts'
import { findReceivable } from '../../ledger/receivables.ts'
import { COMPANY, calendars } from '../setup/ledger.ts'
import { noon } from '../setup/portfolio.ts'
import { seedTeam, vote } from '../setup/team.ts'

export const pesos = (amount: number) => ({ currency: 'MXN', minor: Math.round(amount * 100) })

let keys = 0
export interface As {
  on: LocalDate
  key?: string
  actor?: string
}
const askingOf = ({ on, key, actor }: As) => ({
  company: COMPANY,
  now: noon(on),
  key: key ?? `key-${++keys}`,
  actor: actor ?? 'ana',
})

/** Asks a command of a case, without a workflow, at noon of a day. */
export const ask = <N extends CaseCommandName>(
  database: Database,
  name: N,
  content: CaseCommands[N],
  as: As,
  caseKey = 'C-1',
): Promise<Answer> => commandCase(database, calendars, askingOf(as), caseKey, name, content)

/** The same, approved by a supervisor that day. */
export async function approved<N extends CaseCommandName>(
  database: Database,
  name: N,
  content: CaseCommands[N],
  as: As,
  caseKey = 'C-1',
): Promise<Answer> {
  await seedTeam(database, [['sofía', 'supervisor']])
  const { result } = await ask(database, name, content, as, caseKey)
  return vote(database, result.approval, 'sofía', as.on)
}

/** Asks a command of the books, without a workflow. */
export const book = <N extends ReceiptCommandName>(
  database: Database,
  name: N,
  content: ReceiptCommands[N],
  as: As,
): Promise<Answer> => commandBooks(database, askingOf(as), name, content)

export const receipt = (
  number: string,
  amount: number,
  documents: string[] = [],
  more: Partial<ReceiptInput> = {},
): ReceiptInput => ({
  number,
  customer: 'C-1',
  amount: pesos(amount),
  valueOn: '2026-03-10',
  applications: documents.map((document) => ({ document })),
  ...more,
})

/** Posts one receipt on its value date. */
export const pay = (
  database: Database,
  number: string,
  amount: number,
  documents: string[],
  on: LocalDate,
  more: Partial<ReceiptInput> = {},
): Promise<Answer> =>
  book(database, 'post', { receipts: [receipt(number, amount, documents, { valueOn: on, ...more })] }, { on })

export const look = (database: Database, on: LocalDate | Instant, key = 'C-1') =>
  assess(database, calendars, COMPANY, key, typeof on === 'number' ? on : noon(on))

/** What is open of a document, as a decimal string. */
export async function openOf(database: Database, document: string): Promise<string> {
  const found = await findReceivable(database, COMPANY, document)
  return toDecimal(found.balance_minor, found.currency)
}

export const closedAs = async (database: Database, document: string): Promise<string | null> =>
  (await findReceivable(database, COMPANY, document)).closed_as

/** Unapplied cash of a payer. */
export async function unappliedOf(database: Database, payer = 'C-1'): Promise<string> {
  const row = await database.one<{ minor: bigint }>(
    `SELECT -a.balance_minor AS minor FROM account a JOIN payer p ON p.id = a.payer_id WHERE p.code = $1 AND a.kind = 'unapplied'`,
    [payer],
  )
  return toDecimal(row?.minor ?? 0n, 'MXN')
}

/** The refusal that a command ends with. Anything else fails the test. */
export async function refusalOf(asked: Promise<unknown>): Promise<RefusalName> {
  try {
    await asked
  } catch (error) {
    if (error instanceof Refusal) return error.refusal
    throw error
  }
  throw new Error('nothing was refused')
}

/** Events of a document's journal, oldest first. */
export const eventsOf = async (database: Database, document: string): Promise<string[]> => {
  const found = await findReceivable(database, COMPANY, document)
  const rows = await database.rows<{ event: string }>(
    `SELECT event FROM journal WHERE chain = 'customer:' || $1::text AND receivables @> to_jsonb($2::bigint) ORDER BY seq`,
    [found.customer_id, found.id],
  )
  return rows.map((row) => row.event)
}
