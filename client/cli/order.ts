import { type Command, Option } from 'commander'
import type { DecisionCommands } from '../../domain/decisionCommand.ts'
import { examples } from './examples.ts'
import { readCurrency, readDate, readInstant, readMoney } from './given.ts'
import { addOrderReads } from './orderText.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

/** Where in a command's content each option goes. */
const PLACES = {
  order: 'ORDER',
  customer: '--customer',
  amount: '--amount',
  neededBy: '--needed-by',
  shipOn: '--ship-on',
  documentType: '--type',
  by: '--by',
  why: '--why',
}

interface Asked {
  customer: string
  amount: string
  currency: string
  type?: string
  neededBy?: string
  shipOn?: string
  prepaid?: boolean
}
interface Changed {
  amount?: string
  neededBy?: string
  shipOn?: string
  why: string
}
interface Released {
  ifPaid?: string
  currency: string
  by?: string
  announcedCounts?: boolean
  why: string
}

/** Whether goods may go out. */
export function addOrders(program: Command, runs: Runs): void {
  const order = program
    .command('order')
    .description(
      'Sales orders: may they go out? What goes out takes its part of the limit; what is held is asked about again whenever something changes.',
    )
  addCheck(order, runs)
  addRelease(order, runs)
  addWords(order, runs)
  addOrderReads(order, runs)
}

function addCheck(order: Command, runs: Runs): void {
  examples(
    order
      .command('check <order>')
      .description('May it go out? An order that nobody knows is made; the answer says why it is held.')
      .requiredOption('--customer <code>', 'whose')
      .requiredOption('--amount <amount>', 'of how much')
      .option('--currency <code>', 'its currency', 'MXN')
      .option('--type <type>', 'as order entry calls it (default: order)')
      .option('--needed-by <date>', 'held, it expires after this day')
      .option('--ship-on <date>', 'when it ships: beyond the horizon it takes nothing of the limit yet')
      .option('--prepaid', 'paid for already: no risk')
      .action(runs(check)),
    'order check SO-1001 --customer C-1001 --amount 48000',
    'order check SO-1002 --customer C-1001 --amount 900000 --ship-on 2027-03-01',
  )
  examples(
    order
      .command('change <order>')
      .description('Another amount or day. More than was released is asked about anew.')
      .option('--amount <amount>', 'of how much now')
      .option('--needed-by <date>', 'another last day')
      .option('--ship-on <date>', 'another day of shipping')
      .requiredOption('--why <text>', 'the reason')
      .action(runs(change)),
    'order change SO-1001 --amount 52000 --why "two more pallets"',
  )
}

async function check(session: Session, number: string, options: Asked): Promise<void> {
  const { phrases } = session
  const { sendDecision } = await import('./send.ts')
  const currency = readCurrency(options.currency, '--currency', phrases)
  const content: DecisionCommands['checkOrder'] = {
    order: number,
    customer: options.customer,
    amount: readMoney(options.amount, currency, '--amount', phrases),
    ...(options.type === undefined ? {} : { documentType: options.type }),
    ...daysOf(session, options),
    ...(options.prepaid ? { prepaid: true } : {}),
  }
  await sendDecision(session, { name: 'checkOrder', content }, PLACES)
}

async function change(session: Session, number: string, options: Changed): Promise<void> {
  const [{ sendDecision }, { readOrder }] = await Promise.all([
    import('./send.ts'),
    import('../../ledger/orders/shows.ts'),
  ])
  const { currency } = await readOrder(await session.ledger(), await session.company(), number)
  const content = {
    order: number,
    why: options.why,
    ...(options.amount === undefined
      ? {}
      : { amount: readMoney(options.amount, currency, '--amount', session.phrases) }),
    ...daysOf(session, options),
  }
  await sendDecision(session, { name: 'changeOrder', content }, PLACES)
}

const daysOf = ({ phrases }: Session, { neededBy, shipOn }: { neededBy?: string; shipOn?: string }) => ({
  ...(neededBy === undefined ? {} : { neededBy: readDate(neededBy, '--needed-by', phrases) }),
  ...(shipOn === undefined ? {} : { shipOn: readDate(shipOn, '--ship-on', phrases) }),
})

function addRelease(order: Command, runs: Runs): void {
  examples(
    order
      .command('release <order>')
      .description(
        'Let a held order go in spite of what speaks against it; the authority matrix says who has to agree. With --if-paid it goes now, and is held again when so much is not paid in time.',
      )
      .addOption(new Option('--if-paid <amount>', 'what has to be paid'))
      .option('--currency <code>', 'its currency', 'MXN')
      .option('--by <instant>', 'until when, such as 2026-11-25T17:00-06:00')
      .option('--announced-counts', 'money that is announced meets it too')
      .requiredOption('--why <text>', 'the reason')
      .action(runs(release)),
    'order release SO-1001 --why "the director spoke with the owner"',
    'order release SO-1001 --if-paid 30000 --by 2026-11-25T17:00-06:00 --why "they are at the bank"',
  )
}

async function release(session: Session, number: string, options: Released): Promise<void> {
  const { phrases } = session
  const [{ sendDecision }, { UsageError }] = await Promise.all([import('./send.ts'), import('./exit.ts')])
  const { ifPaid, by, why } = options
  const conditional = ifPaid !== undefined || by !== undefined || options.announcedCounts
  if (conditional && (ifPaid === undefined || by === undefined))
    throw new UsageError(phrases.sayOneOf('--if-paid, --by'))
  if (ifPaid === undefined || by === undefined)
    return sendDecision(session, { name: 'releaseOrder', content: { order: number, why } }, PLACES)
  const content = {
    order: number,
    amount: readMoney(ifPaid, readCurrency(options.currency, '--currency', phrases), '--if-paid', phrases),
    by: readInstant(by, '--by', phrases),
    ...(options.announcedCounts ? { announcedCounts: true } : {}),
    why,
  }
  await sendDecision(session, { name: 'releaseConditionally', content }, { ...PLACES, amount: '--if-paid' })
}

const WORDS = [
  [
    'hold',
    'holdOrder',
    'Hold it until a person releases it, whatever the rules say.',
    'the address is wrong',
  ],
  ['reject', 'rejectOrder', 'It does not go out, for good.', 'sells to a competitor'],
  ['cancel', 'cancelOrder', 'Nobody wants it any more.', 'the customer called it off'],
] as const

function addWords(order: Command, runs: Runs): void {
  for (const [word, name, description, why] of WORDS)
    examples(
      order
        .command(`${word} <order>`)
        .description(description)
        .requiredOption('--why <text>', 'the reason')
        .action(
          runs(async (session, number: string, options: { why: string }) => {
            const { sendDecision } = await import('./send.ts')
            await sendDecision(session, { name, content: { order: number, why: options.why } }, PLACES)
          }),
        ),
      `order ${word} SO-1001 --why "${why}"`,
    )
  examples(
    order
      .command('ship <order>')
      .description('The goods are out: it is never held, and counts until it is invoiced.')
      .action(
        runs(async (session, number: string) => {
          const { sendDecision } = await import('./send.ts')
          await sendDecision(session, { name: 'shipOrder', content: { order: number } }, PLACES)
        }),
      ),
    'order ship SO-1001',
  )
}
