import type { Answer } from '../../domain/command.ts'
import { toDecimal } from '../../domain/money.ts'
import { goesFurther, goesToAgency, type PlacementKind } from '../../domain/placement/placement.ts'
import type { PlacementCommands } from '../../domain/placementCommand.ts'
import { type NotPlaceableBecause, Refusal } from '../../domain/refusal.ts'
import { withAuthority } from '../approvals/authority.ts'
import { openOfCustomer } from '../commandScope.ts'
import type { Sql } from '../database.ts'
import { planMessage } from '../outbox.ts'
import { beginProcess } from '../processes.ts'
import { CLAIMED, findReceivables, type Receivable } from '../receivables.ts'
import { type Ask, type CommandScope, caseOfCustomer, openCustomer } from '../scope.ts'
import { type Agency, findAgency, ourOwn } from './agencies.ts'
import { endPlacement } from './endings.ts'
import { offer } from './offers.ts'
import {
  activeItems,
  change,
  journalPlacement,
  type Placement,
  placementAnswer,
  placementProcess,
  readPlacement,
  takeOut,
} from './placement.ts'

/** A demand letter, or a hand-over, begins: never without an approval where the matrix asks for one. */

/** Who decides about a kind, as the matrix of approvals calls it. */
const APPROVED_AS = {
  demand: 'demand',
  prelegal: 'place_legal',
  legal: 'place_legal',
  agency: 'place_agency',
} as const satisfies Record<PlacementKind, string>

export async function requestPlacement(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['requestPlacement'],
): Promise<Answer> {
  const { asking } = ask
  await ourOwn(sql, asking.company, asking.actor)
  const scope = await caseOfCustomer(sql, await openCustomer(sql, ask, input.customer))
  const agency = input.agency === undefined ? null : await findAgency(sql, asking.company, input.agency)
  if (agency && (!goesToAgency(input.kind) || !agency.active))
    throw new Refusal('NotPlaceable', { what: agency.code })
  const items = await placeable(sql, scope, input)
  const documents = items.map((item) => item.name)
  const owed = await owedOf(
    sql,
    items.map((item) => item.id),
  )
  return withAuthority(
    sql,
    scope,
    {
      kind: APPROVED_AS[input.kind],
      command: 'requestPlacement',
      // What is overdue by the time of the answer wasn't asked about.
      input: { ...input, documents },
      items: owed.map(({ id, minor }) => ({ receivable: id, ceilingMinor: minor })),
      amount: totalOf(owed),
      onYes: [...new Set(owed.map(({ currency }) => currency))].map((currency) => ({
        code: APPROVED_AS[input.kind],
        data: { ...amountOf(owed, currency), agency: agency?.code ?? null },
      })),
      onNo: [{ code: 'chasing_goes_on', data: { documents } }],
      why: input.why,
    },
    () => begin(sql, scope, input, items, agency),
  )
}

/** What the ladder asked for and somebody agreed to. */
export async function placeByStep(
  sql: Sql,
  scope: CommandScope,
  action: 'demand' | 'place_legal' | 'place_agency',
  receivables: readonly number[],
): Promise<Answer> {
  const kind = action === 'demand' ? 'demand' : action === 'place_legal' ? 'legal' : 'agency'
  const rows = await sql.rows<{ id: number; name: string }>(
    `SELECT id::int, document || '/' || tranche AS name FROM receivable WHERE id = ANY($1) ORDER BY due_on, id`,
    [receivables],
  )
  // What somebody has placed by hand meanwhile has had its step.
  const names: string[] = []
  for (const { id, name } of rows) {
    const other = await placedAs(sql, id)
    if (!other || goesFurther(kind, other.kind)) names.push(name)
  }
  const { code } = scope.customer
  if (names.length === 0) return { result: { action, receivables: 0 }, cases: [scope.case.key] }
  const why = `step ${action}`
  const items = await placeable(sql, scope, {
    customer: code,
    kind,
    documents: names,
    why,
  })
  return begin(sql, scope, { customer: code, kind, why }, items, null)
}

