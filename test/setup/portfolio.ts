import { addDays, type Instant, instantOf, type LocalDate } from '../../domain/calendar.ts'
import type { LoadReport, NewLoad } from '../../domain/load.ts'
import type { OpenItem } from '../../domain/openItem.ts'
import type { Database } from '../../ledger/database.ts'
import { beginLoad, stageRows } from '../../ledger/loads.ts'
import { promoteLoad } from '../../ledger/promotion/promote.ts'
import { COMPANY, calendars } from './ledger.ts'

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
  analyst?: string
}

/** Open items in the way a file gives them; amounts in whole units of currency. */
export const openItem = (sketch: Sketch, line: number): OpenItem => ({
  line,
  customer: {
    code: sketch.customer ?? 'C-1',
    name: `Customer ${sketch.customer ?? 'C-1'}`,
    branch: 'Norte',
    analyst: sketch.analyst ?? 'ana',
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

/** How a file says what it is; `test` is a source that keeps the books for money, unless `authority` says otherwise. */
export type LoadOptions = Partial<
  Pick<NewLoad, 'source' | 'authority' | 'kind' | 'asOf' | 'scope' | 'control' | 'hold'>
>

/** Takes open items through the real load, without a workflow; says what came of it. */
export async function takeLoad(
  database: Database,
  items: readonly OpenItem[],
  now: Instant,
  options: LoadOptions = {},
): Promise<LoadReport> {
  const id = `load-${++loads}`
  const load: NewLoad = {
    id,
    company: COMPANY,
    source: 'test',
    authority: 'source',
    kind: 'delta',
    fileName: `${id}.csv`,
    fileHash: id,
    asOf: null,
    profile: {},
    hold: false,
    actor: 'test',
    ...options,
  }
  await beginLoad(database, load, now)
  await stageRows(database, id, items)
  return promoteLoad(database, calendars, id, now)
}

/** The same for sketches, the way most tests want it. Returns the load's id. */
export async function loadItems(
  database: Database,
  sketches: readonly Sketch[],
  now: Instant,
  hold = false,
): Promise<string> {
  const items = sketches.map((sketch, index) => openItem(sketch, index + 2))
  return (await takeLoad(database, items, now, { hold })).id
}
