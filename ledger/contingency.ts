import type { contingencyCommands } from '../domain/contingencyCommand.ts'
import { toDecimal } from '../domain/money.ts'
import { Refusal } from '../domain/refusal.ts'
import { customersWaitingFor } from './announcements.ts'
import { findReceipt } from './applications.ts'
import { withAuthority } from './approvals/authority.ts'
import type { Carriers } from './carriers.ts'
import { touchCustomers } from './cases.ts'
import { lockCustomers } from './customers.ts'
import { appendToJournal } from './journal.ts'
import { postReceipts } from './receipts.ts'
import { openCustomer, rulesOfCompany } from './scope.ts'

/** Money that is known before the bank says so: posted when somebody else agrees, tied to the bank's line later. */
export const contingencyCarriers: Carriers<typeof contingencyCommands> = {
  async postContingency(sql, ask, { receipt, why }) {
    const { customer, amount, number } = receipt
    const scope =
      customer === undefined ? await rulesOfCompany(sql, ask) : await openCustomer(sql, ask, customer)
    const told = {
      receipt: number,
      amount: toDecimal(BigInt(amount.minor), amount.currency),
      currency: amount.currency,
    }
    return withAuthority(
      sql,
      scope,
      {
        kind: 'contingency_receipt',
        command: 'postContingency',
        input: { receipt, why },
        subject: number,
        items: [],
        amount: { currency: amount.currency, minor: BigInt(amount.minor) },
        onYes: [{ code: 'receipt_posted', data: told }],
        onNo: [{ code: 'receipt_not_posted', data: told }],
        why,
      },
      async () => {
        const answer = await postReceipts(sql, ask.asking, { receipts: [receipt] })
        await sql.rows('UPDATE receipt SET approval_id = $3 WHERE company = $1 AND number = $2', [
          ask.asking.company,
          number,
          ask.approval?.id ?? null,
        ])
        return answer
      },
    )
  },

  async tieReceipt(sql, { asking }, { receipt: number, trackingKey }) {
    const customers = await customersWaitingFor(sql, asking.company, [trackingKey])
    await lockCustomers(sql, customers)
    const receipt = await findReceipt(sql, asking.company, number)
    if (receipt.reversed_at !== null) throw new Refusal('AlreadyReversed', { receipt: number })
    const same = await sql.one<{ number: string }>(
      `SELECT number FROM receipt WHERE company = $1 AND tracking_key = $2 AND currency = $3 AND amount_minor = $4
         AND reversed_at IS NULL AND number <> $5`,
      [asking.company, trackingKey, receipt.currency, receipt.amount_minor, number],
    )
    if (same) throw new Refusal('DuplicateReceipt', { receipt: same.number, trackingKey })
    await sql.rows('UPDATE receipt SET tracking_key = $2 WHERE id = $1', [receipt.id, trackingKey])
    const result = { receipt: number, trackingKey }
    await appendToJournal(sql, asking.company, null, {
      event: 'receipt tied',
      actor: asking.actor,
      at: asking.now,
      data: result,
    })
    return { result, cases: await touchCustomers(sql, customers) }
  },
}
