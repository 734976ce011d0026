import { addDays, type Instant, instantOf, type LocalDate } from '../../domain/calendar.ts'
import type { OpenItem } from '../../domain/openItem.ts'
import type { Database } from '../../ledger/database.ts'
import { beginLoad, promoteLoad, stageRows } from '../../ledger/loads.ts'
import { COMPANY } from './ledger.ts'

/** Noon in Mexico City of a day. */
export const noon = (day: LocalDate): Instant => instantOf(day, '12:00', 'America/Mexico_City')

export interface Sketch {
  document: string
  customer?: string
  amount?: number
  currency?: string
  issued?: LocalDate
  due: LocalDate
  kind?: OpenItem['kind']
  site?: string
  email?: string | null
  payer?: string
}

/** Open items in the way a file gives them; amounts in whole units of currency. */
export const openItem = (sketch: Sketch, line: number): OpenItem => ({
  line,
  customer: {
    code: sketch.customer ?? 'C-1',
    name: `Customer ${sketch.customer ?? 'C-1'}`,
    branch: 'Norte',
    analyst: 'ana',
    language: 'es-MX',
    ...(sketch.email === null
      ? {}
      : {
          email: sketch.email ?? `${(sketch.customer ?? 'C-1').toLowerCase()}@example.com`,
          contactName: 'Pagos',
        }),
    ...(sketch.payer ? { payer: sketch.payer } : {}),
  },
  document: sketch.document,
  tranche: '1',
  kind: sketch.kind ?? 'invoice',
  currency: sketch.currency ?? 'MXN',
  originalMinor: BigInt(Math.round((sketch.amount ?? 1000) * 100)),
  openMinor: null,
  issuedOn: sketch.issued ?? addDays(sketch.due, -30),
  dueOn: sketch.due,
  presentedOn: null,
  site: sketch.site ?? null,
  siteEmail: null,
  orderNumber: null,
})

let loads = 0

/** Puts open items into the books through the real load, without a workflow. */
export async function loadItems(
  database: Database,
  items: Sketch[],
  now: Instant,
  hold = false,
): Promise<string> {
  const id = `load-${++loads}`
  const load = {
    id,
    company: COMPANY,
    source: 'test',
    authority: 'source' as const,
    kind: 'delta' as const,
    fileName: 'test.csv',
    fileHash: id,
    asOf: null,
    profile: {},
    hold,
    actor: 'test',
  }
  await beginLoad(database, load, now)
  await stageRows(
    database,
    id,
    items.map((item, index) => openItem(item, index + 2)),
  )
  await promoteLoad(database, id, now)
  return id
}
