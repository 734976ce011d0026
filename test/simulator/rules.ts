/**
 * The invariants, as one question to the database about one company at one moment: $1 company, $2 now in milliseconds.
 * Each row of the answer is a rule that is broken, and by what. Nothing here calls the program.
 *
 * What reads the clock or what every look changes is asked after every event; the books and the ladder, after every event
 * whose statements could have changed them, and now and then whatever they were (see `Observer`).
 *
 * `fresh` are receivables whose case has looked at their latest facts: only of those can be said what must not be.
 */

// Rows are taken by the ids of what the company has: others share the tables, and the planner knows nothing about them.
const FOUND = `
WITH k AS MATERIALIZED (
  SELECT k.id, k.key, k.customer_id, k.next_wake_at, k.facts_version = k.assessed_version AS fresh, c.code, c.time_zone, c.requires_presentation AS presents,
    (to_timestamp($2::float8 / 1000) AT TIME ZONE c.time_zone)::date AS today
  FROM collection_case k JOIN customer c ON c.id = k.customer_id WHERE k.company = $1),
r AS MATERIALIZED (
  SELECT r.id, r.document, r.customer_id, r.payer_id, r.case_id, r.policy_id, r.kind, r.currency, r.original_minor, r.closed_as, r.stage,
    r.held, r.due_on, r.next_action_at, k.presents AND r.presented_on IS NULL AND r.stage NOT IN ('prelegal', 'legal', 'agency') AS unpresented, a.id AS account, a.balance_minor AS open, k.today,
    k.key, k.next_wake_at, k.fresh, r.kind IN ('invoice', 'debit_note', 'retention') AS debit, r.is_interest
  FROM receivable r JOIN account a ON a.receivable_id = r.id JOIN k ON k.id = r.case_id WHERE r.company = $1),
pending AS MATERIALIZED (
  SELECT p.receivable_id, p.step, p.message_id, p.task_id, p.approval_id FROM receivable_step p WHERE p.receivable_id = ANY (ARRAY(SELECT id FROM r)) AND p.state = 'pending'),
messages AS MATERIALIZED (
  SELECT m.id, m.case_id, m.purpose, m.state, m.planned_on, m.sent_at, m.created_at, m.state IN ('pending', 'sending') AS open FROM message m WHERE m.case_id = ANY (ARRAY(SELECT id FROM k))),
open_task AS MATERIALIZED (
  SELECT t.id, t.case_id, t.kind, t.subject FROM task t WHERE t.case_id = ANY (ARRAY(SELECT id FROM k)) AND t.state = 'open'),
asked AS MATERIALIZED (
  SELECT i.task_id, i.receivable_id FROM task_item i WHERE i.task_id = ANY (ARRAY(SELECT id FROM open_task))),
disputed AS MATERIALIZED (
  SELECT r.id, least(r.open, sum(l.amount_minor - l.resolved_minor)) AS minor FROM r JOIN dispute_line l ON l.receivable_id = r.id
  JOIN dispute d ON d.id = l.dispute_id AND d.resolved_on IS NULL GROUP BY r.id, r.open),
-- Unused money against the oldest items: a customer's credits first, then what the payer has on account.
debits AS MATERIALIZED (SELECT * FROM r WHERE closed_as IS NULL AND NOT held AND open > 0),
by_credit AS MATERIALIZED (
  SELECT d.*, greatest(0, least(d.open, coalesce(credit.minor, 0)
      - (sum(d.open) OVER (PARTITION BY d.payer_id, d.customer_id, d.currency ORDER BY d.due_on, d.id) - d.open))) AS credited
  FROM debits d LEFT JOIN LATERAL (
    SELECT -sum(c.open) AS minor FROM r c WHERE c.payer_id = d.payer_id AND c.customer_id = d.customer_id AND c.currency = d.currency
      AND NOT c.held AND c.kind IN ('credit_note', 'on_account_credit') AND c.open < 0) credit ON true),
netted AS MATERIALIZED (
  SELECT b.id, b.credited + greatest(0, least(b.open - b.credited, coalesce(cash.minor, 0)
      - (sum(b.open - b.credited) OVER (PARTITION BY b.payer_id, b.currency ORDER BY b.due_on, b.id) - (b.open - b.credited)))) AS minor
  FROM by_credit b LEFT JOIN LATERAL (
    SELECT -a.balance_minor AS minor FROM account a WHERE a.company = $1 AND a.kind = 'unapplied' AND a.payer_id = b.payer_id AND a.currency = b.currency) cash ON true),
suspended AS MATERIALIZED (
  SELECT r.id, 'settled' AS why FROM r WHERE r.open = 0
  UNION ALL SELECT r.id, 'unpresented' FROM r WHERE r.unpresented
  UNION ALL SELECT r.id, 'promised' FROM r JOIN promise_item i ON i.receivable_id = r.id JOIN promise p ON p.id = i.promise_id AND p.state = 'open'
  UNION ALL SELECT r.id, 'announced' FROM r JOIN announced_item i ON i.receivable_id = r.id JOIN announced_payment n ON n.id = i.announced_id AND n.state = 'open'
  UNION ALL SELECT r.id, 'paused' FROM r JOIN pause p ON p.customer_id = r.customer_id AND coalesce(p.receivable_id, r.id) = r.id
    AND r.today BETWEEN p.from_on AND p.to_on AND coalesce(p.resumed_on, 'infinity'::date) > r.today
  UNION ALL SELECT r.id, 'disputed' FROM r JOIN disputed d ON d.id = r.id AND d.minor >= r.open
  UNION ALL SELECT r.id, 'netted' FROM r JOIN netted n ON n.id = r.id LEFT JOIN disputed d ON d.id = r.id
    WHERE r.open > 0 AND n.minor > 0 AND n.minor >= r.open - coalesce(d.minor, 0))`

