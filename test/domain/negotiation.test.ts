import { describe, expect, it, test } from 'vitest'
import { addDays } from '../../domain/calendar.ts'
import { type AgreementFacts, standingOfAgreement } from '../../domain/negotiation/agreement.ts'
import { simulate } from '../../domain/negotiation/effect.ts'
import { type Offer, offerSchema } from '../../domain/negotiation/offer.ts'
import { negotiationsSchema } from '../../domain/negotiation/rules.ts'
import { standingsUnder } from '../../domain/negotiation/standing.ts'
import {
  beyondRules,
  claimOf,
  discountShares,
  type NegotiatedItem,
  resolveOffer,
  waiverShares,
} from '../../domain/negotiation/terms.ts'
import type { CustomerFacts } from '../../domain/orders/check.ts'
import { ordersSchema } from '../../domain/orders/policy.ts'
import { Refusal } from '../../domain/refusal.ts'
import { randomOf } from './random.ts'

const TODAY = '2026-03-10'
const item = (receivable: number, changes: Partial<NegotiatedItem> = {}): NegotiatedItem => ({
  receivable,
  document: `F-${receivable}`,
  dueOn: '2026-02-08',
  claimMinor: 100_000n,
  interestMinor: 1_500n,
  unpresented: false,
  ...changes,
})
const pesos = (minor: number) => ({ currency: 'MXN', minor })
const two = [item(1), item(2, { claimMinor: 50_000n, dueOn: '2026-03-01' })]
const resolve = (offer: Offer, items: readonly NegotiatedItem[] = two) =>
  resolveOffer(offerSchema.parse(offer), items, 'MXN', TODAY)
const refused = (offer: Offer, items: readonly NegotiatedItem[] = two) => {
  try {
    resolve(offer, items)
  } catch (error) {
    if (error instanceof Refusal) return { [error.refusal]: error.data }
    throw error
  }
  throw new Error('nothing was refused')
}

