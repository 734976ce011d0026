import { type Command, Option } from 'commander'
import { ORDER_STATES, type OrderState } from '../../ledger/orders/orders.ts'
import type { ShownOrder } from '../../ledger/orders/shows.ts'
import { tellOrderReasons } from '../words/orders.ts'
import { tellCode } from '../words/tell.ts'
import { examples } from './examples.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { pairs } from './table.ts'

/** Reads of orders: the list, one of them. */

interface Listed {
  customer?: string
  state?: OrderState
  limit: string
  before?: string
}

export function addOrderReads(order: Command, runs: Runs): void {
  examples(
    order
      .command('list')
      .description('Orders, newest first.')
      .option('--customer <code>', 'of this customer')
      .addOption(new Option('--state <state>', 'only these').choices([...ORDER_STATES]))
      .option('--limit <n>', 'how many', '50')
      .option('--before <id>', 'those before this one')
      .action(runs(list)),
    'order list --state held',
    'order list --customer C-1001 --output pedidos.xlsx --limit 5000',
  )
  examples(
    order
      .command('show <order>')
      .description('One order: its state and why, what it takes of the limit, its condition and grace.')
      .action(
        runs(async (session, number: string) => {
          const { readOrder } = await import('../../ledger/orders/shows.ts')
          const view = await readOrder(await session.ledger(), await session.company(), number)
          session.show(view, () => orderText(session, view))
        }),
      ),
    'order show SO-1001',
  )
}

async function list(session: Session, options: Listed): Promise<void> {
  const { phrases, words, speech, table, left } = session
  const limit = readId(options.limit, '--limit', phrases)
  const { listOrders } = await import('../../ledger/orders/shows.ts')
  const orders = await listOrders(await session.ledger(), await session.company(), {
    limit,
    ...(options.customer === undefined ? {} : { customer: options.customer }),
    ...(options.state === undefined ? {} : { states: [options.state] }),
    ...(options.before === undefined ? {} : { before: readId(options.before, '--before', phrases) }),
  })
  const next = orders.length === limit ? orders.at(-1)!.id : null
  session.show({ orders, next }, () => {
    const { labels } = words.orders
    const text = table(
      [
        { title: labels.order },
        { title: phrases.labels.customer },
        { title: phrases.labels.amount, right: true },
        { title: labels.reserved, right: true },
        { title: labels.state },
        { title: labels.neededBy },
        { title: labels.reasons, cut: true },
      ],
      orders.map((o) => [
        o.order,
        o.customer,
        { amount: o.amount, currency: o.currency },
        { amount: o.reserved },
        tellCode(words.orders.states, o.state),
        o.neededBy === null ? '' : { date: o.neededBy },
        o.passedAs === null
          ? tellOrderReasons(words.orders, speech, o.reasons)
          : tellCode(words.orders.passes, o.passedAs),
      ]),
      phrases.nothing,
    )
    return next === null ? text : `${text}\n${left(phrases.more(String(next)))}`
  })
}

function orderText({ words, speech, phrases }: Session, order: ShownOrder): string {
  const { labels } = words.orders
  const day = (on: string | null) => (on === null ? '' : speech.date(on))
  return pairs([
    [labels.order, order.order],
    [phrases.labels.customer, order.customer],
    [labels.type, order.type],
    [phrases.labels.amount, speech.amount(order.amount, order.currency)],
    [labels.reserved, speech.amount(order.reserved, order.currency)],
    [labels.invoiced, speech.amount(order.invoiced, order.currency)],
    [labels.state, tellCode(words.orders.states, order.state)],
    [labels.since, speech.moment(order.stateSinceAt, order.timeZone)],
    [
      labels.reasons,
      [
        ...(order.passedAs === null ? [] : [tellCode(words.orders.passes, order.passedAs)]),
        tellOrderReasons(words.orders, speech, order.reasons),
      ].join(''),
    ],
    [labels.neededBy, day(order.neededBy)],
    [labels.shipOn, day(order.shipOn)],
    [labels.countsFrom, day(order.countsFrom)],
    [
      labels.condition,
      order.conditionAmount === null
        ? ''
        : words.orders.paidBy(
            speech.amount(order.conditionAmount, order.conditionCurrency),
            speech.moment(order.conditionByAt!, order.timeZone),
          ),
    ],
    [labels.grace, day(order.graceUntil)],
  ])
}
