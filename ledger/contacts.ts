import type { Answer, CaseCommands } from '../domain/command.ts'
import { touchCustomers } from './cases.ts'
import type { Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { askAgainForAddress } from './outbox.ts'
import type { CommandScope } from './scope.ts'

/** Adds a contact, or mends one: an address given again is no longer refused. */
export async function addContact(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['addContact'],
): Promise<Answer> {
  const { asking, customer } = scope
  await sql.rows(
    `INSERT INTO contact (customer_id, site, name, email, phone, rank) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (customer_id, site, lower(email)) WHERE email IS NOT NULL
       DO UPDATE SET name = excluded.name, phone = coalesce(excluded.phone, contact.phone), rank = excluded.rank, refused_at = NULL, refused_reason = NULL`,
    [customer.id, input.site ?? '', input.name, input.email ?? null, input.phone ?? null, input.rank ?? 1],
  )
  // What a conversation had found wrong is the telephone; the rest are addresses.
  await sql.rows(
    `UPDATE task SET state = 'done', closed_at = to_timestamp($2 / 1000.0), closed_why = 'contact mended'
     WHERE customer_id = $1 AND kind = 'fix_contact' AND state = 'open' AND CASE WHEN subject LIKE 'after %' THEN $4::boolean ELSE $3::boolean END`,
    [customer.id, asking.now, input.email !== undefined, input.phone !== undefined],
  )
  await askAgainForAddress(sql, [customer.id], asking.now)
  const result = { name: input.name, email: input.email ?? null, phone: input.phone ?? null }
  await appendToJournal(sql, asking.company, customer.id, {
    event: 'contact added',
    actor: asking.actor,
    at: asking.now,
    receivables: [],
    data: result,
  })
  return { result, cases: await touchCustomers(sql, [customer.id]) }
}