describe('an offer becomes amounts and dates', () => {
  it('offers something', () => {
    expect(offerSchema.safeParse({}).success).toBe(false)
    expect(offerSchema.safeParse({ instalments: [] }).success).toBe(false)
  })

  it('a discount leaves the rest, to be paid by its date', () => {
    const terms = resolve({ discount: { percent: '8', paidBy: '2026-03-20' } })
    expect(terms.payments).toEqual([{ dueOn: '2026-03-20', minor: 138_000n }])
    expect(terms.discount).toEqual({ minor: 12_000n, paidBy: '2026-03-20' })
    expect(discountShares(terms, two)).toEqual([8_000n, 4_000n])
  })

  it('an extension moves each due date: by days, to one day, or one by one', () => {
    const days = resolve({ extension: { days: 45 } })
    expect(days.dueDates.map((d) => d.dueOn)).toEqual(['2026-03-25', '2026-04-15'])
    const day = resolve({ extension: { dueOn: '2026-05-04' } })
    expect(day.dueDates.map((d) => d.dueOn)).toEqual(['2026-05-04', '2026-05-04'])
    const each = resolve({ extension: { each: [{ document: 'F-2', dueOn: '2026-04-01' }] } })
    expect(each.dueDates).toEqual([{ receivable: 2, dueOn: '2026-04-01' }])
    expect(each.payments).toEqual([])
  })

  it('interest is waived in shares of what accrued', () => {
    const terms = resolve({ waiver: { percent: '50' } })
    expect(terms.waivedMinor).toBe(1_500n)
    expect(waiverShares(terms, two)).toEqual([750n, 750n])
  })

  it.each<[string, Offer, object]>([
    [
      'more than is claimed',
      { instalments: [{ dueOn: TODAY, amount: pesos(150_001) }] },
      { TermsExceedClaim: { part: 'instalments', claim: '1500.00', given: '1500.01' } },
    ],
    [
      'a discount that is all of it',
      { discount: { amount: pesos(150_000), paidBy: TODAY } },
      { TermsExceedClaim: { part: 'discount', claim: '1500.00', given: '1500.00' } },
    ],
    [
      'more interest than accrued',
      { waiver: { amount: pesos(3_001) } },
      { TermsExceedClaim: { part: 'waiver', claim: '30.00', given: '30.01' } },
    ],
    [
      'instalments that miss what the discount leaves',
      {
        instalments: [{ dueOn: TODAY, amount: pesos(100_000) }],
        discount: { percent: '10', paidBy: '2026-04-01' },
      },
      { DiscountNotPaid: { payable: '1350.00', given: '1000.00' } },
    ],
    [
      'an instalment after the discount is over',
      {
        instalments: [{ dueOn: '2026-04-02', amount: pesos(135_000) }],
        discount: { percent: '10', paidBy: '2026-04-01' },
      },
      { InvalidDate: { field: 'dueOn', value: '2026-04-02', must: 'not be after 2026-04-01' } },
    ],
    [
      'instalments out of order',
      {
        instalments: [
          { dueOn: '2026-04-02', amount: pesos(1) },
          { dueOn: '2026-04-02', amount: pesos(1) },
        ],
      },
      {
        InvalidDate: {
          field: 'dueOn',
          value: '2026-04-02',
          must: 'be after the instalment before it, 2026-04-02',
        },
      },
    ],
    [
      'yesterday',
      { instalments: [{ dueOn: '2026-03-09', amount: pesos(1) }] },
      { InvalidDate: { field: 'dueOn', value: '2026-03-09', must: 'not be before 2026-03-10' } },
    ],
    [
      'an extension that is over already',
      { extension: { days: 9 } },
      { InvalidDate: { field: 'extension', value: '2026-02-17', must: 'be after 2026-03-10' } },
    ],
    [
      'another currency',
      { discount: { amount: { currency: 'USD', minor: 1 }, paidBy: TODAY } },
      { WrongCurrency: { document: 'F-1', expected: 'MXN', given: 'USD' } },
    ],
    [
      'a document that is not among them',
      { extension: { each: [{ document: 'F-9', dueOn: '2026-05-01' }] } },
      { NotFound: { what: 'receivable', id: 'F-9' } },
    ],
  ])('%s is refused', (_, offer, refusal) => {
    expect(refused(offer)).toEqual(refusal)
  })

  it('an item that waits for acceptance has no due date to move', () => {
    expect(refused({ extension: { days: 30 } }, [item(1, { unpresented: true })])).toEqual({
      AwaitsPresentation: { document: 'F-1' },
    })
  })
})

describe('what the policy lets anybody offer', () => {
  const rules = negotiationsSchema.parse({
    furthest_days: 30,
    max_instalments: 2,
    max_discount_percent: 5,
    max_waiver_percent: 50,
    min_down_payment_percent: 30,
  })
  const beyond = (offer: Offer) =>
    beyondRules(resolve(offer), two, rules, TODAY).map((b) => [b.term, b.limit])
  const instalments = (...parts: [string, number][]) => ({
    instalments: parts.map(([dueOn, minor]) => ({ dueOn, amount: pesos(minor) })),
  })

  it.each<[Offer, [string, string][]]>([
    [instalments(['2026-03-10', 30_000], ['2026-04-09', 70_000]), []],
    [instalments(['2026-03-10', 29_999], ['2026-04-09', 70_001]), [['down_payment', '300.00']]],
    // A lone payment has no down payment.
    [instalments(['2026-04-09', 1]), []],
    [instalments(['2026-03-10', 50_000], ['2026-04-10', 50_000]), [['furthest', '2026-04-09']]],
    [{ extension: { dueOn: '2026-04-10' } }, [['furthest', '2026-04-09']]],
    [instalments(['2026-03-10', 50_000], ['2026-03-11', 1], ['2026-03-12', 1]), [['instalments', '2']]],
    [{ discount: { percent: '5', paidBy: TODAY } }, []],
    [{ discount: { amount: pesos(7_501), paidBy: TODAY } }, [['discount', '75.00']]],
    [{ waiver: { percent: '51' } }, [['waiver', '15.00']]],
  ])('%j', (offer, expected) => {
    expect(beyond(offer)).toEqual(expected)
  })

  it('a down payment is rounded up: never less than the percentage', () => {
    const third = negotiationsSchema.parse({ min_down_payment_percent: 33 })
    const terms = resolve(instalments(['2026-03-10', 33], ['2026-03-11', 68]))
    // 33 % of 1.01 is 0.3333.
    expect(beyondRules(terms, two, third, TODAY)).toMatchObject([{ term: 'down_payment', limit: '0.34' }])
  })
})

