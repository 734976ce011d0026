import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeOf } from '../../domain/approval.ts'
import { Refusal, type RefusalName } from '../../domain/refusal.ts'
import { lockApproval } from '../../ledger/approvals/approval.ts'
import { holdersOn } from '../../ledger/approvals/holders.ts'
import type { Database } from '../../ledger/database.ts'
import { away, requested, team } from '../setup/approvals.ts'
import { COMPANY, openFileLedger, type TestLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { seedTeam, vote } from '../setup/team.ts'
import { refusalOf } from './books.ts'

/**
 * Nobody decides what they asked for, twice, or without the authority: every way to try it, at every level where it can
 * be tried. The rule of the domain, the command of the ledger, and what the database does whatever the code does: as the
 * application's role, and as the owner of the tables.
 */

const DAY = '2026-03-10'
const week = ['2026-03-09', '2026-03-13'] as const

/** Two supervisors, then a manager, then a director; above them, when all are silent, the board. */
const policy = testPolicy({
  approvals: {
    matrix: [
      {
        kinds: ['write_off'],
        levels: [{ role: 'supervisor', quorum: 2 }, { role: 'manager' }, { role: 'director' }],
        escalate_to: 'board',
      },
    ],
  },
})

let ledger: TestLedger & { drop(): Promise<void> }
beforeAll(async () => {
  ledger = await openFileLedger([policy])
  const { database } = ledger
  await seedTeam(database)
  const grant = (person: string, role: string, branch?: string) =>
    team(database, 'grantRole', { person, role, ...(branch === undefined ? {} : { branch }) }, '2026-01-02')
  // sofía is a manager too; rosa a supervisor elsewhere; rita one no more.
  await grant('sofía', 'manager')
  await grant('rosa', 'supervisor', 'Sur')
  await grant('rita', 'supervisor')
  await team(database, 'revokeRole', { person: 'rita', role: 'supervisor', why: 'moved' }, '2026-02-01')
  // Supervisors who are away: eva stands in for tomás, and saúl for sara; teo is back, tina not gone yet; for zoe stands
  // in yago, who is away himself with xavi for him.
  for (const person of ['tomás', 'sara', 'teo', 'tina', 'zoe']) await grant(person, 'supervisor')
  await away(database, 'tomás', 'eva', week)
  await away(database, 'sara', 'saúl', week)
  await away(database, 'teo', 'ernesto', ['2026-03-02', '2026-03-06'])
  await away(database, 'tina', 'elena', ['2026-03-17', '2026-03-20'], '2026-03-09')
  await away(database, 'zoe', 'yago', week)
  await away(database, 'yago', 'xavi', week)
})
afterAll(() => ledger.drop())

let documents = 0
/** An approval of its own, asked by somebody; `votes`: who agreed already, by the command. */
async function approvalOf(requester: string, votes: readonly string[] = []): Promise<number> {
  const document = `S-${++documents}`
  const customer = `S-${documents}`
  await loadItems(ledger.database, [{ document, customer, due: '2026-03-02' }], noon('2026-03-09'))
  const id = await requested(ledger.database, { on: DAY, actor: requester, document, customer })
  for (const person of votes) await vote(ledger.database, id, person, DAY)
  return id
}

/** The constraint that a statement broke, or the database's code for what it isn't allowed. */
async function brokenBy(database: Database, text: string, values: unknown[]): Promise<string> {
  try {
    await database.rows(text, values)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error
    return error.constraint ?? error.code ?? ''
  }
  return 'nothing'
}
/** As the application and as the owner. */
const bothBrokenBy = async (text: string, values: unknown[]): Promise<[string, string]> => [
  await brokenBy(ledger.database, text, values),
  await brokenBy(ledger.owner, text, values),
]

const VOTE = `INSERT INTO approval_vote (approval_id, level, person, holder, agrees, why, voted_on, voted_at)
  VALUES ($1, $2, $3, $4, true, 'by hand', $5, to_timestamp($6 / 1000.0))`

interface ForbiddenVote {
  story: string
  requester?: string
  before?: string[]
  level?: number
  who: string
  /** In whose place it would be written into the table. */
  holder?: string
  refusal: RefusalName
  constraint: string
}

const votes: ForbiddenVote[] = [
  {
    story: 'who asked, holding the role',
    requester: 'samuel',
    who: 'samuel',
    refusal: 'SameActor',
    constraint: 'vote_of_another',
  },
  { story: 'who asked, without a role', who: 'ana', refusal: 'SameActor', constraint: 'vote_of_another' },
  {
    story: 'who asked, as a stand-in',
    requester: 'eva',
    who: 'eva',
    holder: 'tomás',
    refusal: 'SameActor',
    constraint: 'vote_of_another',
  },
  {
    story: 'a stand-in, in the place of who asked',
    requester: 'sara',
    who: 'saúl',
    holder: 'sara',
    refusal: 'NotAnApprover',
    constraint: 'vote_of_another',
  },
  {
    story: 'the same person twice on a level',
    before: ['sofía'],
    who: 'sofía',
    refusal: 'AlreadyVoted',
    constraint: 'vote_once',
  },
  {
    story: 'the same person on two levels',
    before: ['sofía', 'samuel'],
    level: 1,
    who: 'sofía',
    refusal: 'AlreadyVoted',
    constraint: 'vote_once',
  },
  {
    story: 'who is away, after their stand-in',
    before: ['eva'],
    who: 'tomás',
    refusal: 'AlreadyVoted',
    constraint: 'vote_once',
  },
  {
    story: 'a stand-in, after who is away',
    before: ['tomás'],
    who: 'eva',
    holder: 'tomás',
    refusal: 'NotAnApprover',
    constraint: 'vote_once',
  },
  { story: 'somebody without any role', who: 'otto', refusal: 'NotAnApprover', constraint: 'vote_of_holder' },
  {
    story: 'the role of another level',
    who: 'mario',
    refusal: 'NotAnApprover',
    constraint: 'vote_of_holder',
  },
  {
    story: 'the role of another branch',
    who: 'rosa',
    refusal: 'NotAnApprover',
    constraint: 'vote_of_holder',
  },
  { story: 'a role that was revoked', who: 'rita', refusal: 'NotAnApprover', constraint: 'vote_of_holder' },
  {
    story: 'a stand-in of nobody',
    who: 'eva',
    holder: 'samuel',
    refusal: 'NotAnApprover',
    constraint: 'vote_of_stand_in',
    requester: 'tomás',
  },
  {
    story: 'a stand-in whose absence is over',
    who: 'ernesto',
    holder: 'teo',
    refusal: 'NotAnApprover',
    constraint: 'vote_of_stand_in',
  },
  {
    story: 'a stand-in whose absence has not begun',
    who: 'elena',
    holder: 'tina',
    refusal: 'NotAnApprover',
    constraint: 'vote_of_stand_in',
  },
  {
    story: 'a stand-in who is away too',
    who: 'yago',
    holder: 'zoe',
    refusal: 'NotAnApprover',
    constraint: 'vote_of_stand_in',
  },
  {
    story: 'the stand-in of a stand-in',
    who: 'xavi',
    holder: 'zoe',
    refusal: 'NotAnApprover',
    constraint: 'vote_of_stand_in',
  },
]

describe('doesn’t answer', () => {
  test.each(votes)(
    '$story',
    async ({ requester = 'ana', before = [], level = 0, who, holder = who, refusal, constraint }) => {
      const { database } = ledger
      const id = await approvalOf(requester, before)
      const inDomain = await database.transaction(async (sql) => {
        const facts = await lockApproval(sql, COMPANY, id)
        expect(facts.level).toBe(level)
        const holders = await holdersOn(sql, COMPANY, facts.branch, facts.levels[level]!.role, DAY)
        try {
          return placeOf(facts, holders, who)
        } catch (error) {
          if (error instanceof Refusal) return error.refusal
          throw error
        }
      })
      expect(inDomain).toBe(refusal)
      expect(await refusalOf(vote(database, id, who, DAY))).toBe(refusal)
      expect(await bothBrokenBy(VOTE, [id, level, who, holder, DAY, noon(DAY)])).toEqual([
        constraint,
        constraint,
      ])
    },
  )

  test('a stand-in with a day written on which they were one', async () => {
    const values = [await approvalOf('ana'), 0, 'ernesto', 'teo', '2026-03-05', noon(DAY)]
    expect(await bothBrokenBy(VOTE, values)).toEqual(['vote_of_its_day', 'vote_of_its_day'])
  })

  test('a level whose turn it isn’t', async () => {
    const values = [await approvalOf('ana'), 1, 'mario', 'mario', DAY, noon(DAY)]
    expect(await bothBrokenBy(VOTE, values)).toEqual(['vote_in_turn', 'vote_in_turn'])
  })

  test('anybody, once it is decided', async () => {
    const id = await approvalOf('ana')
    await vote(ledger.database, id, 'samuel', DAY, false)
    expect(await refusalOf(vote(ledger.database, id, 'sofía', DAY))).toBe('NotOpen')
    const values = [id, 0, 'sofía', 'sofía', DAY, noon(DAY)]
    expect(await bothBrokenBy(VOTE, values)).toEqual(['vote_in_turn', 'vote_in_turn'])
  })

  test('two at once in the same place', async () => {
    const id = await approvalOf('ana')
    const both = await Promise.allSettled([
      vote(ledger.database, id, 'tomás', DAY),
      vote(ledger.database, id, 'eva', DAY),
    ])
    expect(both.filter((v) => v.status === 'fulfilled')).toHaveLength(1)
  })
})

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

describe('the database refuses', () => {
  test.each(statements)('%s', async (_, before, text, app, owner) => {
    const id = await approvalOf('ana', before)
    expect(await bothBrokenBy(text, [id])).toEqual([app, owner])
  })

  test('approved with a no among the votes', async () => {
    const id = await approvalOf('ana', ['sofía', 'samuel'])
    await ledger.database.rows(VOTE.replace('true', 'false'), [id, 1, 'mario', 'mario', DAY, noon(DAY)])
    const approved = `UPDATE approval SET state = 'approved', ${closing} WHERE id = $1`
    expect(await bothBrokenBy(approved, [id])).toEqual(['approval_by_votes', 'approval_by_votes'])
  })

  test('opened again once it is decided', async () => {
    const id = await approvalOf('ana')
    await vote(ledger.database, id, 'samuel', DAY, false)
    const open = `UPDATE approval SET state = 'open', closed_at = NULL WHERE id = $1`
    expect(await bothBrokenBy(open, [id])).toEqual(['approval_decided', 'approval_decided'])
  })
})

describe('nobody raises themselves', () => {
  const GRANT = `INSERT INTO role_holder (company, person, role, granted_by, granted_at) VALUES ($1, $2, 'director', $3, now())`

  test('by granting themselves a role', async () => {
    const grant = team(ledger.database, 'grantRole', { person: 'mario', role: 'director' }, DAY, 'mario')
    expect(await refusalOf(grant)).toBe('SameActor')
    expect(await bothBrokenBy(GRANT, [COMPANY, 'mario', 'mario'])).toEqual([
      'granted_by_another',
      'granted_by_another',
    ])
  })

  test.each([
    [
      'by making another’s role theirs',
      `UPDATE role_holder SET person = 'mario' WHERE person = 'diana' AND company = $1`,
    ],
    [
      'by making their role another',
      `UPDATE role_holder SET role = 'director' WHERE person = 'mario' AND company = $1`,
    ],
    [
      'by bringing a revoked one back',
      `UPDATE role_holder SET revoked_at = NULL, revoked_by = NULL WHERE person = 'rita' AND company = $1`,
    ],
  ])('%s', async (_, text) => {
    expect(await bothBrokenBy(text, [COMPANY])).toEqual(['role_holder_kept', 'role_holder_kept'])
  })

  test('nor is it forgotten who held what', async () => {
    const forget = `DELETE FROM role_holder WHERE person = 'rita' AND company = $1`
    expect(await bothBrokenBy(forget, [COMPANY])).toEqual(['42501', '23001'])
  })
})

test('what is allowed goes through all of this: in turn, in the own place and in that of who is away', async () => {
  const id = await approvalOf('ana', ['eva', 'samuel', 'mario'])
  expect((await vote(ledger.database, id, 'diana', DAY)).result).toMatchObject({ state: 'approved' })
  const rows = await ledger.database.rows<{ line: string }>(
    `SELECT level || ' ' || person || ' for ' || holder AS line FROM approval_vote WHERE approval_id = $1 ORDER BY level, person`,
    [id],
  )
  expect(rows.map((r) => r.line)).toEqual([
    '0 eva for tomás',
    '0 samuel for samuel',
    '1 mario for mario',
    '2 diana for diana',
  ])
})
