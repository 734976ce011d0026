import type { LocalDate } from '../domain/calendar.ts'
import type { Answer, CaseCommands } from '../domain/command.ts'
import { toDecimal } from '../domain/money.ts'
import { isCreditKind } from '../domain/openItem.ts'
import { Refusal } from '../domain/refusal.ts'
import { type AuthorityAsked, withAuthority } from './approvals/authority.ts'
import { touchCustomers } from './cases.ts'
import { journalCommand, openOfCustomer } from './commandScope.ts'
import { companyToday, firstOpenDay } from './company.ts'
import type { Sql } from './database.ts'
import { unchargeNote } from './interest/uncharge.ts'
import { findReceivables, type Receivable, settleStages } from './receivables.ts'
import type { CommandScope } from './scope.ts'
import { accountOf, postTransfers } from './transfers.ts'

/** What changes a claim other than money: credit notes, cancellations, write-offs. */

/** A receivable that is the customer's and not closed. */
const ownReceivable = async (sql: Sql, scope: CommandScope, name: string): Promise<Receivable> =>
  openOfCustomer(scope, await findReceivables(sql, scope.asking.company, [name]))[0]!

/** The same, of what the customer owes: a credit can be cancelled, and nothing else. */
export async function ownDebit(sql: Sql, scope: CommandScope, name: string): Promise<Receivable> {
  const receivable = await ownReceivable(sql, scope, name)
  if (isCreditKind(receivable.kind))
    throw new Refusal('InvalidAmount', {
      value: toDecimal(receivable.balance_minor, receivable.currency),
      currency: receivable.currency,
    })
  return receivable
}

export const postingDay = async (
  sql: Sql,
  scope: Pick<CommandScope, 'asking'>,
  notBefore: LocalDate,
): Promise<LocalDate> => {
  const today = await companyToday(sql, scope.asking.company, scope.asking.now)
  const open = await firstOpenDay(sql, scope.asking.company, today)
  return open > notBefore ? open : notBefore
}

/**
 * A credit note for a receivable. What is more than its open amount stays open as credit: it isn't cash and goes to
 * another receivable by `applyCredit`.
 */
export async function credit(sql: Sql, scope: CommandScope, input: CaseCommands['credit']): Promise<Answer> {
  const receivable = await ownDebit(sql, scope, input.document)
  const { currency } = input.amount
  if (currency !== receivable.currency)
    throw new Refusal('WrongCurrency', {
      document: receivable.name,
      expected: receivable.currency,
      given: currency,
    })
  return withAuthority(
    sql,
    scope,
    {
      kind: 'credit_note',
      command: 'credit',
      input,
      ...creditEffects(input.number, [{ receivable, minor: BigInt(input.amount.minor) }]),
      why: input.why,
    },
    () => creditNow(sql, scope, receivable, input),
  )
}

/** What an approval of a credit note over parts of receivables, all of one currency, measures and brings about. */
export function creditEffects(
  number: string,
  parts: readonly { receivable: Receivable; minor: bigint }[],
): Pick<AuthorityAsked, 'items' | 'amount' | 'onYes' | 'onNo'> {
  const { currency } = parts[0]!.receivable
  const minor = parts.reduce((sum, part) => sum + part.minor, 0n)
  const documents = parts.map((part) => part.receivable.name)
  return {
    items: parts.map(({ receivable }) => ({
      receivable: receivable.id,
      ceilingMinor: receivable.balance_minor,
    })),
    amount: { currency, minor },
    onYes: [
      { code: 'credit_note', data: { number, documents, amount: toDecimal(minor, currency), currency } },
    ],
    onNo: [{ code: 'claim_stays', data: { documents } }],
  }
}

async function creditNow(
  sql: Sql,
  scope: CommandScope,
  receivable: Receivable,
  input: CaseCommands['credit'],
): Promise<Answer> {
  const { currency } = input.amount
  const minor = BigInt(input.amount.minor)
  const { note, applied } = await issueCredit(sql, scope, input.number, [{ receivable, minor }])
  const result = {
    credit: input.number,
    document: receivable.name,
    currency,
    amount: toDecimal(minor, currency),
    applied: toDecimal(applied[0]!.minor, currency),
    openCredit: toDecimal(minor - applied[0]!.minor, currency),
  }
  await journalCommand(sql, scope, 'credited', [receivable.id, note], result, input.why)
  return { result, cases: await touchCustomers(sql, [scope.customer.id]) }
}

/**
 * One credit note over parts of receivables, all of one currency, each applied to its own as far as that is open.
 * Returns the note's id, and of each part what was applied and by which transfer.
 */
