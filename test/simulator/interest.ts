import type { LocalDate } from '../../domain/calendar.ts'
import type { Database } from '../../ledger/database.ts'
import { interestAsOf } from '../../ledger/interest/accrual.ts'
import { Broken } from './broken.ts'

interface Row {
  id: number
  document: string
  /** Up to which day its interest should be in the books. */
  day: LocalDate
}

/**
 * What happened late, was reversed, disputed, credited or moved has corrected what was booked before: reckoned anew, nothing
 * is left to post. Of cases that have looked at their latest facts, and booked interest before.
 */
export async function checkBookedInterest(sql: Database, company: string, now: number): Promise<void> {
  const rows = await sql.rows<Row>(
    `SELECT r.id::int, r.document, CASE WHEN r.closed_as IS NOT NULL THEN greatest(k.interest_through, (to_timestamp($2::float8 / 1000) AT TIME ZONE c.time_zone)::date)
       ELSE greatest(k.interest_through, (SELECT max(t.value_on) FROM account a JOIN transfer t ON a.id IN (t.debit_account, t.credit_account)
         WHERE a.interest_of = r.id AND t.code = 'interest')) END AS day
     FROM receivable r JOIN collection_case k ON k.id = r.case_id JOIN customer c ON c.id = r.customer_id
     WHERE r.company = $1 AND k.facts_version = k.assessed_version AND NOT r.touched AND k.interest_through IS NOT NULL`,
    [company, now],
  )
  for (const { id, document, day } of rows)
    for (const { toPost } of await interestAsOf(sql, [id], day)) {
      const left = [toPost.interestMinor, ...toPost.fees.map((fee) => fee.minor)].filter(
        (minor) => minor !== 0n,
      )
      if (left.length > 0)
        throw new Broken(
          'interest is booked as it is reckoned',
          `${document} up to ${day}: ${left.join(', ')} are missing`,
        )
    }
}
