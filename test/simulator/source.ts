import { addDays, type LocalDate } from '../../domain/calendar.ts'
import type { ItemHistory } from '../../domain/itemHistory.ts'
import type { LoadKind } from '../../domain/load.ts'
import { isCreditKind, type OpenItem, type ReceivableKind } from '../../domain/openItem.ts'
import { beginLoad, errorsOf, releaseLoad, stageRows } from '../../ledger/loads.ts'
import { promoteLoad } from '../../ledger/promotion/promote.ts'
import { casesToWake } from '../../ledger/sweep.ts'
import type { Act, Item, Past } from './acts.ts'
import { Broken } from './broken.ts'
import type { World } from './world.ts'

/** What the source of the portfolio does: its files, taken the way the load's workflow takes them. */

/** A file that contradicts the books, as a late one does: nothing of it is taken. */
export class FileRefused extends Error {}

export interface File {
  kind: LoadKind
  asOf: LocalDate | null
  rows: OpenItem[]
  hold?: boolean
}

/** Takes a file the way the load's workflow does. */
export async function load(
  world: World,
  no: number,
  { kind, asOf, rows, hold = false }: File,
): Promise<void> {
  const id = `${world.company}-${no}`
  const { database, script, now } = world
  const load = {
    id,
    company: world.company,
    source: 'erp',
    authority: script.authority,
    kind,
    fileName: `${id}.csv`,
    fileHash: id,
    asOf,
    profile: {},
    hold,
    actor: 'erp',
  }
  await world.again(() => beginLoad(database, load, now))
  if (rows.length > 0) await world.again(() => stageRows(database, id, rows))
  const report = await world.again(() => promoteLoad(database, world.days.calendars, id, now))
  if (report.state === 'refused' && kind === 'snapshot') throw new FileRefused()
  if (report.state === 'refused')
    throw new Error(`load ${no} was refused: ${JSON.stringify(await errorsOf(world.sql, id))}`)
  // No file says so: it is set where customers are kept.
  await world.sql.rows(
    `UPDATE customer SET requires_presentation = true WHERE company = $1 AND code = ANY($2) AND NOT requires_presentation`,
    [world.company, script.parties.filter((p) => p.presents).map((p) => p.code)],
  )
  await wakeLoaded(world)
}

/** A file about one document. What the source says is settled still is, whatever was paid here meanwhile. */
export async function tell(world: World, no: number, row: OpenItem): Promise<void> {
  const before = await settledThere(world, row.document)
  await load(world, no, { kind: 'delta', asOf: null, rows: [row] })
  const after = await settledThere(world, row.document)
  const absolute = (minor: bigint) => (minor < 0n ? -minor : minor)
  const said = absolute(row.originalMinor) - absolute(row.openMinor ?? row.originalMinor)
  if (after < before && after < said)
    throw new Broken('a source undoes only its own settlements', `${row.document}: ${after} of ${said}`)
}

const settledThere = async ({ sql, company }: World, document: string): Promise<bigint> =>
  (await sql.one<{ minor: bigint }>(
    `SELECT coalesce(sum(CASE t.code WHEN 'source_reopening' THEN -t.amount_minor ELSE t.amount_minor END), 0)::bigint AS minor
     FROM receivable r JOIN account a ON a.receivable_id = r.id JOIN transfer t ON a.id IN (t.debit_account, t.credit_account)
     WHERE r.company = $1 AND r.document = $2 AND t.code IN ('settled_before', 'source_settlement', 'source_reopening')`,
    [company, document],
  ))!.minor

/** All that the books have open of the source, but what it lacks; that is settled by then, or somebody is told. */
export async function snapshot(world: World, no: number, act: Act & { kind: 'snapshot' }): Promise<void> {
  const { sql, company } = world
  const asOf = addDays(world.companyToday(), -act.daysBack)
  const open = (await booked(world, null)).filter((b) => b.issued <= asOf && b.since <= asOf)
  const rows = open
    .filter((b) => !act.lacks.includes(b.document))
    .map((b, index) => rowOf(world, b, index + 2))
  await load(world, no, { kind: 'snapshot', asOf, rows })
  const lacking = await sql.rows<{ document: string }>(
    `SELECT r.document FROM receivable r JOIN account a ON a.receivable_id = r.id WHERE r.company = $1 AND r.document = ANY($2) AND a.balance_minor <> 0
       AND NOT EXISTS (SELECT FROM exception e WHERE e.receivable_id = r.id AND e.kind = 'vanished' AND e.resolved_at IS NULL)`,
    [company, open.filter((b) => act.lacks.includes(b.document)).map((b) => b.document)],
  )
  if (lacking[0] && act.daysBack === 0)
    throw new Broken('what a snapshot lacks is settled, or somebody is told', lacking[0].document)
}

