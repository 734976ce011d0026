import { MockActivityEnvironment } from '@temporalio/testing'
import { expect, test } from 'vitest'
import type { MailDeps } from '../../activities/mail.ts'
import { deliverPlacementMail } from '../../activities/placementMail.ts'
import type { Database } from '../../ledger/database.ts'
import { lookAt } from '../../ledger/looks.ts'
import { claimPlacementMail, markPlacementMail } from '../../ledger/placements/delivery.ts'
import { quiet } from '../setup/engine.ts'
import { faulty } from '../setup/faults.ts'
import { COMPANY, calendars } from '../setup/ledger.ts'
import { noon } from '../setup/portfolio.ts'
import { pay } from './books.ts'
import { active, lookPlaced, mails, ON, overdue, place, placed, sent, tasks } from './placements.ts'

/** Mails to an agency go out one after the other, and none of them says what isn't so any more. */

quiet()
const MINUTE = 60_000
const at = (minutes: number) => noon(ON) + minutes * MINUTE

/** What is due of a placement at so many minutes past noon. */
const due = async (database: Database, placement: number, minutes: number) =>
  ((await lookAt(database, calendars, COMPANY, `placement:${placement}`, at(minutes))).deliveries ?? []).map(
    (d) => d.id,
  )

/** Takes a mail; says what was sent, its open amounts, or why nothing is. */
async function claim(database: Database, id: number, minutes: number): Promise<string> {
  const doing = { company: COMPANY, now: at(minutes) }
  const claimed = await claimPlacementMail(
    database,
    doing,
    id,
    async ({ purpose, items }) => Buffer.from(`${purpose} ${items.map((i) => i.minor).join(' ')}`),
    MINUTE,
  )
  return claimed.kind === 'send' ? claimed.raw.toString() : claimed.why
}

const markSent = (database: Database, id: number, minutes: number) =>
  markPlacementMail(database, { company: COMPANY, actor: 'cartera', now: at(minutes) }, id, {
    kind: 'sent',
    response: '250 ok',
  })

test('a hand-over that was taken when all was paid doesn’t go out again after the recall', async () => {
  const database = await overdue()
  const id = await placed(database, { documents: ['F-1'] }, ON)
  await sent(database, id)
  await place(database, 'acceptPlacement', { placement: id }, { on: ON, actor: 'norte-1' })
  const [handover] = await due(database, id, 0)
  expect(await claim(database, handover!, 0)).toBe('handover 100000')
  // Whoever took it dies; the customer pays.
  await pay(database, 'R-1', 1000, ['F-1'], ON)
  await lookPlaced(database, id, ON)
  expect((await mails(database, id)).map((m) => `${m.purpose} ${m.state}`)).toEqual([
    'offer sent',
    'handover sending',
    'recall pending',
  ])
  expect(await due(database, id, 2)).toEqual([handover])
  expect(await claim(database, handover!, 2)).toBe('nothing left to say')
  const [recall] = await due(database, id, 2)
  expect(await claim(database, recall!, 2)).toMatch(/^recall/)
})

test('the amounts of a first change are told before those of a second', async () => {
  const database = await overdue()
  const id = await active(database, ['F-1'])
  await pay(database, 'R-1', 300, ['F-1'], ON)
  const [first] = await due(database, id, 0)
  expect(await claim(database, first!, 0)).toBe('changed 70000')
  await pay(database, 'R-2', 200, ['F-1'], ON)
  expect(await due(database, id, 0)).toEqual([])
  expect((await mails(database, id)).slice(-2).map((m) => m.state)).toEqual(['sending', 'pending'])
  expect(await claim(database, first! + 1, 0)).toBe('not its turn')
  expect(await due(database, id, 2)).toEqual([first])
  expect(await claim(database, first!, 2)).toBe('changed 70000')
  await markSent(database, first!, 2)
  const [second] = await due(database, id, 2)
  expect(await claim(database, second!, 2)).toBe('changed 50000')
})

test('a mail that nobody took yet is taken by a worker whose clock is behind; one that is being sent isn’t', async () => {
  const database = await overdue()
  const id = await placed(database, { documents: ['F-1'] }, ON)
  const [offer] = await due(database, id, 0)
  expect(await claim(database, offer!, -0.1)).toMatch(/^offer/)
  expect(await claim(database, offer!, 0.8)).toBe('being sent')
  expect(await claim(database, offer!, 0.89)).toMatch(/^offer/)
})

test('an agency that can’t be written to for half a day: the supervisor is told, once, and trying goes on', async () => {
  const database = await overdue()
  const id = await placed(database, { documents: ['F-1'] }, ON)
  const [offer] = await due(database, id, 0)
  let minutes = 0
  for (let tries = 1; tries <= 14; tries++, minutes += 61) {
    expect(await claim(database, offer!, minutes)).toMatch(/^offer/)
    const doing = { company: COMPANY, actor: 'cartera', now: at(minutes) }
    const reason = 'getaddrinfo ENOTFOUND'
    await markPlacementMail(database, doing, offer!, { kind: 'deferred', reason, delivered: 'no' })
    await lookAt(database, calendars, COMPANY, `placement:${id}`, at(minutes))
    expect(await tasks(database), `${tries}`).toEqual(
      tries < 12
        ? []
        : [{ kind: 'tell_supervisor', subject: 'agency mail norte', owner: 'supervisor', state: 'open' }],
    )
  }
})

test('the ledger is away for a moment after the agency’s server took a mail: it is marked, not sent again', async () => {
  const ledger = faulty(await overdue())
  const id = await placed(ledger.database, { documents: ['F-1'] }, ON)
  const [offer] = await due(ledger.database, id, 0)
  let taken = 0
  const send = async () => {
    taken++
    ledger.away()
    setTimeout(ledger.back, 500)
    return { kind: 'sent', response: '250 ok' } as const
  }
  const deliver = deliverPlacementMail({
    database: ledger.database,
    mailer: { attemptTimeoutMs: 1_000, send, close: () => {} },
    from: { name: 'x', address: 'x@example.com' },
    sender: { name: 'x', replyTo: 'x@example.com', phone: '', bankReference: '' },
    clock: async () => at(0),
  } as Partial<MailDeps> as MailDeps)
  await new MockActivityEnvironment().run(deliver, COMPANY, offer!)
  expect(taken).toBe(1)
  expect(await mails(ledger.database, id)).toMatchObject([{ purpose: 'offer', state: 'sent' }])
})
