import type { LocalDate } from '../../domain/calendar.ts'
import type { Answer } from '../../domain/command.ts'
import { percentOf } from '../../domain/dispute.ts'
import { toDecimal } from '../../domain/money.ts'
import type { PlacementCommands } from '../../domain/placementCommand.ts'
import { Refusal } from '../../domain/refusal.ts'
import { companyToday, firstOpenDay } from '../company.ts'
import { lockPaidWith } from '../customers.ts'
import type { Sql } from '../database.ts'
import { postReceipts } from '../receipts.ts'
import type { Ask } from '../scope.ts'
import { accountOf, postTransfers } from '../transfers.ts'
import { agencyById, ourOwn } from './agencies.ts'
import {
  activeItems,
  journalPlacement,
  mustBe,
  openPlacement,
  type PlacedItem,
  placementAnswer,
  setTold,
} from './placement.ts'

/** Money of placements: what an agency brings in and holds, what it costs, what it pays over. All of it by transfers. */

/** Money that it holds is in transit; what it gets is a liability to it. Both under its code. */
const accountsOf = (sql: Sql, company: string, currency: string, agency: string) => ({
  held: () => accountOf(sql, company, 'in_transit', currency, null, agency),
  owedToIt: () => accountOf(sql, company, 'agency_payable', currency, null, agency),
  expense: () => accountOf(sql, company, 'collection_costs', currency),
  bank: () => accountOf(sql, company, 'bank', currency),
})

/**
 * The customer paid the agency: a receipt in its hands. It pays the placed items, oldest first; commission falls due on
 * what it pays of them, and goes back with the receipt.
 */
export async function recordRecovery(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['recordRecovery'],
): Promise<Answer> {
  const { asking } = ask
  await lockCustomersOf(sql, asking.company, input.placement)
  const { placement, scope } = await openPlacement(sql, ask, input.placement)
  mustBe(placement, 'accepted', 'active')
  const { currency } = input.amount
  const agency = await agencyById(sql, placement.agency_id!)
  const items = pick(await activeItems(sql, placement.id), input.documents, currency)
  const before = await sql.one<{ count: number }>(
    'SELECT count(*)::int AS count FROM placement_recovery WHERE placement_id = $1',
    [placement.id],
  )
  const number = `${agency.code}-${placement.id}-${before!.count + 1}`
  const applications = shareOf(items, BigInt(input.amount.minor)).map(({ name, minor }) => ({
    document: name,
    amount: { currency, minor: Number(minor) },
  }))
  const posted = await postReceipts(
    sql,
    asking,
    {
      receipts: [
        {
          number,
          customer: scope.customer.code,
          amount: input.amount,
          form: input.form,
          ...(input.trackingKey === undefined ? {} : { trackingKey: input.trackingKey }),
          reference: `placement ${placement.id}`,
          valueOn: input.paidOn,
          applications,
        },
      ],
    },
    agency.code,
  )
  const receipt = (await sql.one<{ id: number; posting_on: LocalDate }>(
    'SELECT id::int, posting_on FROM receipt WHERE company = $1 AND number = $2',
    [asking.company, number],
  ))!
  // Of what was meant, what the books took: a cheque in hand may stand for a part of it.
  const taken = (posted.result.receipts as { applied: { document: string; amount: string }[] }[])[0]!.applied
  const { minor: applied } = (await sql.one<{ minor: bigint }>(
    `SELECT coalesce(sum(amount_minor), 0)::bigint AS minor FROM transfer WHERE receipt_id = $1 AND code = 'application'`,
    [receipt.id],
  ))!
  const commission = percentOf(applied, placement.commission_percent!)
  const accounts = accountsOf(sql, asking.company, currency, agency.code)
  if (commission > 0n)
    await postTransfers(sql, asking, [
      {
        debit: await accounts.expense(),
        credit: await accounts.owedToIt(),
        currency,
        minor: commission,
        code: 'commission',
        reference: number,
        key: `commission:${receipt.id}`,
        receiptId: receipt.id,
        valueOn: input.paidOn,
        postingOn: receipt.posting_on,
      },
    ])
  await sql.rows(
    'INSERT INTO placement_recovery (placement_id, receipt_id, applied_minor, commission_minor) VALUES ($1, $2, $3, $4)',
    [placement.id, receipt.id, applied, commission],
  )
  // It knows what it took.
  await setTold(sql, placement.id)
  const result = {
    receipt: number,
    amount: toDecimal(BigInt(input.amount.minor), currency),
    currency,
    applied: taken,
    commission: toDecimal(commission, currency),
    agency: agency.code,
  }
  await journalPlacement(
    sql,
    asking,
    placement,
    'recovery recorded',
    items.map((i) => i.id),
    result,
  )
  return placementAnswer(sql, asking.company, placement.id, posted.cases, result)
}

/** Whose money this is too: their locks before the customer's own, in order. */
async function lockCustomersOf(sql: Sql, company: string, placement: number): Promise<void> {
  const of = await sql.one<{ customer: number }>(
    'SELECT customer_id::int AS customer FROM placement WHERE company = $1 AND id = $2',
    [company, placement],
  )
  if (of) await lockPaidWith(sql, of.customer)
}

function pick(
  items: readonly PlacedItem[],
  documents: readonly string[] | undefined,
  currency: string,
): PlacedItem[] {
  const named = documents?.map((name) => {
    const item = items.find((i) => i.name === name || `${i.name}/1` === name)
    if (!item) throw new Refusal('NotFound', { what: 'receivable', id: name })
    return item
  })
  const wrong = named?.find((item) => item.currency !== currency)
  if (wrong)
    throw new Refusal('WrongCurrency', { document: wrong.name, expected: wrong.currency, given: currency })
  return (named ?? items).filter((item) => item.currency === currency)
}

