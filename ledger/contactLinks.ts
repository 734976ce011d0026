import type { Answer, CaseCommands } from '../domain/command.ts'
import { journalCommand } from './commandScope.ts'
import { mustFind, type Sql } from './database.ts'
import { keepProofs } from './proofs.ts'
import type { CommandScope } from './scope.ts'

/** What came of a conversation: the promise, the dispute, the money taken. */

export const LINKED = ['promise', 'dispute', 'announcement', 'task', 'provisional'] as const
export type Linked = (typeof LINKED)[number]

export interface NewLink {
  what: Linked
  /** As people know it: of a provisional receipt its number. */
  id: number
}

type Given = Pick<
  CaseCommands['linkContact'],
  'promises' | 'disputes' | 'announcements' | 'provisionals' | 'tasks'
>

const TABLES: Record<Linked, { table: string; thing: string; column: string }> = {
  promise: { table: 'promise', thing: 'promise', column: 'id' },
  dispute: { table: 'dispute', thing: 'dispute', column: 'id' },
  announcement: { table: 'announced_payment', thing: 'announced payment', column: 'id' },
  task: { table: 'task', thing: 'task', column: 'id' },
  provisional: { table: 'provisional_receipt', thing: 'provisional receipt', column: 'number' },
}

/**
 * What was named as having come of a conversation.
 * @throws Refusal NotFound for the first that isn't the customer's
 */
export async function linksGiven(sql: Sql, customerId: number, given: Given): Promise<NewLink[]> {
  const links = [
    ...(given.promises ?? []).map((id) => ({ what: 'promise' as const, id })),
    ...(given.disputes ?? []).map((id) => ({ what: 'dispute' as const, id })),
    ...(given.announcements ?? []).map((id) => ({ what: 'announcement' as const, id })),
    ...(given.provisionals ?? []).map((id) => ({ what: 'provisional' as const, id })),
    ...(given.tasks ?? []).map((id) => ({ what: 'task' as const, id })),
  ]
  for (const { what, id } of links) {
    const { table, thing, column } = TABLES[what]
    await mustFind(
      sql,
      thing,
      String(id),
      `SELECT 1 FROM ${table} WHERE customer_id = $1 AND ${column} = $2`,
      [customerId, id],
    )
  }
  return links
}

export const writeLinks = (sql: Sql, contact: number, links: readonly NewLink[]): Promise<unknown> =>
  sql.rows(
    `INSERT INTO contact_link (contact_id, what, id)
     SELECT $1, what, id FROM jsonb_to_recordset($2::jsonb) AS l(what text, id bigint) ON CONFLICT DO NOTHING`,
    [contact, JSON.stringify(links)],
  )

/** Says afterwards what came of a conversation, and brings its proof. */
export async function linkContact(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['linkContact'],
): Promise<Answer> {
  await mustFind(
    sql,
    'contact',
    String(input.contact),
    'SELECT 1 FROM contact_log WHERE id = $1 AND customer_id = $2',
    [input.contact, scope.customer.id],
  )
  const links = await linksGiven(sql, scope.customer.id, input)
  const proof = input.proof ?? []
  await writeLinks(sql, input.contact, links)
  await keepProofs(sql, scope, 'contact', input.contact, proof)
  const result = {
    contact: input.contact,
    links,
    proof: proof.map(({ name, sha256 }) => ({ name, sha256 })),
  }
  const about = await sql.rows<{ id: number }>(
    'SELECT i.receivable_id::int AS id FROM contact_log l JOIN task_item i ON i.task_id = l.task_id WHERE l.id = $1 ORDER BY 1',
    [input.contact],
  )
  await journalCommand(
    sql,
    scope,
    'contact completed',
    about.map((a) => a.id),
    result,
  )
  return { result, cases: [] }
}
