import type { Answer } from '../../domain/command.ts'
import { percentOf } from '../../domain/dispute.ts'
import type { interestCommands } from '../../domain/interest/command.ts'
import { fromJson, toDecimal, toJson } from '../../domain/money.ts'
import { Refusal } from '../../domain/refusal.ts'
import { withAuthority } from '../approvals/authority.ts'
import type { Carriers } from '../carriers.ts'
import { touchCustomers } from '../cases.ts'
import { customerId, customersPaidWith, lockCustomers } from '../customers.ts'
import type { Sql } from '../database.ts'
import { findReceivables, type Receivable } from '../receivables.ts'
import { type Ask, openCustomer } from '../scope.ts'
import { BEFORE_ALL, bearingIds } from './accrual.ts'
import { addFee as postFee } from './fees.ts'
import { chargeInterest as makeNotes } from './notes.ts'
import {
  type InterestScope,
  lineOf,
  type OpenInterest,
  openInterest,
  waiveInterest as postWaiver,
} from './waivers.ts'

type Input<N extends keyof typeof interestCommands> = Parameters<Carriers<typeof interestCommands>[N]>[2]

/** The customer's rules, itself and who shares its money locked: a note is a claim that their money may net. */
async function open(sql: Sql, ask: Ask, code: string) {
  const customer = await customerId(sql, ask.asking.company, code)
  const sharing = [...new Set([customer, ...(await customersPaidWith(sql, customer))])]
  await lockCustomers(sql, sharing)
  return { scope: await openCustomer(sql, ask, code), touch: () => touchCustomers(sql, sharing) }
}

/** @throws Refusal WrongCustomer, NotFound */
async function ownDocuments(
  sql: Sql,
  { customer, asking }: InterestScope,
  names: readonly string[],
): Promise<Receivable[]> {
  const found = await findReceivables(sql, asking.company, names)
  const other = found.find((receivable) => receivable.customer_id !== customer.id)
  if (other) throw new Refusal('WrongCustomer', { document: other.name, customer: customer.code })
  return found
}

async function chargeInterest(sql: Sql, ask: Ask, input: Input<'chargeInterest'>): Promise<Answer> {
  const { scope, touch } = await open(sql, ask, input.customer)
  const through = input.through ?? scope.today
  if (through > scope.today)
    throw new Refusal('InvalidDate', {
      field: 'through',
      value: through,
      must: `not be after ${scope.today}`,
    })
  const receivables = input.documents
    ? (await ownDocuments(sql, scope, input.documents)).map((receivable) => receivable.id)
    : // In all that ever bore interest.
      await bearingIds(sql, scope.customer.id, null, BEFORE_ALL)
  const { notes, below } = await makeNotes(sql, scope, { receivables, through, why: input.why })
  if (notes.length === 0) {
    const [least] = below
    throw new Refusal('NoInterest', {
      customer: scope.customer.code,
      ...(least ? { open: least.amount, minimum: least.minimum } : {}),
    })
  }
  const told = notes.map(({ id: _, ...note }) => note)
  return { result: { customer: scope.customer.code, through, notes: told, below }, cases: await touch() }
}

async function waiveInterest(sql: Sql, ask: Ask, input: Input<'waiveInterest'>): Promise<Answer> {
  const { scope, touch } = await open(sql, ask, input.customer)
  const named = input.lines
    ? await ownDocuments(
        sql,
        scope,
        input.lines.map((line) => line.document),
      )
    : null
  const ids = named ? named.map((receivable) => receivable.id) : await bearingIds(sql, scope.customer.id)
  const opens = await openInterest(sql, scope, ids)
  const wanted = named
    ? named.map((receivable, index) => wantedOf(receivable, opens, input.lines![index]!))
    : [...opens.values()].map((one) => ({ ...one, minor: one.openMinor }))
  const parts = shared(wanted, input.share, scope)
  const { currency } = parts[0]!
  const minor = parts.reduce((sum, part) => sum + part.minor, 0n)
  const lines = parts.map(lineOf)
  const effect = { currency, amount: toDecimal(minor, currency), lines }
  return withAuthority(
    sql,
    scope,
    {
      kind: 'interest_waiver',
      command: 'waiveInterest',
      // As asked for today: on yes no more is waived, however much has accrued.
      input: {
        customer: scope.customer.code,
        lines: parts.map((part) => ({ document: part.document, amount: toJson(part.minor, currency) })),
        why: input.why,
      },
      items: await owedOf(
        sql,
        parts.map((part) => part.receivable),
      ),
      amount: { currency, minor },
      onYes: [{ code: 'interest_waived', data: effect }],
      onNo: [{ code: 'interest_stays', data: effect }],
      why: input.why,
    },
    async () => {
      const waived = await postWaiver(sql, scope, {
        parts,
        reference: scope.approval ? `approval ${scope.approval.id}` : '',
        why: input.why,
      })
      const total = waived.parts.reduce((sum, part) => sum + part.minor, 0n)
      const result = {
        customer: scope.customer.code,
        currency,
        amount: toDecimal(total, currency),
        lines: waived.parts.map(lineOf),
        approvedBy: scope.approval?.by ?? [],
      }
      return { result, cases: await touch() }
    },
  )
}