/** Transfers summed up by the observer itself. */
const SUMMED = `
t AS MATERIALIZED (SELECT * FROM transfer WHERE company = $1),
sides AS MATERIALIZED (
  SELECT account, code, sum(minor) AS minor FROM (
    SELECT debit_account AS account, code, amount_minor AS minor FROM t UNION ALL SELECT credit_account, code, -amount_minor FROM t) s GROUP BY account, code),
sums AS MATERIALIZED (SELECT account, sum(minor) AS minor FROM sides GROUP BY account),
accounts AS MATERIALIZED (SELECT a.*, coalesce(s.minor, 0) AS minor FROM account a LEFT JOIN sums s ON s.account = a.id WHERE a.company = $1)`

const BOOKS = `
SELECT 'original = open + what settled it' AS rule, r.document || ': original ' || r.original_minor || ', open ' || r.open AS what FROM r
WHERE r.original_minor <> r.open + coalesce((SELECT -sum(s.minor) FROM sides s WHERE s.account = r.account
    AND s.code IN ('settled_before', 'source_settlement', 'source_reopening', 'application', 'credit_application', 'allowance', 'write_off', 'recovery', 'cancellation', 'replacement', 'interest_waiver')), 0)
  -- A note that was cancelled went back to where its interest came from.
  + CASE WHEN EXISTS (SELECT FROM interest_note_line l WHERE l.note_id = r.id)
      THEN r.original_minor - coalesce((SELECT s.minor FROM sides s WHERE s.account = r.account AND s.code = 'interest_charge'), 0) ELSE 0 END
UNION ALL SELECT 'a note is the sum of its lines', r.document FROM r JOIN interest_note_line l ON l.note_id = r.id
GROUP BY r.id, r.document, r.original_minor HAVING sum(l.amount_minor) <> r.original_minor
UNION ALL SELECT 'interest is of what can bear it, and no more than the rate and the days allow', r.document || ': ' || s.minor FROM r
JOIN accounts a ON a.interest_of = r.id JOIN sides s ON s.account = a.id AND s.code = 'interest'
WHERE s.minor < 0 OR r.is_interest OR NOT r.debit
   OR s.minor > r.original_minor * 0.36 * greatest(0, (SELECT max(t.value_on) FROM t WHERE a.id IN (t.debit_account, t.credit_account))
        - least(r.due_on, (SELECT x.anchor_on FROM receivable x WHERE x.id = r.id), (SELECT min(m.due_on) FROM receivable_term m WHERE m.receivable_id = r.id))) / 360 + 1
UNION ALL SELECT 'what was cancelled or replaced bears no interest', r.document || ': ' || s.minor FROM r
JOIN accounts a ON a.interest_of = r.id JOIN sides s ON s.account = a.id AND s.code = 'interest'
WHERE r.closed_as IN ('cancelled', 'replaced') AND s.minor <> 0 AND r.fresh AND EXISTS (
  SELECT FROM policy_version v WHERE v.id = r.policy_id AND v.document ? 'interest')
UNION ALL SELECT 'a balance is the sum of its transfers', a.kind || ' ' || a.id || ': ' || a.balance_minor || ' and ' || a.minor
FROM accounts a WHERE a.balance_minor <> a.minor
UNION ALL SELECT 'debits equal credits', currency || ' ' || sum(coalesce(balance_minor, minor)) FROM accounts
GROUP BY currency HAVING sum(coalesce(balance_minor, minor)) <> 0
UNION ALL SELECT 'unapplied cash is never negative', a.kind || ' ' || a.balance_minor FROM accounts a
WHERE a.kind IN ('unapplied', 'unidentified') AND a.balance_minor > 0
UNION ALL SELECT 'unapplied cash is what is left of the receipts', p.code || ': ' || -a.balance_minor || ' and ' || q.minor
FROM accounts a JOIN payer p ON p.id = a.payer_id CROSS JOIN LATERAL (
  SELECT coalesce(sum(q.amount_minor - coalesce((SELECT sum(CASE WHEN t.reverses_id IS NULL THEN t.amount_minor ELSE -t.amount_minor END)
    FROM t WHERE t.receipt_id = q.id AND t.code = 'application'), 0)), 0) AS minor
  FROM receipt q WHERE q.payer_id = p.id AND q.currency = a.currency AND q.reversed_at IS NULL) q
WHERE a.kind = 'unapplied' AND -a.balance_minor <> q.minor`

