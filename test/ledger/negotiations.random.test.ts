import { expect, test } from 'vitest'
import { addDays } from '../../domain/calendar.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Database } from '../../ledger/database.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import { lookAt } from '../../ledger/looks.ts'
import { randomOf } from '../domain/random.ts'
import { COMPANY, calendars, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { decision } from '../setup/team.ts'
import { ask, book, look, pesos } from './books.ts'

const SEED = Number(process.env.CARTERA_SEED ?? 20_260_310)
const STEPS = 250

/** Of each receivable: what is open, paid, credited and given as a discount is what was invoiced. */
async function checkMoney(database: Database): Promise<void> {
  const off = await database.rows(
    `SELECT r.document, r.original_minor, a.balance_minor, s.* FROM receivable r JOIN account a ON a.receivable_id = r.id
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(CASE WHEN t.credit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END)
                FILTER (WHERE t.code IN ('application', 'credit_application', 'allowance')), 0)::bigint AS settled
       FROM transfer t WHERE a.id IN (t.debit_account, t.credit_account)) s
     WHERE r.kind = 'invoice' AND r.original_minor <> a.balance_minor + s.settled`,
  )
  expect(off).toEqual([])
}

/** Discounts stand only under agreements that are kept, and never more than was agreed. */
async function checkDiscounts(database: Database): Promise<void> {
  const off = await database.rows(
    `SELECT n.id, n.state, i.agreed, i.given FROM negotiation n CROSS JOIN LATERAL (
       SELECT sum(i.discount_minor)::bigint AS agreed, coalesce(sum(t.amount_minor) FILTER (WHERE NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id)), 0)::bigint AS given
       FROM negotiation_item i LEFT JOIN transfer t ON t.id = i.discount_transfer WHERE i.negotiation_id = n.id) i
     WHERE i.given > i.agreed OR i.given > 0 AND n.state <> 'fulfilled'`,
  )
  expect(off).toEqual([])
  const allowance = await database.one<{ off: boolean }>(
    `SELECT coalesce((SELECT sum(CASE WHEN t.debit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END) FROM account a JOIN transfer t ON a.id IN (t.debit_account, t.credit_account)
       WHERE a.kind = 'allowance'), 0) <> coalesce((SELECT sum(t.amount_minor) FROM negotiation_item i JOIN transfer t ON t.id = i.discount_transfer
       WHERE NOT EXISTS (SELECT FROM transfer x WHERE x.reverses_id = t.id)), 0) AS off`,
  )
  expect(allowance!.off).toBe(false)
}

/** A due date that was agreed holds while the agreement does; the last line of the terms is always the one in force. */
async function checkTerms(database: Database): Promise<void> {
  expect(
    await database.rows(
      `SELECT r.document, r.due_on, t.due_on AS term FROM receivable r CROSS JOIN LATERAL (
         SELECT due_on FROM receivable_term WHERE receivable_id = r.id ORDER BY seq DESC LIMIT 1) t WHERE r.due_on <> t.due_on`,
    ),
  ).toEqual([])
  expect(
    await database.rows(
      `SELECT n.id, n.state, r.due_on FROM negotiation n JOIN negotiation_item i ON i.negotiation_id = n.id JOIN receivable r ON r.id = i.receivable_id
       WHERE i.due_on IS NOT NULL AND n.state = 'agreed' AND r.due_on <> i.due_on`,
    ),
  ).toEqual([])
  // Nothing is kept back by talk that is over.
  expect(
    await database.rows(
      `SELECT n.id FROM negotiation n JOIN negotiation_item i ON i.negotiation_id = n.id
       WHERE i.active <> (n.state IN ('proposed', 'countered', 'submitted', 'agreed'))`,
    ),
  ).toEqual([])
}

test(`whatever is offered, agreed, paid, bounced and broken, no money is lost (seed ${SEED})`, async () => {
  const { database } = await freshLedger([
    testPolicy({
      approvals: { matrix: [{ kinds: ['negotiation', 'credit_note'], levels: [] }] },
      negotiations: { max_discount_percent: 30, min_down_payment_percent: 0 },
      promise: { broken_allowed: 3000 },
    }),
  ])
  const { int, pick, chance } = randomOf(SEED)
  const documents = Array.from({ length: 30 }, (_, i) => `F-${i}`)
  await loadItems(
    database,
    documents.map((document, i) => ({ document, due: addDays('2026-02-10', 2 * i), amount: 1000 })),
    noon('2026-03-01'),
  )
  const receipts = ['R-0']
  let done = 0
  let refused = 0
  let proposed = 0
  const day = (n: number) => addDays('2026-03-01', Math.floor(n / 4))
  const offerOn = (on: string) => {
    const first = addDays(on, int(0, 6))
    const parts = [
      { discount: { percent: String(int(1, 30)), paidBy: first } },
      { instalments: [{ dueOn: first, amount: pesos(int(1, 900)) }] },
      {
        instalments: [
          { dueOn: first, amount: pesos(int(1, 600)) },
          { dueOn: addDays(first, int(1, 9)), amount: pesos(int(1, 600)) },
        ],
        extension: { days: int(20, 90) },
      },
      { extension: { days: int(20, 60) } },
      { discount: { amount: pesos(int(1, 300)), paidBy: first }, extension: { days: int(20, 60) } },
    ]
    return pick(parts)
  }
  const step = async (n: number): Promise<unknown> => {
    const on = day(n)
    const negotiation = Math.max(1, proposed - int(0, 3))
    const some = [pick(documents), pick(documents)]
    switch (int(0, 9)) {
      case 0:
      case 1:
        await decision(
          database,
          'proposeNegotiation',
          { customer: 'C-1', documents: [...new Set(some)], offer: offerOn(on), person: 'x' },
          { on },
        )
        return proposed++
      case 2:
        return decision(
          database,
          'counterOffer',
          { customer: 'C-1', negotiation, by: pick(['us', 'customer']), offer: offerOn(on), person: 'x' },
          { on },
        )
      case 3:
      case 4:
        return decision(
          database,
          'submitNegotiation',
          { customer: 'C-1', negotiation, person: 'x', why: 'x' },
          { on },
        )
      case 5:
        return chance(0.3)
          ? decision(database, 'withdrawNegotiation', { customer: 'C-1', negotiation, why: 'x' }, { on })
          : ask(
              database,
              'credit',
              { document: some[0]!, number: `N-${n}`, amount: pesos(int(1, 300)), why: 'x' },
              { on },
            )
      case 6:
      case 7: {
        receipts.push(`R-${n}`)
        return book(
          database,
          'post',
          {
            receipts: [
              {
                number: `R-${n}`,
                customer: 'C-1',
                amount: pesos(int(1, 900)),
                valueOn: addDays(on, -int(0, 3)),
                applications: pick([[], some.map((document) => ({ document }))]),
              },
            ],
          },
          { on },
        )
      }
      case 8:
        return book(
          database,
          'reverse',
          { receipt: pick(receipts), reason: pick(['bounced', 'misposted']), why: 'x' },
          { on },
        )
      default:
        return look(database, on)
    }
  }
  for (let n = 0; n < STEPS; n++) {
    try {
      await step(n)
      done++
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refused++
    }
    for (const { id } of await database.rows<{ id: string }>(
      `SELECT id FROM process WHERE kind = 'negotiation' AND closed_at IS NULL ORDER BY id`,
    ))
      if (chance(0.7)) await lookAt(database, calendars, COMPANY, `negotiation:${id}`, noon(day(n)))
    if (n % 4 > 0) continue
    await checkMoney(database)
    await checkDiscounts(database)
    await checkTerms(database)
  }
  expect((await verifyJournal(database)).findings).toEqual([])
  const states = await database.rows<{ state: string }>('SELECT DISTINCT state FROM negotiation ORDER BY 1')
  // Enough of it happened that the checks say something.
  expect(states.map((s) => s.state)).toEqual(expect.arrayContaining(['broken', 'fulfilled', 'lapsed']))
  expect(Math.min(done, refused)).toBeGreaterThan(STEPS / 10)
}, 120_000)