type Part = OpenInterest & { minor: bigint }

/** Approved a while ago, less may be open: then that is waived. Asked for now, it is refused. */
function wantedOf(
  { id, name, currency }: Receivable,
  opens: ReadonlyMap<number, OpenInterest>,
  { amount }: NonNullable<Input<'waiveInterest'>['lines']>[number],
): Part {
  const found = opens.get(id) ?? { receivable: id, document: name, currency, openMinor: 0n }
  if (amount && amount.currency !== currency)
    throw new Refusal('WrongCurrency', { document: name, expected: currency, given: amount.currency })
  return { ...found, minor: amount ? BigInt(amount.minor) : found.openMinor }
}

/** What is to be waived of each, of one currency. */
function shared(wanted: readonly Part[], share: Input<'waiveInterest'>['share'], scope: Approvable): Part[] {
  const { code } = scope.customer
  const asked = share && 'amount' in share ? fromJson(share.amount) : null
  const among = asked ? wanted.filter((part) => part.currency === asked.currency) : wanted
  const [first] = among
  if (!first || among.every((part) => part.openMinor === 0n))
    throw new Refusal('NoInterest', { customer: code })
  const other = among.find((part) => part.currency !== first.currency)
  if (other)
    throw new Refusal('WrongCurrency', {
      document: other.document,
      expected: first.currency,
      given: other.currency,
    })
  let left = asked?.minor ?? 0n
  const parts = among.map((part): Part => {
    if (asked) {
      const minor = part.openMinor < left ? part.openMinor : left
      left -= minor
      return { ...part, minor }
    }
    if (share && 'percent' in share) return { ...part, minor: percentOf(part.openMinor, share.percent) }
    return part
  })
  const openMinor = among.reduce((sum, part) => sum + part.openMinor, 0n)
  const over = parts.find((part) => part.minor > part.openMinor)
  if (left > 0n || (over && !scope.approval))
    throw new Refusal('OverApplied', {
      document: over?.document ?? code,
      open: toDecimal(over?.openMinor ?? openMinor, first.currency),
      given: toDecimal(over?.minor ?? asked!.minor, first.currency),
    })
  const some = parts.filter((part) => part.minor > 0n)
  if (some.length === 0) throw new Refusal('NoInterest', { customer: code })
  return some
}

type Approvable = Awaited<ReturnType<typeof openCustomer>>

const owedOf = (sql: Sql, receivables: readonly number[]) =>
  sql.rows<{ receivable: number; ceilingMinor: bigint }>(
    `SELECT receivable_id::int AS receivable, owed_minor AS "ceilingMinor" FROM owed WHERE receivable_id = ANY($1)`,
    [receivables],
  )

async function addFee(sql: Sql, ask: Ask, input: Input<'addFee'>): Promise<Answer> {
  const { scope, touch } = await open(sql, ask, input.customer)
  const [receivable] = await ownDocuments(sql, scope, [input.document])
  const result = await postFee(sql, scope, {
    receivable: receivable!,
    id: input.fee,
    amount: input.amount ? fromJson(input.amount) : undefined,
    why: input.why,
  })
  return { result, cases: await touch() }
}

/** What carries out the commands about interest. */
export const interestCarriers: Carriers<typeof interestCommands> = { chargeInterest, waiveInterest, addFee }