const CHASE = `
SELECT 'closed is what owes nothing' AS rule, r.document || ': open ' || r.open || ', ' || coalesce(r.closed_as, '-') || ', ' || r.stage AS what FROM r
WHERE (r.open = 0) <> (r.closed_as IS NOT NULL) OR (r.closed_as IS NOT NULL) <> (r.stage = 'closed')
UNION ALL SELECT 'nobody plans to write about what is suspended or settled', r.document || ' is ' || s.why || ', step ' || p.step
FROM pending p JOIN r ON r.id = p.receivable_id JOIN suspended s ON s.id = r.id
JOIN messages m ON m.id = p.message_id AND m.state = 'pending' WHERE r.fresh
UNION ALL SELECT 'nobody is asked to call or visit about what is suspended or settled', r.document || ' is ' || s.why || ', ' || t.kind || ' ' || t.subject
FROM open_task t JOIN asked i ON i.task_id = t.id JOIN r ON r.id = i.receivable_id JOIN suspended s ON s.id = r.id
WHERE t.kind IN ('call', 'visit') AND r.fresh
UNION ALL SELECT 'no open task about what is settled', r.document || ': ' || t.kind || ' ' || t.subject
FROM open_task t JOIN asked i ON i.task_id = t.id JOIN r ON r.id = i.receivable_id
WHERE t.kind <> 'fix_contact' AND r.open = 0 AND r.fresh
UNION ALL SELECT 'an open call or visit is about something', k.key || ': ' || t.kind || ' ' || t.subject
FROM open_task t JOIN k ON k.id = t.case_id AND k.fresh
WHERE t.kind IN ('call', 'visit') AND NOT EXISTS (SELECT FROM asked i WHERE i.task_id = t.id)
UNION ALL SELECT 'what is on its way has something that carries it', r.document || ' ' || p.step
FROM pending p JOIN r ON r.id = p.receivable_id LEFT JOIN messages m ON m.id = p.message_id LEFT JOIN open_task t ON t.id = p.task_id
WHERE (m.open OR t.id IS NOT NULL OR EXISTS (
    SELECT FROM approval a JOIN approval_item i ON i.approval_id = a.id WHERE a.id = p.approval_id AND a.state = 'open' AND i.receivable_id = r.id)) IS NOT TRUE
   OR t.id IS NOT NULL AND NOT EXISTS (SELECT FROM asked i WHERE i.task_id = t.id AND i.receivable_id = r.id)
UNION ALL SELECT 'a waiting message says something', k.key || ' ' || m.planned_on
FROM k JOIN messages m ON m.case_id = k.id AND m.state = 'pending' AND m.purpose = 'notice' WHERE k.fresh AND NOT EXISTS (SELECT FROM pending p WHERE p.message_id = m.id)
UNION ALL SELECT 'one message of a case waits at a time', k.key || ': ' || count(*)
FROM k JOIN messages m ON m.case_id = k.id AND m.state = 'pending' AND m.purpose = 'notice' GROUP BY k.key HAVING count(*) > 1
UNION ALL SELECT 'one message a day', k.key || ' ' || (m.sent_at AT TIME ZONE k.time_zone)::date
FROM k JOIN messages m ON m.case_id = k.id AND m.state = 'sent' AND m.purpose = 'notice' GROUP BY k.key, (m.sent_at AT TIME ZONE k.time_zone)::date HAVING count(*) > 1`

