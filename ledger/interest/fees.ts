import { feeIn } from '../../domain/interest/claim.ts'
import type { Fee } from '../../domain/interest/rule.ts'
import type { Money } from '../../domain/money.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Sql } from '../database.ts'
import { appendToJournal } from '../journal.ts'
import type { Receivable } from '../receivables.ts'
import { accountsOf, postTransfers } from '../transfers.ts'
import { bookDays, interestKey, openInterestAccounts } from './accrual.ts'
import { type BearingClaim, claimsOf } from './claims.ts'
import { type InterestScope, lineOf } from './waivers.ts'

/**
 * A fee by hand, as for a returned cheque: of the policy's table, or an amount that somebody answers for. It joins the
 * interest of its receivable and is charged by the next note.
 */
export async function addFee(
  sql: Sql,
  scope: InterestScope,
  fee: { receivable: Receivable; id?: string | undefined; amount?: Money | undefined; why: string },
): Promise<{ document: string; currency: string; amount: string; fee: string }> {
  const { asking, customer, today } = scope
  const { receivable } = fee
  const [claim] = await claimsOf(sql, [receivable.id], null, true)
  if (!claim) throw new Refusal('NoInterest', { customer: customer.code, document: receivable.name })
  const { currency } = receivable
  if (fee.amount && fee.amount.currency !== currency)
    throw new Refusal('WrongCurrency', {
      document: receivable.name,
      expected: currency,
      given: fee.amount.currency,
    })
  const minor = fee.amount?.minor ?? feeIn(byHand(claim, fee.id ?? ''), currency)
  if (minor <= 0n) throw new Refusal('InvalidAmount', { value: '0', currency })
  await openInterestAccounts(sql, asking, customer.id, [claim])
  await postTransfers(sql, asking, [
    {
      debit: claim.account.id!,
      credit: await accountsOf(sql, asking.company)('interest_and_fees', currency),
      currency,
      minor,
      code: 'fee',
      reference: fee.id ?? '',
      key: interestKey(claim),
      valueOn: today,
      postingOn: (await bookDays(sql, asking))(today),
    },
  ])
  const data = { ...lineOf({ document: receivable.name, currency, minor }), fee: fee.id ?? '' }
  await appendToJournal(sql, asking.company, customer.id, {
    event: 'fee charged',
    actor: asking.actor,
    at: asking.now,
    why: fee.why,
    receivables: [receivable.id],
    data,
  })
  return data
}

/** Those that come by themselves are taken back by themselves, so that nobody adds them. */
function byHand({ rule }: BearingClaim, id: string): Fee {
  const known = (rule?.fees ?? []).filter((fee) => fee.step === undefined && fee.overdue_days === undefined)
  const found = known.find((fee) => fee.id === id)
  if (!found) throw new Refusal('UnknownCode', { list: 'fee', code: id, known: known.map((fee) => fee.id) })
  return found
}