describe('simulated effect', () => {
  const facts = { today: TODAY, items: two, costRatePercent: '18', exposureMinor: 200_000n }

  it('instalments pay the oldest first; their cost is amount × days after due × rate / 360', () => {
    const terms = resolve({
      instalments: [
        { dueOn: '2026-03-10', amount: pesos(60_000) },
        { dueOn: '2026-04-09', amount: pesos(60_000) },
      ],
    })
    const effect = simulate(terms, facts)
    // 600 × 30 days, 400 × 60 days, 200 × 39 days, at 18 %.
    expect(effect.costMinor).toBe(
      BigInt(Math.round(((60_000 * 30 + 40_000 * 60 + 20_000 * 39) * 0.18) / 360)),
    )
    // Paid today: 1,000 × 30 days, 200 × 9 days.
    expect(effect.costNowMinor).toBe(BigInt(Math.round(((100_000 * 30 + 20_000 * 9) * 0.18) / 360)))
    expect(effect.cash).toEqual([
      { on: '2026-03-10', minor: 60_000n, leftMinor: 90_000n, exposureMinor: 140_000n },
      { on: '2026-04-09', minor: 60_000n, leftMinor: 30_000n, exposureMinor: 80_000n },
    ])
    expect(effect.openMinor).toBe(30_000n)
    expect(effect.items.map((i) => i.paidOn)).toEqual(['2026-04-09', null])
  })

  it('a discount for payment today costs the discount and no time', () => {
    const effect = simulate(resolve({ discount: { percent: '5', paidBy: TODAY } }), facts)
    expect(effect.givenUpMinor).toBe(7_500n)
    expect(effect.cash).toEqual([{ on: TODAY, minor: 142_500n, leftMinor: 0n, exposureMinor: 50_000n }])
  })

  it('an extension is paid on the new due dates', () => {
    const effect = simulate(resolve({ extension: { days: 60 } }), facts)
    expect(effect.cash.map((c) => [c.on, c.minor])).toEqual([
      ['2026-04-09', 100_000n],
      ['2026-04-30', 50_000n],
    ])
    expect(effect.daysLateTenths).toEqual({ now: 230n, offered: 600n })
  })

  it('what is paid before it is due costs nothing', () => {
    const early = [item(1, { dueOn: '2026-06-01' })]
    const terms = resolveOffer({ discount: { percent: '2', paidBy: '2026-03-20' } }, early, 'MXN', TODAY)
    expect(simulate(terms, { ...facts, items: early }).costMinor).toBe(0n)
  })
})

