import { afterAll, beforeAll, expect, test } from 'vitest'
import { noon } from '../setup/portfolio.ts'
import { vote } from '../setup/team.ts'
import { approvalOf, bothBrokenBy, DAY, openHouse, VOTE } from './duties.ts'

/** What no statement does to an approval, neither as the application's role nor as the owner of the tables. */

let ledger: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  ledger = await openHouse()
})
afterAll(() => ledger.drop())

const closing = `closed_at = to_timestamp(${noon(DAY)} / 1000.0)`
const later = (hours: number) => `to_timestamp(${noon(DAY) + hours * 3_600_000} / 1000.0)`

/** What no statement may do to an approval, by how many supervisors agreed before; `$1` is its id. */
const statements: [story: string, before: string[], text: string, app: string, owner: string][] = [
  [
    'approved without votes',
    [],
    `UPDATE approval SET state = 'approved', ${closing} WHERE id = $1`,
    'approval_by_votes',
    'approval_by_votes',
  ],
  [
    'approved with one vote of two',
    ['sofía'],
    `UPDATE approval SET state = 'approved', ${closing} WHERE id = $1`,
    'approval_by_votes',
    'approval_by_votes',
  ],
  [
    'approved before every level was asked',
    ['sofía', 'samuel'],
    `UPDATE approval SET state = 'approved', ${closing} WHERE id = $1`,
    'approval_by_votes',
    'approval_by_votes',
  ],
  [
    'granted and stale without votes',
    [],
    `UPDATE approval SET state = 'stale', ${closing} WHERE id = $1`,
    'approval_by_votes',
    'approval_by_votes',
  ],
  [
    'refused without a no',
    ['sofía'],
    `UPDATE approval SET state = 'refused', ${closing} WHERE id = $1`,
    'approval_by_votes',
    'approval_by_votes',
  ],
  [
    'a level passed over',
    [],
    `UPDATE approval SET level = 2, level_since = ${later(400)} WHERE id = $1`,
    'approval_level',
    'approval_level',
  ],
  [
    'the next level before this one had its time',
    ['sofía'],
    `UPDATE approval SET level = 1, level_since = ${later(7)} WHERE id = $1`,
    'approval_level',
    'approval_level',
  ],
  [
    'the next level and approved in one',
    [],
    `UPDATE approval SET level = 1, level_since = ${later(400)}, state = 'approved', ${closing} WHERE id = $1`,
    'approval_level',
    'approval_level',
  ],
  [
    'back to the level before',
    ['sofía', 'samuel'],
    'UPDATE approval SET level = 0 WHERE id = $1',
    'approval_level',
    'approval_level',
  ],
  [
    'beyond the last level',
    [],
    `UPDATE approval SET level = 9, level_since = ${later(400)} WHERE id = $1`,
    'approval_level',
    'approval_level',
  ],
  [
    'another requester',
    [],
    `UPDATE approval SET requester = 'otto', askers = '{otto}' WHERE id = $1`,
    'approval_fixed',
    'approval_fixed',
  ],
  [
    'fewer who asked',
    [],
    `UPDATE approval SET askers = '{ana,eva}' WHERE id = $1`,
    'approval_fixed',
    'approval_fixed',
  ],
  [
    'other levels',
    [],
    `UPDATE approval SET levels = jsonb_build_array(levels -> 1) WHERE id = $1`,
    'approval_fixed',
    'approval_fixed',
  ],
  [
    'another command',
    [],
    `UPDATE approval SET content = jsonb_set(content, '{input,document}', '"S-1"') WHERE id = $1`,
    'approval_fixed',
    'approval_fixed',
  ],
  [
    'another amount',
    [],
    'UPDATE approval SET amount_minor = 1 WHERE id = $1',
    'approval_fixed',
    'approval_fixed',
  ],
  [
    'other words of what happens',
    [],
    `UPDATE approval SET on_yes = '[]' WHERE id = $1`,
    'approval_fixed',
    'approval_fixed',
  ],
  [
    'a higher ceiling',
    [],
    'UPDATE approval_item SET ceiling_minor = 99999999 WHERE approval_id = $1',
    '42501',
    '23001',
  ],
  ['an item left out', [], 'DELETE FROM approval_item WHERE approval_id = $1', '42501', '23001'],
  [
    'a vote turned round',
    ['sofía'],
    'UPDATE approval_vote SET agrees = false WHERE approval_id = $1',
    '42501',
    '23001',
  ],
  ['a vote taken away', ['sofía'], 'DELETE FROM approval_vote WHERE approval_id = $1', '42501', '23001'],
  ['the approval taken away', [], 'DELETE FROM approval WHERE id = $1', '42501', '23001'],
  [
    'an approval born approved',
    [],
    `INSERT INTO approval (company, kind, subject, branch, policy_id, requester, askers, why, days_past_due, content, on_yes, on_no, levels, level, level_since, state, requested_at, requested_on, closed_at)
     SELECT company, kind, 'born', branch, policy_id, requester, askers, why, 0, content, on_yes, on_no, levels, 0, level_since, 'approved', requested_at, requested_on, requested_at FROM approval WHERE id = $1`,
    'approval_begins',
    'approval_begins',
  ],
  [
    'an approval without levels',
    [],
    `INSERT INTO approval (company, kind, subject, branch, policy_id, requester, askers, why, days_past_due, content, on_yes, on_no, levels, level, level_since, state, requested_at, requested_on)
     SELECT company, kind, 'empty', branch, policy_id, requester, askers, why, 0, content, on_yes, on_no, '[]', 0, level_since, 'open', requested_at, requested_on FROM approval WHERE id = $1`,
    'approval_begins',
    'approval_begins',
  ],
]

test.each(statements)('refused: %s', async (_, before, text, app, owner) => {
  const id = await approvalOf(ledger, 'ana', before)
  expect(await bothBrokenBy(ledger, text, [id])).toEqual([app, owner])
})

test('refused: approved with a no among the votes', async () => {
  const id = await approvalOf(ledger, 'ana', ['sofía', 'samuel'])
  await ledger.database.rows(VOTE.replace('true', 'false'), [id, 1, 'mario', 'mario', DAY, noon(DAY)])
  const approved = `UPDATE approval SET state = 'approved', ${closing} WHERE id = $1`
  expect(await bothBrokenBy(ledger, approved, [id])).toEqual(['approval_by_votes', 'approval_by_votes'])
})

test('refused: opened again once it is decided', async () => {
  const id = await approvalOf(ledger, 'ana')
  await vote(ledger.database, id, 'samuel', DAY, false)
  const open = `UPDATE approval SET state = 'open', closed_at = NULL WHERE id = $1`
  expect(await bothBrokenBy(ledger, open, [id])).toEqual(['approval_decided', 'approval_decided'])
})
