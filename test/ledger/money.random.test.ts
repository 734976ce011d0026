import { expect, test } from 'vitest'
import { addDays } from '../../domain/calendar.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Database } from '../../ledger/database.ts'
import { verifyJournal } from '../../ledger/journal.ts'
import { randomOf } from '../domain/random.ts'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { approved, ask, book, look, pesos } from './books.ts'

const SEED = Number(process.env.CARTERA_SEED ?? 20_260_310)
const STEPS = 300

/** Every account's kept balance is the sum of its transfers; all accounts of a currency add up to nothing. */
async function checkBalances(database: Database): Promise<void> {
  const off = await database.rows(
    `SELECT a.id, a.kind, a.balance_minor, s.minor FROM account a
     CROSS JOIN LATERAL (SELECT coalesce(sum(CASE WHEN t.debit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END), 0)::bigint AS minor
       FROM transfer t WHERE a.id IN (t.debit_account, t.credit_account)) s
     WHERE a.balance_minor IS NOT NULL AND a.balance_minor <> s.minor`,
  )
  expect(off).toEqual([])
}

/**
 * original = open + receipts + credits + write-offs less recoveries + cancellations + replacements, whatever was
 * reversed meanwhile; and closed as written off is what still is.
 */
async function checkReceivables(database: Database): Promise<void> {
  const off = await database.rows(
    `SELECT r.document, r.original_minor, a.balance_minor, r.closed_as, s.* FROM receivable r JOIN account a ON a.receivable_id = r.id
     CROSS JOIN LATERAL (
       SELECT sum(minor) FILTER (WHERE code IN ('opening', 'credit_issue')) AS original,
         coalesce(-sum(minor) FILTER (WHERE code IN ('settled_before', 'application', 'credit_application', 'write_off', 'recovery', 'cancellation', 'replacement')), 0) AS settled,
         count(*) FILTER (WHERE code NOT IN ('opening', 'credit_issue', 'settled_before', 'application', 'credit_application', 'write_off', 'recovery', 'cancellation', 'replacement')) AS strange,
         coalesce(-sum(minor) FILTER (WHERE code IN ('write_off', 'recovery')), 0) AS lost
       FROM (SELECT t.code, CASE WHEN t.debit_account = a.id THEN t.amount_minor ELSE -t.amount_minor END AS minor
             FROM transfer t WHERE a.id IN (t.debit_account, t.credit_account)) moved) s
     WHERE s.original <> r.original_minor OR r.original_minor <> a.balance_minor + s.settled OR s.strange > 0
        OR (a.balance_minor = 0) <> (r.closed_as IS NOT NULL) OR (r.closed_as IS NOT NULL) <> (r.stage = 'closed')
        OR s.lost < 0 OR r.closed_as IN ('paid', 'credited', 'written_off') AND (r.closed_as = 'written_off') <> (s.lost > 0)`,
  )
  expect(off).toEqual([])
}

/** How payers pay is what all transfers together say, whatever was taken back or carried along meanwhile. */
async function checkHabits(database: Database): Promise<void> {
  const months = 'payer_id, month, currency, payments, amount_minor, late_minor_days'
  const off = await database.rows(
    `WITH reckoned AS (
       SELECT payer_id, date_trunc('month', value_on)::date AS month, currency, sum(sign)::int AS payments, sum(sign * amount_minor)::numeric AS amount_minor,
         sum(sign * amount_minor::numeric * (value_on - due_on)) AS late_minor_days FROM item_payment GROUP BY 1, 2, 3)
     (SELECT ${months} FROM payer_habit EXCEPT SELECT ${months} FROM reckoned)
     UNION ALL (SELECT ${months} FROM reckoned EXCEPT SELECT ${months} FROM payer_habit)`,
  )
  expect(off).toEqual([])
}

/** A receipt is applied, or unapplied cash of its payer; a reversed one is neither. */
async function checkReceipts(database: Database): Promise<void> {
  const off = await database.rows(
    `SELECT p.code, a.balance_minor, held.minor FROM payer p JOIN account a ON a.payer_id = p.id AND a.kind = 'unapplied'
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(q.amount_minor - coalesce(applied.minor, 0)), 0) AS minor FROM receipt q
       LEFT JOIN LATERAL (SELECT sum(CASE WHEN t.reverses_id IS NULL THEN t.amount_minor ELSE -t.amount_minor END) AS minor
         FROM transfer t WHERE t.receipt_id = q.id AND t.code = 'application') applied ON true
       WHERE q.payer_id = p.id AND q.reversed_at IS NULL) held
     WHERE -a.balance_minor <> held.minor`,
  )
  expect(off).toEqual([])
}

