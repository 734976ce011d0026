import { expect, test } from 'vitest'
import { type CustomerFacts, checkOrder, type OrderFacts, reckon } from '../../../domain/orders/check.ts'
import { measure } from '../../../domain/orders/exposure.ts'
import { type OrdersPolicy, ordersSchema } from '../../../domain/orders/policy.ts'
import { convert, isRate } from '../../../domain/orders/rates.ts'
import { testPolicy } from '../../setup/ledger.ts'

const TODAY = '2026-03-02'
const mxn = (amount: number) => ({ currency: 'MXN', minor: BigInt(Math.round(amount * 100)) })
const usd = (amount: number) => ({ currency: 'USD', minor: BigInt(Math.round(amount * 100)) })

const nothing = { owed: [], reserved: [], netted: [], limit: [mxn(1_000)] }
const facts = (changes: Partial<CustomerFacts> = {}): CustomerFacts => ({
  today: TODAY,
  byHand: null,
  dunned: [],
  overdue: [],
  broken: 0,
  returnedCheques: [],
  lapsedGuarantees: [],
  placed: 0,
  exposure: nothing,
  own: null,
  rates: [],
  ...changes,
})
const order = (changes: Partial<OrderFacts> = {}): OrderFacts => ({
  documentType: 'order',
  ...mxn(100),
  prepaid: false,
  shipped: false,
  heldBy: null,
  counts: true,
  graced: [],
  graceUntil: null,
  ...changes,
})
const every = ordersSchema.parse({
  rules: [
    { rule: 'placed' },
    { rule: 'returned_cheque', days: 90 },
    { rule: 'overdue', days: 15, amount: { MXN: '50.00' } },
    { rule: 'oldest', days: 60 },
    { rule: 'broken_promises', count: 2 },
    { rule: 'lapsed_guarantee' },
    { rule: 'limit' },
  ],
  small_amount: { MXN: '10.00' },
})
const said = (o: OrderFacts, f: CustomerFacts, policy: OrdersPolicy = every) => {
  const { outcome, passedAs, reasons } = checkOrder(o, f, policy)
  return [outcome, passedAs ?? reasons.map((r) => r.code).join(' ')].join(': ').replace(/: $/, '')
}

const overdue = (amount: number, dueOn: string) => [{ ...mxn(amount), dueOn }]
const used = (amount: number) => ({ ...nothing, owed: [mxn(amount)] })

test.each<[string, Partial<OrderFacts>, Partial<CustomerFacts>, string]>([
  ['nothing speaks against it', {}, {}, 'released'],
  // The limit: the last cent of it can be given, not one more.
  ['it takes the last of the limit', {}, { exposure: used(900) }, 'released'],
  ['one cent too much', {}, { exposure: used(900.01) }, 'held: limit'],
  ['released orders count too', {}, { exposure: { ...nothing, reserved: [mxn(901)] } }, 'held: limit'],
  ['unused money makes room', {}, { exposure: { ...used(1_000), netted: [mxn(100)] } }, 'released'],
  ['a limit that has lapsed is none', {}, { exposure: { ...nothing, limit: [mxn(0)] } }, 'held: limit'],
  ['who never had a limit isn’t measured', {}, { exposure: { ...used(9_999), limit: null } }, 'released'],
  ['beyond the horizon it takes nothing', { counts: false }, { exposure: used(1_000) }, 'released'],
  ['a member has a limit of its own', {}, { own: { ...used(950), limit: [mxn(1_000)] } }, 'held: own_limit'],
  // Overdue: days and amount together, the days themselves allowed.
  ['late for fewer days', {}, { overdue: overdue(500, '2026-02-15') }, 'released'],
  ['late for more days', {}, { overdue: overdue(500, '2026-02-14') }, 'held: overdue'],
  ['late for more days, a little', {}, { overdue: overdue(50, '2026-02-14') }, 'released'],
  [
    'of a currency without an amount: anything',
    {},
    { overdue: [{ ...usd(0.01), dueOn: '2026-02-14' }] },
    'held: overdue',
  ],
  ['very old, a little', {}, { overdue: overdue(1, '2025-12-31') }, 'held: oldest'],
  ['old, not too old', {}, { overdue: overdue(1, '2026-01-01') }, 'released'],
  ['one promise broken', {}, { broken: 1 }, 'released'],
  ['two promises broken', {}, { broken: 2 }, 'held: broken_promises'],
  ['a cheque came back 90 days ago', {}, { returnedCheques: ['2025-12-02'] }, 'held: returned_cheque'],
  ['and 91 days ago', {}, { returnedCheques: ['2025-12-01'] }, 'released'],
  ['a guarantee has lapsed', {}, { lapsedGuarantees: ['P-1'] }, 'held: lapsed_guarantee'],
  ['something is with a lawyer', {}, { placed: 1 }, 'held: placed'],
  ['the ladder holds orders', {}, { dunned: ['F-1'] }, 'held: dunned'],
  // The order of the rules, a person's word first.
  [
    'everything at once',
    {},
    {
      byHand: 'stop',
      dunned: ['F-1'],
      placed: 1,
      broken: 9,
      overdue: overdue(99, '2025-01-01'),
      exposure: used(1_000),
    },
    'held: stopped dunned placed overdue oldest broken_promises limit',
  ],
  // Exclusions come before every rule, a person's hold of this very order before them.
  ['prepaid', { prepaid: true }, { byHand: 'stop' }, 'released: prepaid'],
  ['exempt', {}, { byHand: 'exempt', placed: 1, exposure: used(9_999) }, 'released: exempt'],
  [
    'of a type that is never checked',
    { documentType: 'sample' },
    { byHand: 'stop' },
    'released: never_checked',
  ],
  ['small', mxn(10), { byHand: 'stop' }, 'released: small'],
  ['not quite small', mxn(10.01), { byHand: 'stop' }, 'held: stopped'],
  ['held by a person', { prepaid: true, heldBy: 'ana' }, { byHand: 'exempt' }, 'held: by_hand'],
  [
    'shipped goods are never held',
    { shipped: true, heldBy: 'ana' },
    { byHand: 'stop', exposure: used(9_999) },
    'released: shipped',
  ],
  ['of a type that is only warned of', { documentType: 'quotation' }, { placed: 1 }, 'released: placed'],
  // Grace covers the reasons that were there, through its last day.
  ['in grace', { graced: ['limit'], graceUntil: TODAY }, { exposure: used(1_000) }, 'released'],
  [
    'in grace, a new reason',
    { graced: ['limit'], graceUntil: TODAY },
    { exposure: used(1_000), placed: 1 },
    'held: placed',
  ],
  [
    'grace is over',
    { graced: ['limit'], graceUntil: '2026-03-01' },
    { exposure: used(1_000) },
    'held: limit',
  ],
  // Other currencies need the day's rate.
  ['no rate', usd(1), {}, 'held: no_rate'],
  ['with the rate it fits', usd(50), { rates: [{ base: 'USD', quote: 'MXN', rate: '20' }] }, 'released'],
  [
    'with the rate it doesn’t',
    usd(50.01),
    { rates: [{ base: 'USD', quote: 'MXN', rate: '20' }] },
    'held: limit',
  ],
])('%s', (_, o, f, expected) => {
  expect(said(order(o), facts(f))).toBe(expected)
})

