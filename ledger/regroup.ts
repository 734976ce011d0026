import type { Answer, CaseCommands } from '../domain/command.ts'
import { caseKeySql, touchCustomers } from './cases.ts'
import type { Sql } from './database.ts'
import { appendToJournal } from './journal.ts'
import { dropUnsent, skipEmptied } from './outbox.ts'
import { findReceivables } from './receivables.ts'
import type { CommandScope } from './scope.ts'
import { ABOUT_RECEIVABLES, overtakeTasks } from './tasks.ts'

/**
 * Moves a customer's open receivables to the cases that its current policy groups them into. What was planned in the
 * old cases is given back and planned anew in the new ones.
 */
export async function regroup(sql: Sql, scope: CommandScope): Promise<Answer> {
  const { asking, customer, policy } = scope
  const moves = await sql.rows<{ id: number; from: number; key: string; site: string }>(
    `SELECT r.id::int, r.case_id::int AS from, ${caseKeySql('$2::text')} AS key, CASE WHEN $2 = 'site' THEN r.site ELSE '' END AS site
     FROM receivable r JOIN customer c ON c.id = r.customer_id JOIN payer p ON p.id = r.payer_id JOIN collection_case k ON k.id = r.case_id
     WHERE r.customer_id = $1 AND r.closed_as IS NULL AND k.key <> ${caseKeySql('$2::text')}`,
    [customer.id, policy.grouping],
  )
  for (const from of new Set(moves.map((m) => m.from))) {
    const leaving = moves.filter((m) => m.from === from).map((m) => m.id)
    await dropUnsent(sql, from, leaving)
    await skipEmptied(sql, from)
    await overtakeTasks(
      sql,
      asking,
      { ...scope, case: { ...scope.case, id: from } },
      leaving.map((receivable) => ({
        receivable,
        kinds: ABOUT_RECEIVABLES,
      })),
    )
  }
  await sql.rows(
    `INSERT INTO collection_case (company, customer_id, key, grouping, site)
     SELECT DISTINCT $1, $2::bigint, key, $3, site FROM jsonb_to_recordset($4::jsonb) AS m(key text, site text)
     ON CONFLICT (company, key) DO UPDATE SET grouping = excluded.grouping`,
    [asking.company, customer.id, policy.grouping, JSON.stringify(moves)],
  )
  await sql.rows(
    `UPDATE receivable r SET case_id = k.id, touched = true FROM jsonb_to_recordset($2::jsonb) AS m(id bigint, key text)
     JOIN collection_case k ON k.company = $1 AND k.key = m.key WHERE r.id = m.id`,
    [asking.company, JSON.stringify(moves)],
  )
  await moveAskedFor(sql, customer.id)
  const result = {
    grouping: policy.grouping,
    moved: moves.length,
    cases: [...new Set(moves.map((m) => m.key))].sort(),
  }
  if (moves.length > 0)
    await appendToJournal(sql, asking.company, customer.id, {
      event: 'regrouped',
      actor: asking.actor,
      at: asking.now,
      receivables: moves.map((m) => m.id),
      data: result,
    })
  return { result, cases: await touchCustomers(sql, [customer.id]) }
}

/** What a person asked for goes with its first receivable, unless the same is open there. */
async function moveAskedFor(sql: Sql, customerId: number): Promise<void> {
  const tasks = await sql.rows<{ id: number }>(
    `SELECT id::int FROM task WHERE customer_id = $1 AND state = 'open' AND by_hand ORDER BY id`,
    [customerId],
  )
  for (const { id } of tasks)
    await sql.rows(
      `UPDATE task t SET case_id = f.case_id
       FROM (SELECT r.case_id FROM task_item i JOIN receivable r ON r.id = i.receivable_id WHERE i.task_id = $1 ORDER BY r.id LIMIT 1) f
       WHERE t.id = $1 AND t.case_id <> f.case_id
         AND NOT EXISTS (SELECT FROM task o WHERE o.case_id = f.case_id AND o.kind = t.kind AND o.subject = t.subject AND o.state = 'open')`,
      [id],
    )
}

/**
 * Live receivables take on the current version of their policy and keep their progress, step by step name. A step that
 * the version brings in below where a receivable stands is passed over: it would be a step back.
 */
export async function adoptPolicy(
  sql: Sql,
  scope: CommandScope,
  input: CaseCommands['adoptPolicy'],
): Promise<Answer> {
  const { asking, customer } = scope
  const named = input.documents
    ? (await findReceivables(sql, asking.company, input.documents)).map((r) => r.id)
    : null
  const adopted = await sql.rows<{ id: number; steps: string[] }>(
    `UPDATE receivable r SET policy_id = $2, touched = true
     WHERE customer_id = $1 AND closed_as IS NULL AND policy_id <> $2 AND ($3::bigint[] IS NULL OR id = ANY($3))
     RETURNING id::int, ARRAY(SELECT step FROM receivable_step s WHERE s.receivable_id = r.id) AS steps`,
    [customer.id, scope.policyId, named],
  )
  const passed = adopted.flatMap(({ id, steps }) => {
    const reached = scope.policy.steps.findLastIndex((step) => steps.includes(step.id))
    return scope.policy.steps
      .slice(0, reached + 1)
      .filter((step) => !steps.includes(step.id))
      .map(({ id: step, action }) => ({ id, step, action }))
  })
  await sql.rows(
    `INSERT INTO receivable_step (receivable_id, step, action, state, on_date, reason)
     SELECT id, step, action, 'skipped', $2, 'adopted later' FROM jsonb_to_recordset($1::jsonb) AS s(id bigint, step text, action text)`,
    [JSON.stringify(passed), scope.today],
  )
  const result = { policy: scope.policy.id, adopted: adopted.length }
  if (adopted.length > 0)
    await appendToJournal(sql, asking.company, customer.id, {
      event: 'policy adopted',
      actor: asking.actor,
      at: asking.now,
      receivables: adopted.map((a) => a.id),
      data: result,
    })
  return { result, cases: await touchCustomers(sql, [customer.id]) }
}
