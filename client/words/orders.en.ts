import { type OrderWords, tellOrderReasons } from './orders.ts'
import type { Speech } from './speech.ts'
import type { Data } from './words.ts'

/** What is said of sales orders, in English. */

const order = (d: Data, say: Speech): string => `order ${d.order} of ${say.amount(d.amount, d.currency)}`
const because = (d: Data, say: Speech, before: string): string => {
  const reasons = tellOrderReasons(enOrders, say, d.reasons)
  return reasons === '' ? '' : `${before}${reasons}`
}
const passed = (d: Data): string =>
  d.passedAs ? ` (${enOrders.passes[d.passedAs as keyof OrderWords['passes']] ?? d.passedAs})` : ''
export const condition = (d: Data, say: Speech): string =>
  `${say.amount(d.conditionAmount, d.conditionCurrency)} is paid by ${say.moment(String(d.conditionBy), String(d.timeZone))}`
const standing = (code: unknown): string =>
  code === null
    ? enOrders.notCounting
    : (enOrders.standings[code as keyof OrderWords['standings']] ?? String(code))
const beyond = (of: string) => (d: Data, say: Speech) =>
  `${of} of ${say.amount(d.limit, d.currency)} has no room: ${say.amount(d.exposure, d.currency)} used, ${say.amount(d.order, d.currency)} asked for`
const counted = (count: unknown, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

export const enOrders: OrderWords = {
  states: {
    released: 'released',
    conditionally_released: 'released conditionally',
    held: 'held',
    rejected: 'rejected',
    expired: 'expired',
    consumed: 'invoiced',
    cancelled: 'cancelled',
  },
  reasons: {
    by_hand: (d) => `held by ${d.actor}`,
    stopped: () => 'the customer is stopped',
    dunned: (d) =>
      `orders are held until ${d.document} is paid${Number(d.count) > 1 ? ` (and ${Number(d.count) - 1} more)` : ''}`,
    placed: (d) => `${counted(d.count, 'receivable')} with a lawyer or an agency`,
    returned_cheque: (d, say) => `a payment bounced on ${say.date(d.on)}`,
    overdue: (d, say) =>
      `${say.amount(d.amount, d.currency)} overdue for more than ${counted(d.days, 'day')}`,
    oldest: (d) => `the oldest open item is ${counted(d.days, 'day')} late, ${d.allowed} are allowed`,
    broken_promises: (d) => `${counted(d.count, 'promise')} not kept, ${d.allowed} are allowed`,
    lapsed_guarantee: (d) =>
      `guarantee ${d.reference} has lapsed${Number(d.count) > 1 ? ` (and ${Number(d.count) - 1} more)` : ''}`,
    limit: beyond('the limit'),
    own_limit: beyond("the member's own limit"),
    no_limit: () => 'the customer has no limit',
    no_rate: (d) => `there is no rate of the day from ${d.from} to ${d.to}`,
    not_paid: (d, say) => `not paid by ${say.moment(String(d.by), String(d.timeZone))}`,
  },
  passes: {
    shipped: 'the goods are out',
    prepaid: 'prepaid',
    exempt: 'the customer is exempt',
    small: 'a small amount',
    never_checked: 'of a type that is never checked',
  },
  standings: { ok: 'OK', watch: 'watch', hold: 'hold', stop: 'stop', exempt: 'exempt' },
  events: {
    'order released': (d, say) => `${order(d, say)} released${passed(d)}${because(d, say, ' in spite of: ')}`,
    'order released conditionally': (d, say) =>
      `${order(d, say)} released if ${condition(d, say)}${because(d, say, ', in spite of: ')}`,
    'order held': (d, say) => `${order(d, say)} held${because(d, say, ': ')}`,
    'order rejected': (d, say) => `${order(d, say)} rejected${because(d, say, ': ')}`,
    'order expired': (d, say) => `${order(d, say)} expired: nobody needs it any more`,
    'order invoiced': (d, say) => `${order(d, say)} invoiced`,
    'order cancelled': (d, say) => `${order(d, say)} cancelled`,
    'standing set': (d) => `standing of ${d.customer}: ${standing(d.standing)}`,
    'standing changed': (d) => `standing by arithmetic: ${standing(d.before)} → ${standing(d.now)}`,
    'group joined': (d, say) =>
      `${d.customer} joins the group of ${d.head}${d.subLimit ? `, with a limit of its own of ${say.amount(d.subLimit, d.currency)}` : ''}`,
    'group left': (d) => `${d.customer} leaves the group of ${d.head}`,
    'rates loaded': (d, say) => `rates of ${say.date(d.on)} from ${d.source}: ${say.list(d.rates)}`,
  },
  refusals: {
    OrderOver: ({ order: number, state }) =>
      `Order ${number} is over: ${enOrders.states[state as keyof OrderWords['states']] ?? state}.`,
    OrderShipped: ({ order: number }) =>
      `The goods of order ${number} are out: it can't be held, rejected or cancelled, only invoiced.`,
    OrderNotHeld: ({ order: number, state }) =>
      `Order ${number} is not held: ${enOrders.states[state as keyof OrderWords['states']] ?? state}.`,
    DeadlinePassed: ({ by, timeZone }, say) =>
      `The deadline ${say.moment(by, timeZone)} has passed already. Give a later one.`,
    OrderGrown: ({ order: number, approved, amount }, say) =>
      `Order ${number} grew to ${say.number(amount)}; ${say.number(approved)} were agreed to. Ask again.`,
    OrderMoreAgainst: ({ order: number, reasons }, say) =>
      `Since order ${number} was asked about, this speaks against it too: ${tellOrderReasons(enOrders, say, reasons)}. Ask again.`,
    NotAGroup: ({ customer, head, because: why }) =>
      why === 'itself'
        ? `${customer} can't be its own head.`
        : why === 'has a head'
          ? `${head} is itself a member of a group. Join its head.`
          : `${customer} is the head of a group. Its members must leave first.`,
    InGroup: ({ customer, head }) => `${customer} is in the group of ${head}. It must leave that one first.`,
  },
  labels: {
    order: 'order',
    state: 'state',
    reasons: 'why',
    neededBy: 'needed by',
    shipOn: 'ships on',
    reserved: 'reserved',
    invoiced: 'invoiced',
    since: 'since',
    condition: 'condition',
    grace: 'grace until',
    exposure: 'exposure',
    limit: 'limit',
    available: 'available',
    owed: 'owed',
    netted: 'unused money',
    standing: 'standing',
    saidBy: 'said by',
    head: 'head',
    member: 'member',
    subLimit: 'own limit',
    pair: 'currencies',
    rate: 'rate',
    source: 'source',
    countsFrom: 'counts from',
    type: 'type',
    held: 'held',
  },
  notCounting: 'as reckoned',
  noLimit: 'no limit',
  noGroup: (customer) => `${customer} is in no group.`,
  noRate: (from, to) => `no rate of the day from ${from} to ${to}`,
  notAPair: (text) => `"${text}" is not a rate such as USD/MXN=18.4523.`,
  paidBy: (amount, by) => `${amount} paid by ${by}`,
}