export async function release(world: World, no: number): Promise<void> {
  await world.again(() =>
    releaseLoad(world.database, world.days.calendars, `${world.company}-${no}`, 'ana', world.now),
  )
  await wakeLoaded(world)
}

const wakeLoaded = async (world: World): Promise<void> =>
  world.wake((await casesToWake(world.sql, world.company, '', 500)).map((c) => c.key))

interface Booked {
  document: string
  customer: string
  kind: ReceivableKind
  currency: OpenItem['currency']
  original: bigint
  open: bigint
  issued: LocalDate
  due: LocalDate
  site: string
  /** Day of the file that brought it. */
  since: LocalDate
}

/** What the books have of a document of the source, or of all that are open. */
const booked = (world: World, document: string | null): Promise<Booked[]> =>
  world.sql.rows<Booked>(
    `SELECT r.document, c.code AS customer, r.kind, r.currency, r.original_minor AS original, a.balance_minor AS open, r.issued_on AS issued, r.due_on AS due, r.site,
       coalesce(l.as_of, l.finished_at::date, r.issued_on) AS since
     FROM receivable r JOIN account a ON a.receivable_id = r.id JOIN customer c ON c.id = r.customer_id LEFT JOIN load l ON l.id = r.load_id
     WHERE r.company = $1 AND CASE WHEN $2::text IS NULL THEN r.closed_as IS NULL AND r.source = 'erp' ELSE r.document = $2 END ORDER BY r.id`,
    [world.company, document],
  )

/** A document as a file would have it today. */
function rowOf(world: World, row: Booked, line: number): OpenItem {
  const { document, issued: issuedOn, due: dueOn } = row
  const item = { ...row, document, minor: 0, settled: 0, issuedOn, dueOn, presented: false, history: null }
  return { ...openItem(world, item, line), originalMinor: row.original, openMinor: row.open }
}

/** A later file about one document: another balance, due date or payer, or that the customer has accepted it. */
export async function told(
  world: World,
  act: Act & { kind: 'restate' | 'movePayer' | 'present' },
): Promise<OpenItem | null> {
  const [row] = await booked(world, act.document)
  if (!row) return null
  if (act.kind === 'movePayer') world.payers.set(row.customer, act.payer)
  const asBooked = rowOf(world, row, 2)
  if (act.kind === 'movePayer') return asBooked
  if (act.kind === 'present') {
    const today = world.companyToday()
    return { ...asBooked, presentedOn: row.issued > today ? row.issued : today }
  }
  const due = addDays(row.due, act.later)
  return {
    ...asBooked,
    openMinor: act.percent === null ? row.open : (row.original * BigInt(act.percent)) / 100n,
    dueOn: due < row.issued ? row.issued : due,
  }
}

export function openItem(
  { script, payers }: World,
  item: Omit<Item, 'kind'> & { kind: ReceivableKind },
  line: number,
): OpenItem {
  const party = script.parties.find((p) => p.code === item.customer)!
  const open = Math.round((item.minor * (100 - item.settled)) / 100)
  return {
    line,
    customer: {
      code: party.code,
      name: `Customer ${party.code}`,
      analyst: 'ana',
      language: 'es-MX',
      timeZone: party.timeZone,
      payer: payers.get(party.code) ?? party.payer,
      ...(party.emails[0] ? { email: party.emails[0], contactName: 'Pagos' } : {}),
    },
    document: item.document,
    tranche: '1',
    kind: item.kind,
    currency: item.currency,
    originalMinor: BigInt(item.minor),
    openMinor: item.settled === 0 ? null : BigInt(open),
    issuedOn: item.issuedOn,
    dueOn: item.dueOn,
    presentedOn: party.presents && item.presented ? item.issuedOn : null,
    site: item.site === '' ? null : item.site,
    siteEmail: null,
    orderNumber: null,
    ...(item.history ? { history: historyOf(item.history, BigInt(open)) } : {}),
  }
}

const historyOf = ({ step, promisedFor, disputed }: Past, open: bigint): ItemHistory => ({
  stage: null,
  lastStep: step?.id ?? null,
  lastStepOn: step?.on ?? null,
  promise: promisedFor === null ? null : { dueOn: promisedFor, minor: open, madeOn: null },
  dispute: disputed ? { reason: 'quality', minor: open / 2n, openedOn: null } : null,
  settledOn: null,
})

export const itemTold = (item: Item): string =>
  `${item.document} ${item.minor / 100} ${item.currency}${isCreditKind(item.kind) ? ' credit' : ` due ${item.dueOn}`}${item.history ? ` ${JSON.stringify(item.history).replaceAll(/["{}]/g, '')}` : ''}`