export async function issueCredit(
  sql: Sql,
  scope: CommandScope,
  number: string,
  parts: readonly { receivable: Receivable; minor: bigint }[],
): Promise<{ note: number; applied: { minor: bigint; transfer: number }[] }> {
  const { asking } = scope
  const like = parts[0]!.receivable
  const { currency } = like
  const total = parts.reduce((sum, part) => sum + part.minor, 0n)
  const issued = parts.map((part) => part.receivable.issued_on).sort()
  const on = await postingDay(sql, scope, issued.at(-1)!)
  const note = await insertReceivable(sql, scope, like, {
    document: number,
    kind: 'credit_note',
    minor: -total,
    issuedOn: on,
    dueOn: on,
  })
  const sales = await accountOf(sql, asking.company, 'sales', currency)
  const base = { currency, reference: number, valueOn: on, postingOn: on }
  await postTransfers(sql, asking, [
    {
      ...base,
      debit: sales,
      credit: note.account,
      minor: total,
      code: 'credit_issue',
      key: `opening:${note.id}`,
    },
  ])
  const applied = parts.map(({ receivable, minor }) =>
    minor < receivable.balance_minor ? minor : receivable.balance_minor,
  )
  const transfers = await postTransfers(
    sql,
    asking,
    parts.map(({ receivable }, index) => ({
      ...base,
      debit: note.account,
      credit: receivable.account_id,
      minor: applied[index]!,
      code: 'credit_application',
      key: `credit:${note.id}:${receivable.id}`,
    })),
  )
  await settleStages(sql, [...parts.map((part) => part.receivable.id), note.id], 'credited')
  return { note: note.id, applied: applied.map((minor, index) => ({ minor, transfer: transfers[index]! })) }
}

/** Gives up collecting through the books; the claim stays, and later money posts as recovery. */
export async function writeOff(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['writeOff'],
): Promise<Answer> {
  const receivable = await ownDebit(sql, scope, input.document)
  const { id, name, currency, balance_minor: minor } = receivable
  return withAuthority(
    sql,
    scope,
    {
      kind: 'write_off',
      command: 'writeOff',
      input,
      items: [{ receivable: id, ceilingMinor: minor }],
      amount: { currency, minor },
      onYes: [
        { code: 'write_off', data: { documents: [name], amount: toDecimal(minor, currency), currency } },
      ],
      onNo: [{ code: 'chasing_goes_on', data: { documents: [name] } }],
      why: input.why,
    },
    () => writeOffNow(sql, scope, receivable, input.why),
  )
}

/** Writes several off, in one approval. */
export async function writeOffAll(sql: Sql, scope: CommandScope, ids: readonly number[]): Promise<void> {
  const rows = await sql.rows<{ name: string }>(
    `SELECT document || '/' || tranche AS name FROM receivable WHERE id = ANY($1) ORDER BY due_on, id`,
    [ids],
  )
  const receivables = await findReceivables(
    sql,
    scope.asking.company,
    rows.map((r) => r.name),
  )
  for (const receivable of receivables) await writeOffNow(sql, scope, receivable, '')
}

async function writeOffNow(
  sql: Sql,
  scope: CommandScope,
  receivable: Receivable,
  why: string,
): Promise<Answer> {
  const { asking } = scope
  const on = await postingDay(sql, scope, receivable.issued_on)
  const loss = await accountOf(sql, asking.company, 'write_off', receivable.currency)
  await postTransfers(sql, asking, [
    {
      debit: loss,
      credit: receivable.account_id,
      currency: receivable.currency,
      minor: receivable.balance_minor,
      code: 'write_off',
      reference: receivable.name,
      key: `write_off:${receivable.id}:${asking.key}`,
      valueOn: on,
      postingOn: on,
    },
  ])
  await settleStages(sql, [receivable.id], 'written_off')
  const result = {
    document: receivable.name,
    amount: toDecimal(receivable.balance_minor, receivable.currency),
    currency: receivable.currency,
    approvedBy: scope.approval?.by ?? [],
  }
  await journalCommand(sql, scope, 'written off', [receivable.id], result, why)
  return { result, cases: await touchCustomers(sql, [scope.customer.id]) }
}

/** The document should never have been: what is open of it, debit or credit, goes back against sales. */
export async function cancel(sql: Sql, scope: CommandScope, input: CaseCommands['cancel']): Promise<Answer> {
  const receivable = await ownReceivable(sql, scope, input.document)
  await refuseAppliedMoney(sql, receivable)
  if (!(await uncharged(sql, scope, receivable)))
    await postBack(sql, scope, receivable, receivable.balance_minor, 'cancellation')
  await settleStages(sql, [receivable.id], 'cancelled')
  const result = {
    document: receivable.name,
    amount: toDecimal(receivable.balance_minor, receivable.currency),
    currency: receivable.currency,
  }
  await journalCommand(sql, scope, 'cancelled', [receivable.id], result, input.why)
  return { result, cases: await touchCustomers(sql, [scope.customer.id]) }
}