test('whatever is offered, no money is lost: paid, discount and what stays open are the claim', () => {
  const random = randomOf(20_260_310)
  for (let round = 0; round < 2_000; round++) {
    const items = Array.from({ length: random.int(1, 6) }, (_, index) =>
      item(index + 1, {
        claimMinor: BigInt(random.int(2, 5_000_000)),
        interestMinor: BigInt(random.int(0, 90_000)),
        dueOn: addDays(TODAY, random.int(-200, 60)),
      }),
    )
    const claim = claimOf(items)
    const discounted = random.int(0, 1) === 1
    const discount = discounted ? BigInt(random.int(1, Number(claim) - 1)) : 0n
    const payable = claim - discount
    const count = payable < 5n ? 1 : random.int(1, 4)
    const first = payable / BigInt(count)
    const amounts = Array.from({ length: count }, (_, i) =>
      i < count - 1 ? first : discounted ? payable - first * BigInt(count - 1) : first,
    )
    const offer: Offer = {
      instalments: amounts.map((minor, i) => ({
        dueOn: addDays(TODAY, i * 15),
        amount: pesos(Number(minor)),
      })),
      ...(discounted ? { discount: { amount: pesos(Number(discount)), paidBy: addDays(TODAY, 60) } } : {}),
    }
    const terms = resolveOffer(offerSchema.parse(offer), items, 'MXN', TODAY)
    const effect = simulate(terms, { today: TODAY, items, costRatePercent: '11.25', exposureMinor: claim })
    expect(effect.paidMinor + effect.discountMinor + effect.openMinor).toBe(claim)
    expect(effect.openMinor).toBeGreaterThanOrEqual(0n)
    expect(effect.cash.at(-1)!.leftMinor).toBe(effect.openMinor)
    expect(effect.cash.at(-1)!.exposureMinor).toBe(effect.openMinor)
    const shares = discountShares(terms, items)
    expect(shares.reduce((a, b) => a + b, 0n)).toBe(discount)
    for (const [index, share] of shares.entries()) {
      expect(share).toBeGreaterThanOrEqual(0n)
      expect(share).toBeLessThanOrEqual(items[index]!.claimMinor)
    }
  }
})

describe('standing for orders', () => {
  const policy = ordersSchema.parse({})
  const limited = (limit: bigint) => ({
    owed: [{ currency: 'MXN', minor: 200_000n }],
    reserved: [],
    netted: [],
    limit: [{ currency: 'MXN', minor: limit }],
  })
  const facts = (changes: Partial<CustomerFacts> = {}): CustomerFacts => ({
    today: TODAY,
    byHand: null,
    dunned: ['F-1'],
    overdue: [
      { currency: 'MXN', dueOn: '2026-02-08', minor: 100_000n },
      { currency: 'MXN', dueOn: '2026-03-01', minor: 50_000n },
    ],
    broken: 0,
    returnedCheques: [],
    lapsedGuarantees: [],
    placed: 0,
    exposure: limited(900_000n),
    own: null,
    rates: [],
    ...changes,
  })
  const extension = resolve({ extension: { days: 60 } })
  const payment = resolve({ instalments: [{ dueOn: '2026-03-20', amount: pesos(150_000) }] })
  const counted = { ...policy, not_counted: ['promised' as const] }

  it.each<[string, Partial<CustomerFacts>, typeof extension, typeof policy, string[]]>([
    ['later due dates end it', {}, extension, policy, ['hold', 'ok', 'ok']],
    ['instalments end it when they are kept', {}, payment, policy, ['hold', 'hold', 'ok']],
    ['or at once, where what is promised is not counted', {}, payment, counted, ['hold', 'ok', 'ok']],
    [
      'what is over the limit waits for money',
      { exposure: limited(190_000n) },
      extension,
      policy,
      ['hold', 'hold', 'ok'],
    ],
    ['a person said so', { byHand: 'stop' }, extension, policy, ['stop', 'stop', 'stop']],
    [
      'something else is overdue',
      { overdue: [{ currency: 'MXN', dueOn: '2026-02-08', minor: 100_001n }] },
      extension,
      policy,
      ['hold', 'hold', 'hold'],
    ],
  ])('%s', (_, changes, terms, rules, expected) => {
    const { now, agreed, paid } = standingsUnder(facts(changes), rules, terms, two)
    expect([now, agreed, paid]).toEqual(expected)
  })
})

