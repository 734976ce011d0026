import type { Answer } from '../../domain/command.ts'
import type { AgencyFacts } from '../../domain/placement/agencyChoice.ts'
import type { PlacementCommands } from '../../domain/placementCommand.ts'
import { placementCommands } from '../../domain/placementCommand.ts'
import { Refusal } from '../../domain/refusal.ts'
import { mustFind, type Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import { CLAIMED } from '../receivables.ts'
import type { Ask } from '../scope.ts'

/** Agencies and lawyers that collect for the company: what they take, what they get, who speaks for them. */

export interface Agency extends Omit<AgencyFacts, 'placed'> {
  name: string
  kind: 'agency' | 'lawyer'
  commission: string
  email: string
  language: string
  people: string[]
  active: boolean
}

type AgencyRow = Omit<Agency, 'amounts' | 'commissionUnits'> & {
  amounts: Record<string, { from: number; to: number | null }>
}

const AGENCIES = `SELECT a.id::int, a.code, a.name, a.kind, a.segments, a.branches, a.amounts, a.commission_percent AS commission, a.email, a.language,
    a.people, a.active FROM agency a`

const agencyOf = ({ amounts, ...row }: AgencyRow): Agency => ({
  ...row,
  amounts: Object.fromEntries(
    Object.entries(amounts).map(([currency, { from, to }]) => [
      currency,
      { fromMinor: BigInt(from), toMinor: to === null ? null : BigInt(to) },
    ]),
  ),
  commissionUnits: Math.round(Number(row.commission) * 10_000),
})

/** @throws Refusal NotFound */
export const findAgency = async (sql: Sql, company: string, code: string): Promise<Agency> =>
  agencyOf(
    await mustFind<AgencyRow>(sql, 'agency', code, `${AGENCIES} WHERE a.company = $1 AND a.code = $2`, [
      company,
      code,
    ]),
  )

export const agencyById = async (sql: Sql, id: number): Promise<Agency> =>
  agencyOf((await sql.one<AgencyRow>(`${AGENCIES} WHERE a.id = $1`, [id]))!)

/** By code; those that are asked no more only when `all`. */
export const agencies = async (sql: Sql, company: string, all: boolean): Promise<Agency[]> =>
  (
    await sql.rows<AgencyRow>(`${AGENCIES} WHERE a.company = $1 AND (a.active OR $2) ORDER BY a.code`, [
      company,
      all,
    ])
  ).map(agencyOf)

/** What is open with each agency now, by currency: minor units. */
export async function placedWith(sql: Sql, company: string): Promise<Map<number, Record<string, bigint>>> {
  const rows = await sql.rows<{ agency: number; currency: string; minor: bigint }>(
    `SELECT p.agency_id::int AS agency, r.currency, sum(o.claimed_minor)::bigint AS minor FROM placement p
     JOIN placement_item i ON i.placement_id = p.id AND i.active JOIN receivable r ON r.id = i.receivable_id JOIN ${CLAIMED} o ON o.receivable_id = r.id
     WHERE p.company = $1 AND p.closed_on IS NULL AND p.agency_id IS NOT NULL GROUP BY 1, 2`,
    [company],
  )
  const placed = new Map<number, Record<string, bigint>>()
  for (const { agency, currency, minor } of rows)
    placed.set(agency, { ...placed.get(agency), [currency]: minor })
  return placed
}

/**
 * The agency that a person speaks for; null for our own people. Whoever speaks for one sees what is placed with it and
 * nothing else.
 */
export async function agencyOfPerson(sql: Sql, company: string, person: string): Promise<number | null> {
  const row = await sql.one<{ id: number }>(
    'SELECT id::int FROM agency WHERE company = $1 AND people @> ARRAY[$2::text] ORDER BY id LIMIT 1',
    [company, person],
  )
  return row?.id ?? null
}

/** @throws Refusal SpeaksForOther when one of its people speaks for another agency */
export async function registerAgency(
  sql: Sql,
  { asking }: Ask,
  input: PlacementCommands['registerAgency'],
): Promise<Answer> {
  const { amounts, ...said } = placementCommands.registerAgency.parse(input)
  const { company } = asking
  await ourOwn(sql, company, asking.actor)
  // Two at once: a person must not come to speak for two.
  await sql.rows('SELECT FROM company WHERE id = $1 FOR NO KEY UPDATE', [company])
  for (const person of said.people) {
    const other = await sql.one<{ code: string }>(
      'SELECT code FROM agency WHERE company = $1 AND people @> ARRAY[$2::text] AND code <> $3',
      [company, person, said.code],
    )
    if (other) throw new Refusal('SpeaksForOther', { person, agency: other.code })
  }
  const limits: AgencyRow['amounts'] = {}
  for (const { from, to } of amounts) {
    const currency = (from ?? to)?.currency
    if (currency === undefined) continue
    if (from && to && (from.currency !== to.currency || from.minor > to.minor))
      throw new Refusal('InvalidAmount', { value: String(to.minor), currency: to.currency })
    limits[currency] = { from: from?.minor ?? 0, to: to?.minor ?? null }
  }
  await sql.rows(
    `INSERT INTO agency (company, code, name, kind, segments, branches, amounts, commission_percent, email, language, people, active)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (company, code) DO UPDATE SET name = excluded.name, kind = excluded.kind, segments = excluded.segments, branches = excluded.branches,
       amounts = excluded.amounts, commission_percent = excluded.commission_percent, email = excluded.email, language = excluded.language,
       people = excluded.people, active = excluded.active`,
    [
      company,
      said.code,
      said.name,
      said.kind,
      said.segments,
      said.branches,
      JSON.stringify(limits),
      said.commission,
      said.email,
      said.language,
      said.people,
      said.active,
    ],
  )
  const { code, ...rest } = said
  const result = { agency: code, ...rest, amounts: limits }
  await appendToJournal(sql, company, null, {
    event: 'agency registered',
    actor: asking.actor,
    at: asking.now,
    data: result,
  })
  return { result, cases: [] }
}

/** @throws Refusal OwnPeopleOnly for somebody who speaks for an agency */
export async function ourOwn(sql: Sql, company: string, person: string): Promise<void> {
  if ((await agencyOfPerson(sql, company, person)) !== null) throw new Refusal('OwnPeopleOnly', { person })
}