/** The first takes what it can, then the next; what none takes stays unapplied. */
function shareOf(items: readonly PlacedItem[], minor: bigint): { name: string; minor: bigint }[] {
  let left = minor
  return items.flatMap(({ name, claimed_minor }) => {
    const part = claimed_minor < left ? claimed_minor : left
    left -= part
    return part > 0n ? [{ name, minor: part }] : []
  })
}

/** What it cost: owed to the agency, whoever gets the money in the end. */
export async function addPlacementCost(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['addPlacementCost'],
): Promise<Answer> {
  const { asking } = ask
  const { placement, scope } = await openPlacement(sql, ask, input.placement)
  // A bill may come after the end.
  if (placement.agency_id === null) throw new Refusal('NotPlaceable', { what: placement.kind })
  const { currency } = input.amount
  const minor = BigInt(input.amount.minor)
  const incurredOn = input.incurredOn ?? scope.today
  const today = await companyToday(sql, asking.company, asking.now)
  if (incurredOn > today)
    throw new Refusal('InvalidDate', {
      field: 'incurredOn',
      value: incurredOn,
      must: `not be after ${today}`,
    })
  const agency = await agencyById(sql, placement.agency_id)
  const accounts = accountsOf(sql, asking.company, currency, agency.code)
  const [transfer] = await postTransfers(sql, asking, [
    {
      debit: await accounts.expense(),
      credit: await accounts.owedToIt(),
      currency,
      minor,
      code: 'collection_cost',
      reference: input.reference || `placement ${placement.id}`,
      key: `collection_cost:${placement.id}:${asking.key}`,
      valueOn: incurredOn,
      postingOn: await firstOpenDay(sql, asking.company, incurredOn),
    },
  ])
  await sql.rows(
    `INSERT INTO placement_cost (placement_id, what, currency, amount_minor, incurred_on, reference, transfer_id, recorded_at, recorded_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8 / 1000.0), $9)`,
    [
      placement.id,
      input.what,
      currency,
      minor,
      incurredOn,
      input.reference ?? '',
      transfer,
      asking.now,
      asking.actor,
    ],
  )
  const result = { what: input.what, amount: toDecimal(minor, currency), currency, agency: agency.code }
  await journalPlacement(sql, asking, placement, 'placement cost added', [], result)
  return placementAnswer(sql, asking.company, placement.id, [], result)
}

/** The agency pays over what it holds; what it keeps settles what it is owed. Neither more than there is. */
export async function remitRecovery(
  sql: Sql,
  ask: Ask,
  input: PlacementCommands['remitRecovery'],
): Promise<Answer> {
  const { asking } = ask
  await ourOwn(sql, asking.company, asking.actor)
  const { placement } = await openPlacement(sql, ask, input.placement)
  if (placement.agency_id === null) throw new Refusal('NotPlaceable', { what: placement.kind })
  const agency = await agencyById(sql, placement.agency_id)
  // All of its placements share what it holds.
  await sql.rows('SELECT FROM agency WHERE id = $1 FOR NO KEY UPDATE', [agency.id])
  const { currency } = input.amount
  const paid = BigInt(input.amount.minor)
  const withheld = BigInt(input.withheld?.minor ?? 0)
  if (input.withheld && input.withheld.currency !== currency)
    throw new Refusal('WrongCurrency', {
      document: agency.code,
      expected: currency,
      given: input.withheld.currency,
    })
  const today = await companyToday(sql, asking.company, asking.now)
  if (input.paidOn > today)
    throw new Refusal('InvalidDate', { field: 'paidOn', value: input.paidOn, must: `not be after ${today}` })
  const accounts = accountsOf(sql, asking.company, currency, agency.code)
  const held = await balanceOf(sql, await accounts.held())
  const owedToIt = -(await balanceOf(sql, await accounts.owedToIt()))
  if (paid + withheld > held || withheld > owedToIt)
    throw new Refusal('RemitsTooMuch', {
      held: toDecimal(held, currency),
      owed: toDecimal(owedToIt, currency),
      given: toDecimal(paid + withheld, currency),
    })
  const base = {
    currency,
    reference: input.reference || agency.code,
    valueOn: input.paidOn,
    postingOn: await firstOpenDay(sql, asking.company, input.paidOn),
  }
  await postTransfers(sql, asking, [
    {
      ...base,
      debit: await accounts.bank(),
      credit: await accounts.held(),
      minor: paid,
      code: 'remittance',
      key: `remittance:${agency.id}:${asking.key}`,
    },
    ...(withheld > 0n
      ? [
          {
            ...base,
            debit: await accounts.owedToIt(),
            credit: await accounts.held(),
            minor: withheld,
            code: 'withheld',
            key: `withheld:${agency.id}:${asking.key}`,
          },
        ]
      : []),
  ])
  const result = {
    agency: agency.code,
    currency,
    remitted: toDecimal(paid, currency),
    withheld: toDecimal(withheld, currency),
    stillHeld: toDecimal(held - paid - withheld, currency),
    stillOwed: toDecimal(owedToIt - withheld, currency),
  }
  await journalPlacement(sql, asking, placement, 'recovery remitted', [], result)
  return placementAnswer(sql, asking.company, placement.id, [], result)
}

/** Debits less credits of an account that isn't kept: summed. */
export const balanceOf = async (sql: Sql, account: number): Promise<bigint> =>
  (await sql.one<{ minor: bigint }>(
    `SELECT (coalesce((SELECT sum(amount_minor) FROM transfer WHERE debit_account = $1), 0)
       - coalesce((SELECT sum(amount_minor) FROM transfer WHERE credit_account = $1), 0))::bigint AS minor`,
    [account],
  ))!.minor