/** What can be placed of a customer: overdue, in nobody's hands that goes as far. */
async function placeable(
  sql: Sql,
  scope: CommandScope,
  { kind, documents }: PlacementCommands['requestPlacement'],
): Promise<Receivable[]> {
  const { asking, approval, customer, today } = scope
  const names = documents ?? (await overdueOf(sql, customer.id, today))
  const found = await findReceivables(sql, asking.company, [...new Set(names)])
  const reasons = await reasonsAgainst(sql, found, today)
  // Of what was approved, what was paid or put off meanwhile is left out; asked for by name now, it is a mistake.
  const open = approval
    ? found.filter((r) => r.closed_as === null && !reasons.has(r.id))
    : openOfCustomer(scope, found)
  if (open.length === 0) throw new Refusal('NothingToPlace', { customer: customer.code })
  for (const item of open) {
    const because = reasons.get(item.id)
    if (because) throw new Refusal('NotPlaceable', { what: item.name, because })
    const other = await placedAs(sql, item.id)
    if (other && !goesFurther(kind, other.kind))
      throw new Refusal('AlreadyPlaced', { document: item.name, placement: other.id })
    // Somebody outside has it: that one is recalled first.
    if (other && goesToAgency(other.kind) && other.state !== 'approved')
      throw new Refusal('AlreadyPlaced', { document: item.name, placement: other.id })
  }
  return open
}

interface Owed {
  id: number
  name: string
  currency: string
  minor: bigint
}

const owedOf = (sql: Sql, receivables: readonly number[]): Promise<Owed[]> =>
  sql.rows(
    `SELECT r.id::int, CASE WHEN r.tranche = '1' THEN r.document ELSE r.document || '/' || r.tranche END AS name, r.currency, o.claimed_minor AS minor FROM receivable r JOIN ${CLAIMED} o ON o.receivable_id = r.id WHERE r.id = ANY($1) ORDER BY r.id`,
    [receivables],
  )

/** What of a currency is placed, as an approval tells it. */
function amountOf(owed: readonly Owed[], currency: string) {
  const own = owed.filter((item) => item.currency === currency)
  const minor = own.reduce((sum, item) => sum + item.minor, 0n)
  return { documents: own.map(({ name }) => name), amount: toDecimal(minor, currency), currency }
}

/** What the matrix measures: of several currencies no sum can be told, which is beyond every amount. */
function totalOf(
  owed: readonly { currency: string; minor: bigint }[],
): { currency: string; minor: bigint } | null {
  const [first] = owed
  if (!first || owed.some(({ currency }) => currency !== first.currency)) return null
  return { currency: first.currency, minor: owed.reduce((sum, { minor }) => sum + minor, 0n) }
}

/** SQL of what keeps receivable `r`, with what is owed of it in `o`, from being placed on day `$2`; NULL: nothing. */
const AGAINST = `CASE WHEN r.kind NOT IN ('invoice', 'debit_note', 'retention') THEN 'credit' WHEN r.held THEN 'held'
  WHEN o.owed_minor <= 0 THEN 'nothing_owed' WHEN r.stage = 'unpresented' THEN 'not_presented' WHEN r.due_on >= $2 THEN 'not_overdue' END`

const overdueOf = async (sql: Sql, customerId: number, today: string): Promise<string[]> =>
  (
    await sql.rows<{ name: string }>(
      `SELECT document || '/' || tranche AS name FROM receivable r JOIN owed o ON o.receivable_id = r.id
       WHERE r.customer_id = $1 AND r.closed_as IS NULL AND ${AGAINST} IS NULL AND NOT EXISTS (
           SELECT FROM placement_item i JOIN placement p ON p.id = i.placement_id WHERE i.receivable_id = r.id AND i.active AND p.kind <> 'demand')
       ORDER BY r.due_on, r.id`,
      [customerId, today],
    )
  ).map((row) => row.name)