/** The interest of a note isn't given up with it. Partly credited or waived, it can't go back whole. */
async function uncharged(sql: Sql, scope: CommandScope, note: Receivable): Promise<boolean> {
  if (!note.is_interest) return false
  if (note.balance_minor !== note.original_minor)
    throw new Refusal('HasApplications', { document: note.name })
  return unchargeNote(sql, scope.asking, note, await postingDay(sql, scope, note.issued_on))
}

async function refuseAppliedMoney(sql: Sql, receivable: Receivable): Promise<void> {
  if (receivable.balance_minor !== receivable.original_minor) {
    const applied = await sql.one(
      `SELECT 1 FROM transfer t WHERE t.credit_account = $1 AND t.code = 'application' AND t.reverses_id IS NULL
         AND NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id)`,
      [receivable.account_id],
    )
    if (applied) throw new Refusal('HasApplications', { document: receivable.name })
  }
}

export async function postBack(
  sql: Sql,
  scope: CommandScope,
  receivable: Receivable,
  minor: bigint,
  code: 'cancellation' | 'replacement',
): Promise<void> {
  const on = await postingDay(sql, scope, receivable.issued_on)
  const sales = await accountOf(sql, scope.asking.company, 'sales', receivable.currency)
  await postTransfers(sql, scope.asking, [
    {
      ...(minor > 0n
        ? { debit: sales, credit: receivable.account_id }
        : { debit: receivable.account_id, credit: sales }),
      currency: receivable.currency,
      minor: minor > 0n ? minor : -minor,
      code,
      reference: receivable.name,
      key: `${code}:${receivable.id}`,
      valueOn: on,
      postingOn: on,
    },
  ])
}

interface NewReceivable {
  document: string
  kind: Receivable['kind']
  minor: bigint
  issuedOn: LocalDate
  dueOn: LocalDate
  replaces?: number
  keepsClock?: boolean
  /** Charges interest: bears none itself, and is of no order. What replaces it is the same. */
  isInterest?: boolean
}

/** A receivable like another of the same customer and case, with its account. */
export async function insertReceivable(
  sql: Sql,
  scope: Pick<CommandScope, 'asking' | 'today'>,
  like: Pick<Receivable, 'id' | 'currency'>,
  made: NewReceivable,
): Promise<{ id: number; account: number }> {
  const { asking } = scope
  const row = await sql.one<{ id: number }>(
    `INSERT INTO receivable (company, document, tranche, customer_id, payer_id, case_id, policy_id, kind, currency, original_minor, issued_on, due_on,
       anchor_on, order_number, site, replaces_id, first_seen_on, held, load_id, is_interest)
     SELECT company, $2, '1', customer_id, payer_id, case_id, policy_id, $3, currency, $4, $5, $6,
       CASE WHEN $8 THEN coalesce(anchor_on, due_on) END, CASE WHEN NOT $10 THEN order_number END, site, $7, CASE WHEN $8 THEN first_seen_on ELSE $9 END,
       held, CASE WHEN held THEN load_id END, $10 OR $7::bigint IS NOT NULL AND is_interest
     FROM receivable WHERE id = $1 ON CONFLICT (company, document, tranche) DO NOTHING RETURNING id::int`,
    [
      like.id,
      made.document,
      made.kind,
      made.minor,
      made.issuedOn,
      made.dueOn,
      made.replaces ?? null,
      made.keepsClock ?? false,
      scope.today,
      made.isInterest ?? false,
    ],
  )
  if (!row) throw new Refusal('DuplicateDocument', { document: made.document })
  await sql.rows(
    `INSERT INTO receivable_term (receivable_id, seq, due_on, effective_on, recorded_at, reason) VALUES ($1, 1, $2, $3, to_timestamp($4 / 1000.0), 'issued')`,
    [row.id, made.dueOn, made.issuedOn, asking.now],
  )
  const account = await sql.one<{ id: number }>(
    `INSERT INTO account (company, kind, currency, receivable_id, balance_minor, floor_minor, ceiling_minor)
     VALUES ($1, 'receivable', $2, $3, 0, least(0, $4::bigint), greatest(0, $4::bigint)) RETURNING id::int`,
    [asking.company, like.currency, row.id, made.minor],
  )
  return { id: row.id, account: account!.id }
}
