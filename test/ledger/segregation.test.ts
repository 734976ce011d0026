import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placeOf } from '../../domain/approval.ts'
import { Refusal, type RefusalName } from '../../domain/refusal.ts'
import { lockApproval } from '../../ledger/approvals/approval.ts'
import { holdersOn } from '../../ledger/approvals/holders.ts'
import { team } from '../setup/approvals.ts'
import { COMPANY } from '../setup/ledger.ts'
import { noon } from '../setup/portfolio.ts'
import { vote } from '../setup/team.ts'
import { refusalOf } from './books.ts'
import { approvalOf, bothBrokenBy, DAY, openHouse, VOTE } from './duties.ts'

/**
 * Nobody decides what they asked for, twice, or without the authority: every way to try it, at every level where it can
 * be tried. The rule of the domain, the command of the ledger, and what the database does whatever the code does: as the
 * application's role, and as the owner of the tables.
 */

let ledger: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  ledger = await openHouse()
})
afterAll(() => ledger.drop())

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
      const id = await approvalOf(ledger, requester, before)
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
      expect(await bothBrokenBy(ledger, VOTE, [id, level, who, holder, DAY, noon(DAY)])).toEqual([
        constraint,
        constraint,
      ])
    },
  )

  test('a stand-in with a day written on which they were one', async () => {
    const values = [await approvalOf(ledger, 'ana'), 0, 'ernesto', 'teo', '2026-03-05', noon(DAY)]
    expect(await bothBrokenBy(ledger, VOTE, values)).toEqual(['vote_of_its_day', 'vote_of_its_day'])
  })

  test('a level whose turn it isn’t', async () => {
    const values = [await approvalOf(ledger, 'ana'), 1, 'mario', 'mario', DAY, noon(DAY)]
    expect(await bothBrokenBy(ledger, VOTE, values)).toEqual(['vote_in_turn', 'vote_in_turn'])
  })

  test('anybody, once it is decided', async () => {
    const id = await approvalOf(ledger, 'ana')
    await vote(ledger.database, id, 'samuel', DAY, false)
    expect(await refusalOf(vote(ledger.database, id, 'sofía', DAY))).toBe('NotOpen')
    const values = [id, 0, 'sofía', 'sofía', DAY, noon(DAY)]
    expect(await bothBrokenBy(ledger, VOTE, values)).toEqual(['vote_in_turn', 'vote_in_turn'])
  })

  test('two at once in the same place', async () => {
    const id = await approvalOf(ledger, 'ana')
    const both = await Promise.allSettled([
      vote(ledger.database, id, 'tomás', DAY),
      vote(ledger.database, id, 'eva', DAY),
    ])
    expect(both.filter((v) => v.status === 'fulfilled')).toHaveLength(1)
  })
})

describe('nobody raises themselves', () => {
  const GRANT = `INSERT INTO role_holder (company, person, role, granted_by, granted_at) VALUES ($1, $2, 'director', $3, now())`

  test('by granting themselves a role', async () => {
    const grant = team(ledger.database, 'grantRole', { person: 'mario', role: 'director' }, DAY, 'mario')
    expect(await refusalOf(grant)).toBe('SameActor')
    expect(await bothBrokenBy(ledger, GRANT, [COMPANY, 'mario', 'mario'])).toEqual([
      'granted_by_another',
      'granted_by_another',
    ])
  })

  test('by recording that they stand in for who has one', async () => {
    const absence = { person: 'mario', standIn: 'bea', from: DAY, to: DAY, why: 'vacaciones' }
    expect(await refusalOf(team(ledger.database, 'recordAbsence', absence, DAY, 'bea'))).toBe('SameActor')
    const away = `INSERT INTO absence (company, person, stand_in, from_on, to_on, reason, recorded_by, recorded_at)
      VALUES ($1, 'mario', 'bea', $2, $2, 'x', 'bea', now())`
    expect(await bothBrokenBy(ledger, away, [COMPANY, DAY])).toEqual([
      'absence_by_another',
      'absence_by_another',
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
    expect(await bothBrokenBy(ledger, text, [COMPANY])).toEqual(['role_holder_kept', 'role_holder_kept'])
  })

  test('nor is it forgotten who held what', async () => {
    const forget = `DELETE FROM role_holder WHERE person = 'rita' AND company = $1`
    expect(await bothBrokenBy(ledger, forget, [COMPANY])).toEqual(['42501', '23001'])
  })
})

test('what is allowed goes through all of this: in turn, in the own place and in that of who is away', async () => {
  const id = await approvalOf(ledger, 'ana', ['eva', 'samuel', 'mario'])
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