describe('how an agreement stands', () => {
  const facts = (changes: Partial<AgreementFacts> = {}): AgreementFacts => ({
    state: 'agreed',
    promise: 'open',
    promisePaid: 'in_time',
    askAgainOn: '2026-03-25',
    uncoveredMinor: 1n,
    extended: [],
    watchedThrough: '2026-05-01',
    ...changes,
  })
  const due = { countsUntil: '2026-03-20', paid: false }

  it.each<[string, Partial<AgreementFacts>, string, string, string | null]>([
    ['open', {}, '2026-03-10', 'agreed', '2026-03-25'],
    ['kept', { promise: 'kept' }, '2026-03-10', 'fulfilled', '2026-05-02'],
    ['nothing left but the discount', { uncoveredMinor: 0n }, '2026-03-10', 'fulfilled', '2026-05-02'],
    ['broken', { promise: 'broken' }, '2026-03-25', 'broken', '2026-05-02'],
    ['partially kept', { promise: 'partially_kept' }, '2026-03-25', 'broken', '2026-05-02'],
    ['withdrawn', { promise: 'withdrawn' }, '2026-03-25', 'broken', '2026-05-02'],
    ['bounced', { state: 'fulfilled', promise: 'broken' }, '2026-04-20', 'broken', '2026-05-02'],
    ['late money', { state: 'broken', promise: 'kept' }, '2026-04-20', 'fulfilled', '2026-05-02'],
    [
      'owed again',
      { state: 'fulfilled', promise: 'kept', promisePaid: 'no' },
      '2026-04-20',
      'broken',
      '2026-05-02',
    ],
    [
      'paid by other money now',
      { state: 'fulfilled', promise: 'kept', promisePaid: 'late' },
      '2026-04-20',
      'fulfilled',
      '2026-05-02',
    ],
    [
      'owed again, and paid late',
      { state: 'broken', promise: 'kept', promisePaid: 'late', uncoveredMinor: 0n },
      '2026-04-20',
      'broken',
      '2026-05-02',
    ],
    ['over', { state: 'fulfilled', promise: 'kept' }, '2026-05-02', 'fulfilled', null],
    ['new due date', { promise: null, extended: [due] }, '2026-03-20', 'agreed', '2026-03-21'],
    ['not paid by it', { promise: null, extended: [due] }, '2026-03-21', 'broken', '2026-05-02'],
    [
      'paid by it',
      { promise: null, extended: [{ ...due, paid: true }] },
      '2026-03-20',
      'fulfilled',
      '2026-05-02',
    ],
    [
      'all is paid, but not by it',
      { state: 'broken', promise: null, extended: [due], uncoveredMinor: 0n },
      '2026-03-25',
      'broken',
      '2026-05-02',
    ],
    [
      'paid by it and taken back',
      { state: 'fulfilled', promise: null, extended: [due] },
      '2026-03-19',
      'broken',
      '2026-05-02',
    ],
    ['nothing to wait for', { promise: null }, TODAY, 'fulfilled', null],
    ['some now, the rest later', { promise: 'kept', extended: [due] }, '2026-03-20', 'agreed', '2026-03-21'],
    ['the rest isn’t paid', { promise: 'kept', extended: [due] }, '2026-03-21', 'broken', '2026-05-02'],
    [
      'the rest is paid, and then what was promised',
      { extended: [{ ...due, paid: true }] },
      '2026-03-20',
      'agreed',
      '2026-03-25',
    ],
    [
      'both are paid',
      { promise: 'kept', extended: [{ ...due, paid: true }] },
      '2026-03-20',
      'fulfilled',
      '2026-05-02',
    ],
    [
      'what was due anew isn’t paid before what was promised',
      { extended: [due] },
      '2026-03-21',
      'broken',
      '2026-05-02',
    ],
  ])('%s', (_, changes, today, state, lookAgainOn) => {
    expect(standingOfAgreement(facts(changes), today)).toEqual({ state, lookAgainOn })
  })
})
