import { addDays } from '../../domain/calendar.ts'
import { isCreditKind, type OpenItem, type ReceivableKind } from '../../domain/openItem.ts'
import { beginLoad, casesToWake, releaseLoad, stageRows } from '../../ledger/loads.ts'
import { promoteLoad } from '../../ledger/promotion/promote.ts'
import type { Act, Item, Script } from './acts.ts'
import type { World } from './world.ts'

/** What the source of the portfolio does: its files, taken the way the load's workflow takes them. */

/** Takes a file's lines the way the load's workflow does; says whether they were taken. */
export async function load(world: World, no: number, rows: OpenItem[], hold: boolean): Promise<void> {
  const id = `${world.company}-${no}`
  const { database, now } = world
  const load = {
    id,
    company: world.company,
    source: 'erp',
    authority: 'source' as const,
    kind: 'delta' as const,
    fileName: `${id}.csv`,
    fileHash: id,
    asOf: null,
    profile: {},
    hold,
    actor: 'erp',
  }
  await world.again(() => beginLoad(database, load, now))
  await world.again(() => stageRows(database, id, rows))
  const report = await world.again(() => promoteLoad(database, world.days.calendars, id, now))
  if (report.state === 'refused') throw new Error(`load ${no} was refused`)
  await wakeLoaded(world)
}

export async function release(world: World, no: number): Promise<void> {
  await world.again(() =>
    releaseLoad(world.database, world.days.calendars, `${world.company}-${no}`, 'ana', world.now),
  )
  await wakeLoaded(world)
}

const wakeLoaded = async (world: World): Promise<void> =>
  world.wake((await casesToWake(world.sql, world.company, '', 500)).map((c) => c.key))

/** The line of a document as a file would have it today, with another balance or due date. */
export async function restated(world: World, act: Act & { kind: 'restate' }): Promise<OpenItem | null> {
  const row = await world.sql.one<{
    customer: string
    kind: ReceivableKind
    currency: OpenItem['currency']
    original: bigint
    open: bigint
    issued: string
    due: string
    site: string
  }>(
    `SELECT c.code AS customer, r.kind, r.currency, r.original_minor AS original, a.balance_minor AS open, r.issued_on AS issued, r.due_on AS due, r.site
     FROM receivable r JOIN account a ON a.receivable_id = r.id JOIN customer c ON c.id = r.customer_id WHERE r.company = $1 AND r.document = $2`,
    [world.company, act.document],
  )
  if (!row) return null
  const asFiled = openItem(
    world.script,
    { ...row, document: act.document, minor: 0, settled: 0, issuedOn: row.issued, dueOn: row.due },
    2,
  )
  const due = addDays(row.due, act.later)
  return {
    ...asFiled,
    originalMinor: row.original,
    openMinor: act.percent === null ? row.open : (row.original * BigInt(act.percent)) / 100n,
    dueOn: due < row.issued ? row.issued : due,
  }
}

export function openItem(
  script: Script,
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
      payer: party.payer,
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
    presentedOn: null,
    site: item.site === '' ? null : item.site,
    siteEmail: null,
    orderNumber: null,
  }
}

export const itemTold = (item: Item): string =>
  `${item.document} ${item.minor / 100} ${item.currency}${isCreditKind(item.kind) ? ' credit' : ` due ${item.dueOn}`}`