async function reasonsAgainst(
  sql: Sql,
  receivables: readonly Receivable[],
  today: string,
): Promise<Map<number, NotPlaceableBecause>> {
  const rows = await sql.rows<{ id: number; because: NotPlaceableBecause | null }>(
    `SELECT r.id::int, ${AGAINST} AS because FROM receivable r JOIN owed o ON o.receivable_id = r.id WHERE r.id = ANY($1)`,
    [receivables.map((r) => r.id), today],
  )
  return new Map(rows.flatMap(({ id, because }) => (because === null ? [] : [[id, because]])))
}

const placedAs = (sql: Sql, receivable: number): Promise<Pick<Placement, 'id' | 'kind' | 'state'> | null> =>
  sql.one(
    `SELECT p.id::int, p.kind, p.state FROM placement_item i JOIN placement p ON p.id = i.placement_id WHERE i.receivable_id = $1 AND i.active`,
    [receivable],
  )

async function begin(
  sql: Sql,
  scope: CommandScope,
  { kind, why }: PlacementCommands['requestPlacement'],
  items: readonly Receivable[],
  agency: Agency | null,
): Promise<Answer> {
  const { asking, customer, today } = scope
  const ids = items.map((item) => item.id)
  const before = await takeFromEarlier(sql, scope, ids)
  const row = await sql.one<{ id: number }>(
    `INSERT INTO placement (company, customer_id, case_id, kind, state, requested_by, approved_by, why, begun_on)
     VALUES ($1, $2, $3, $4, 'approved', $5, $6, $7, $8) RETURNING id::int`,
    [asking.company, customer.id, scope.case.id, kind, asking.actor, scope.approval?.by ?? [], why, today],
  )
  await sql.rows(
    `INSERT INTO placement_item (placement_id, receivable_id, ceiling_minor, told_minor, stage_before, active)
     SELECT $1, r.id, o.claimed_minor, o.claimed_minor, r.stage, true FROM receivable r JOIN ${CLAIMED} o ON o.receivable_id = r.id WHERE r.id = ANY($2)`,
    [row!.id, ids],
  )
  const placement = await readPlacement(sql, asking.company, row!.id)
  await journalPlacement(
    sql,
    asking,
    placement,
    'placement begun',
    ids,
    { documents: items.map((item) => item.name), approvedBy: scope.approval?.by ?? [] },
    why,
  )
  if (kind === 'demand') await demand(sql, scope, placement)
  else await offer(sql, asking, scope, placement, agency)
  const process = await beginProcess(sql, asking.company, {
    ...placementProcess(placement.id),
    customer: customer.id,
  })
  const answer = await placementAnswer(sql, asking.company, placement.id, [scope.case.key, ...before.cases])
  return { ...answer, processes: [process, ...before.processes] }
}

/** What a demand letter didn't bring goes further: the demand is over, for what goes. */
async function takeFromEarlier(
  sql: Sql,
  scope: CommandScope,
  receivables: readonly number[],
): Promise<{ cases: string[]; processes: string[] }> {
  const earlier = await sql.rows<{ id: number; receivables: number[] }>(
    `SELECT i.placement_id::int AS id, array_agg(i.receivable_id::int) AS receivables FROM placement_item i
     WHERE i.active AND i.receivable_id = ANY($1) GROUP BY i.placement_id ORDER BY 1`,
    [receivables],
  )
  const cases: string[] = []
  for (const one of earlier) {
    cases.push(...(await takeOut(sql, one.id, one.receivables)))
    if ((await activeItems(sql, one.id)).length > 0) continue
    const placement = await readPlacement(sql, scope.asking.company, one.id)
    await endPlacement(sql, scope.asking, scope, placement, 'closed', 'went further')
  }
  return { cases, processes: earlier.map(({ id }) => `placement:${id}`) }
}

/** The letter is a message of the case's outbox. */
async function demand(sql: Sql, scope: CommandScope, placement: Placement): Promise<void> {
  const message = await planMessage(sql, scope.asking, scope, 'demand')
  await change(sql, placement, { message_id: message })
}