const WAKES = `
SELECT 'every open receivable has a wake' AS rule, r.document || ' of case ' || r.key || ' (next_wake_at ' || coalesce(r.next_wake_at::text, 'none') || ')' AS what
FROM r WHERE r.debit AND NOT r.held AND r.open > 0 AND r.fresh
  AND (r.next_wake_at IS NULL OR r.next_wake_at < to_timestamp($2::float8 / 1000)
    AND NOT EXISTS (SELECT FROM messages m WHERE m.case_id = r.case_id AND m.open))
UNION ALL SELECT 'an open receivable waits for a day, or for what carries its step', r.document
FROM r WHERE r.debit AND NOT r.held AND r.open > 0 AND r.fresh AND r.next_action_at IS NULL AND NOT EXISTS (
  -- What is being sent when a receivable moves stays with the case that sends it, and tells it what came of it.
  SELECT FROM pending p JOIN messages m ON m.id = p.message_id AND (m.state = 'sending' OR m.open AND m.case_id = r.case_id) WHERE p.receivable_id = r.id)
UNION ALL SELECT 'a case wakes before the first of its receivables acts', r.document FROM r
WHERE r.debit AND NOT r.held AND r.open > 0 AND r.fresh AND r.next_action_at < r.next_wake_at
UNION ALL SELECT 'the outcome of a promise is known in time', 'promise of ' || c.code || ' decided after ' || max(n.decided_after)
FROM promise p JOIN customer c ON c.id = p.customer_id JOIN promise_instalment n ON n.promise_id = p.id
WHERE p.customer_id = ANY (ARRAY(SELECT customer_id FROM k)) AND p.state = 'open'
GROUP BY p.id, c.code HAVING max(n.decided_after) < to_timestamp($2::float8 / 1000)::date - 10
UNION ALL SELECT 'an announced payment doesn''t suspend for ever', c.code || ' lapses after ' || n.lapses_after
FROM announced_payment n JOIN customer c ON c.id = n.customer_id
WHERE n.customer_id = ANY (ARRAY(SELECT customer_id FROM k)) AND n.state = 'open' AND n.lapses_after < to_timestamp($2::float8 / 1000)::date - 10`

