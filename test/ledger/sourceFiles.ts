import type { OpenItem } from '../../domain/openItem.ts'
import type { Database } from '../../ledger/database.ts'
import { freshLedger } from '../setup/ledger.ts'
import { type LoadOptions, noon, openItem, type Sketch, takeLoad } from '../setup/portfolio.ts'

/** Files of a source that say again what they said before, and what they find. */

/** Three invoices of two customers, overdue since Monday. */
export const START: Sketch[] = [
  { document: 'F-1', due: '2026-03-02' },
  { document: 'F-2', due: '2026-03-02' },
  { document: 'X-1', customer: 'C-2', due: '2026-03-02' },
]

export type Changed = Sketch & Partial<Pick<OpenItem, 'openMinor' | 'dueOn' | 'presentedOn'>>
export const items = (sketches: Changed[]): OpenItem[] =>
  sketches.map(({ openMinor, dueOn, presentedOn, ...sketch }, i) => {
    const item = openItem(sketch, i + 2)
    return {
      ...item,
      openMinor: openMinor ?? item.originalMinor,
      dueOn: dueOn ?? item.dueOn,
      presentedOn: presentedOn ?? null,
    }
  })

export const snapshot = (database: Database, asOf: string, sketches: Changed[], options: LoadOptions = {}) =>
  takeLoad(database, items(sketches), noon(asOf), { kind: 'snapshot', asOf, ...options })

export async function started(): Promise<Database> {
  const { database } = await freshLedger()
  await snapshot(database, '2026-03-02', START)
  return database
}

export const exceptions = (database: Database) =>
  database.rows<{ kind: string; document: string; books: string; source: string }>(
    `SELECT kind, detail ->> 'document' AS document, detail ->> 'books' AS books, detail ->> 'source' AS source FROM exception WHERE resolved_at IS NULL ORDER BY 2, 1`,
  )