test('what goes out takes its amount of the limit; what is prepaid or of no risk takes nothing', () => {
  const reserves = (o: Partial<OrderFacts>, f: Partial<CustomerFacts> = {}) =>
    checkOrder(order(o), facts(f), every).reservesMinor
  expect(reserves({})).toBe(10_000n)
  expect(reserves({}, { byHand: 'exempt' })).toBe(10_000n)
  expect(reserves({ counts: false })).toBe(10_000n)
  expect(reserves({ prepaid: true })).toBe(0n)
  expect(reserves({ documentType: 'sample' })).toBe(0n)
  expect(reserves({}, { placed: 1 })).toBe(0n)
})

test('a customer who never had a limit is held where the policy says so', () => {
  const strict = { ...every, without_line: 'hold' as const }
  expect(said(order(), facts({ exposure: { ...nothing, limit: null } }), strict)).toBe('held: no_limit')
})

test('a reason says what it takes to understand it', () => {
  expect(checkOrder(order(), facts({ exposure: used(950) }), every).reasons).toEqual([
    { code: 'limit', data: { limit: '1000.00', exposure: '950.00', order: '100.00', currency: 'MXN' } },
  ])
})

test.each<[number, string]>([
  [899.99, 'ok'],
  [900, 'watch'],
  [1_000, 'watch'],
  [1_000.01, 'hold'],
])('with %d of 1,000 used a customer stands at %s', (amount, standing) => {
  expect(reckon(facts({ exposure: used(amount) }), every)).toBe(standing)
})

test('what speaks against every order is a hold by arithmetic; a person’s word isn’t arithmetic', () => {
  expect(reckon(facts({ placed: 1 }), every)).toBe('hold')
  expect(reckon(facts({ byHand: 'stop' }), every)).toBe('ok')
})

test('what is owed is rounded up to the cent, what is set against it down', () => {
  const rates = [{ base: 'USD', quote: 'MXN', rate: '18.4523' }]
  const parts = { owed: [usd(0.01)], reserved: [], netted: [usd(0.01)], limit: [mxn(1)] }
  expect(measure(parts, 'MXN', rates)).toMatchObject({ owedMinor: 19n, nettedMinor: 18n, minor: 1n })
  expect(convert(100n, 'MXN', 'USD', rates)).toBe(6n)
  // A yen has no cents.
  expect(convert(100n, 'USD', 'JPY', [{ base: 'USD', quote: 'JPY', rate: '150' }])).toBe(150n)
  expect(convert(100n, 'USD', 'EUR', rates)).toBe(null)
})

test('several limits are one, in the currency that is asked for', () => {
  const rates = [{ base: 'USD', quote: 'MXN', rate: '20' }]
  const parts = { owed: [mxn(100)], reserved: [], netted: [], limit: [mxn(1_000), usd(10)] }
  expect(measure(parts, 'USD', rates)).toMatchObject({ currency: 'USD', limitMinor: 6_000n, minor: 500n })
  expect(measure(parts, 'EUR', rates)).toMatchObject({ currency: 'MXN', limitMinor: 120_000n })
})

test('a rate is a plain decimal above nothing', () => {
  expect(['18.4523', '20', '0.05'].every(isRate)).toBe(true)
  expect(['0', '0.0', '-1', '1e3', '1,5', ''].some(isRate)).toBe(false)
})

test('a policy says where its section about orders is wrong', () => {
  const wrong = (orders: unknown) => () => testPolicy({ orders })
  expect(wrong({ rules: [{ rule: 'limit' }, { rule: 'limit' }] })).toThrow(/once is enough/)
  expect(wrong({ small_amount: { MXN: 'ten' } })).toThrow(/must be an amount of MXN/)
  expect(wrong({ rules: [{ rule: 'overdue', amount: { XXX: '1' } }] })).toThrow(/ISO 4217/)
})