test(`books add up after ${STEPS} random commands (seed ${SEED})`, async () => {
  const { database } = await freshLedger()
  const { int, pick } = randomOf(SEED)
  const customers = ['C-1', 'C-2', 'C-3']
  const documents = customers.flatMap((customer, c) =>
    Array.from({ length: 8 }, (_, i) => ({
      customer,
      document: `F-${c + 1}-${i}`,
      due: addDays('2026-02-10', 5 * i),
    })),
  )
  await loadItems(database, documents, noon('2026-03-01'))
  const receipts: string[] = []
  const credits: { customer: string; document: string }[] = []
  let refused = 0
  let done = 0

  const step = async (n: number): Promise<unknown> => {
    const on = addDays('2026-03-01', Math.floor(n / 10))
    const { customer, document } = pick(documents)
    const other = pick(documents.filter((d) => d.customer === customer)).document
    const amount = pesos(int(1, 1200))
    switch (int(0, 11)) {
      case 0:
      case 1:
      case 2: {
        const number = `R-${n}`
        receipts.push(number)
        const applications = pick([
          [],
          [{ document }],
          [{ document, amount }, { document: other }],
          [{ document: other }, { document: pick(documents).document }],
        ])
        const who = pick([{ customer }, { customer }, { payer: customer }, {}])
        return book(
          database,
          'post',
          {
            receipts: [
              { number, ...who, amount: pesos(int(1, 2500)), valueOn: addDays(on, -int(0, 2)), applications },
            ],
          },
          { on },
        )
      }
      case 3:
      case 4:
        return book(
          database,
          'apply',
          { receipt: pick(['R-0', ...receipts]), applications: [pick([{ document }, { document, amount }])] },
          { on },
        )
      case 5:
        return book(
          database,
          'reverse',
          { receipt: pick(['R-0', ...receipts]), reason: pick(['bounced', 'misposted']), why: 'x' },
          { on },
        )
      case 6: {
        credits.push({ customer, document: `N-${n}` })
        return ask(database, 'credit', { document, number: `N-${n}`, amount, why: 'x' }, { on }, customer)
      }
      case 7: {
        const credit = pick([{ customer, document: 'N-0' }, ...credits])
        const target = pick(documents.filter((d) => d.customer === credit.customer)).document
        return book(
          database,
          'applyCredit',
          {
            credit: credit.document,
            applications: [{ document: target }, { document: target, amount: pesos(1) }],
          },
          { on },
        )
      }
      case 8: {
        const by = {
          document: `S-${n}`,
          amount: pesos(int(200, 1700)),
          issuedOn: on,
          dueOn: addDays(on, int(0, 20)),
        }
        const answer = await ask(
          database,
          'replace',
          { document, by, why: pick(['our_error', 'customer_request']) },
          { on },
          customer,
        )
        documents.push({ customer, document: by.document, due: by.dueOn })
        return answer
      }
      case 9:
        return ask(
          database,
          'cancel',
          {
            document: pick([
              document,
              ...credits.filter((c) => c.customer === customer).map((c) => c.document),
            ]),
            why: 'x',
          },
          { on },
          customer,
        )
      case 10:
        return approved(database, 'writeOff', { document, why: 'x' }, { on }, customer)
      default:
        return look(database, on, customer)
    }
  }

  for (let n = 1; n <= STEPS; n++) {
    await step(n).then(
      () => done++,
      (error: unknown) => {
        if (!(error instanceof Refusal)) throw new Error(`step ${n}: ${error}`, { cause: error })
        refused++
      },
    )
    if (n % 25 === 0) {
      await checkBalances(database)
      await checkReceivables(database)
      await checkReceipts(database)
      await checkHabits(database)
    }
  }
  // A sequence that only gets refused would prove nothing.
  expect(done).toBeGreaterThan(STEPS / 3)
  expect(refused).toBeGreaterThan(10)
  expect(await verifyJournal(database)).toMatchObject({ findings: [] })
})