/** Each step of each receivable's version of the policy with its record, and the last contact that has one. */
const CLIMBED = `
gaps AS MATERIALIZED (SELECT min((document ->> 'min_gap_days')::int) AS gap FROM policy_version WHERE company = $1),
steps AS MATERIALIZED (
  SELECT v.id AS policy_id, step.place, step.doc ->> 'id' AS step, step.doc ->> 'action' AS action
  FROM policy_version v CROSS JOIN LATERAL jsonb_array_elements(v.document -> 'steps') WITH ORDINALITY AS step(doc, place) WHERE v.company = $1),
ladder AS MATERIALIZED (
  SELECT l.*, max(place) FILTER (WHERE state IN ('pending', 'done') AND action NOT IN ('hold_orders', 'review')) OVER (PARTITION BY id) AS furthest FROM (
    SELECT r.id, r.document, s.place, s.step, coalesce(p.action, s.action) AS action, p.state, p.reason, p.on_date, p.task_id, gaps.gap
    FROM r CROSS JOIN gaps JOIN steps s ON s.policy_id = r.policy_id
    LEFT JOIN (SELECT * FROM receivable_step WHERE receivable_id = ANY (ARRAY(SELECT id FROM r))) p ON p.receivable_id = r.id AND p.step = s.step WHERE r.debit) l)`

const LADDER = `
SELECT 'no step is passed over' AS rule, ladder.document || ': ' || ladder.step || ' has no record, a later contact has' AS what
FROM ladder WHERE ladder.state IS NULL AND ladder.action NOT IN ('hold_orders', 'review') AND ladder.furthest > ladder.place
UNION ALL SELECT 'a step is skipped for a written reason', ladder.document || ' ' || ladder.step || ': ' || coalesce(ladder.reason, '-')
FROM ladder WHERE ladder.state = 'skipped' AND (ladder.reason IS NULL OR ladder.reason NOT IN ('before the load', 'loaded late', 'loaded late: a person decides', 'not logged in time', 'adopted later', 'not approved'))
UNION ALL SELECT 'only calls and visits are given up', ladder.document || ' ' || ladder.step
FROM ladder WHERE ladder.state = 'skipped' AND ladder.reason = 'not logged in time' AND ladder.action NOT IN ('call', 'visit') AND ladder.task_id IS NULL
UNION ALL SELECT 'contacts are min_gap_days apart', said.document || ': ' || said.before || ' and ' || said.on_date || ' ' || said.step
FROM (SELECT document, step, on_date, lag(on_date) OVER (PARTITION BY id ORDER BY on_date, place) AS before, gap FROM ladder
      WHERE state = 'done' AND action IN ('remind', 'statement', 'call', 'visit')) said
WHERE said.on_date - said.before < said.gap`

/** The question, with what is asked only when it may have changed. */
export function invariants({ books, ladder }: { books: boolean; ladder: boolean }): string {
  const found = [FOUND, ...(books ? [SUMMED] : []), ...(ladder ? [CLIMBED] : [])]
  const rules = [CHASE, WAKES, ...(books ? [BOOKS] : []), ...(ladder ? [LADDER] : [])]
  return `${found.join(',')} ${rules.join(' UNION ALL ')}`
}

/** Of the receivables $3, those that must not be chased now, and why. */
export const SUSPENDED = `${FOUND} SELECT r.document, s.why FROM suspended s JOIN r ON r.id = s.id WHERE r.id = ANY($3::bigint[])`

/** What unused money covers, by receivable. */
export const NETTED = `${FOUND} SELECT n.id::int AS id, n.minor::bigint AS minor FROM netted n WHERE n.minor > 0 AND $2::float8 > 0`
