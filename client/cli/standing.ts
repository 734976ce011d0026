import { type Command, Option } from 'commander'
import type { ShownStanding } from '../../ledger/orders/shows.ts'
import { tellCode } from '../words/tell.ts'
import { examples } from './examples.ts'
import { UsageError } from './exit.ts'
import { readCurrency, readDate, readId, readMoney } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { pairs } from './table.ts'

/** How customers stand: what they have used of their limit, groups that share one, rates of exchange. */

const PLACES = {
  customer: 'CUSTOMER',
  head: '--head',
  subLimit: '--own-limit',
  why: '--why',
  on: '--on',
  source: '--source',
  rates: 'PAIR=RATE',
}

export function addStandings(program: Command, runs: Runs): void {
  const customer = program.command('customer').description('How customers stand with their orders.')
  examples(
    customer
      .command('standing <customer>')
      .description(
        'What it owes and has ordered, of which limit, and how it stands. With --set a person says so: stop holds every order, exempt lets every one go, reckoned leaves it to arithmetic.',
      )
      .addOption(new Option('--set <standing>', 'say how it stands').choices(['stop', 'exempt', 'reckoned']))
      .option('--currency <code>', 'in which amounts are told when there is no limit', 'MXN')
      .option('--why <text>', 'the reason for saying so')
      .action(runs(standing)),
    'customer standing C-1001',
    'customer standing C-1001 --set stop --why "bankruptcy filed"',
  )
  addGroups(program, runs)
  addRates(program, runs)
}

interface Said {
  set?: 'stop' | 'exempt' | 'reckoned'
  currency: string
  why?: string
}

async function standing(session: Session, code: string, options: Said): Promise<void> {
  if (options.set !== undefined) {
    if (options.why === undefined) throw new UsageError(session.phrases.sayOneOf('--why'))
    const { sendDecision } = await import('./send.ts')
    const said = options.set === 'reckoned' ? null : options.set
    const content = { customer: code, standing: said, why: options.why }
    return sendDecision(session, { name: 'setStanding', content }, PLACES)
  }
  const { readStanding } = await import('../../ledger/orders/shows.ts')
  const view = await readStanding(await session.ledger(), await session.company(), code, {
    now: Date.now(),
    currency: readCurrency(options.currency, '--currency', session.phrases),
  })
  session.show(view, () => standingText(session, view))
}

function standingText({ words, speech, phrases }: Session, view: ShownStanding): string {
  const { labels } = words.orders
  const amount = (decimal: string) => (decimal === '' ? '' : speech.amount(decimal, view.currency))
  return pairs([
    [phrases.labels.customer, view.customer],
    [labels.standing, tellCode(words.orders.standings, view.standing)],
    [labels.saidBy, view.saidBy === null ? '' : `${view.saidBy}: ${view.why}`],
    [labels.owed, amount(view.owed)],
    [labels.reserved, amount(view.reserved)],
    [labels.netted, amount(view.netted)],
    [
      labels.exposure,
      view.noRate ? words.orders.noRate(view.noRate.from, view.noRate.to) : amount(view.exposure),
    ],
    [labels.limit, view.limit === null ? words.orders.noLimit : amount(view.limit)],
    [labels.available, view.available === null ? '' : amount(view.available)],
    [labels.head, view.group?.head ?? ''],
    [labels.member, view.group === null ? '' : speech.list(view.group.members)],
    [labels.held, String(view.held)],
  ])
}

function addGroups(program: Command, runs: Runs): void {
  const group = program
    .command('group')
    .description('Groups of customers: one head, and members that share its limit.')
  examples(
    group
      .command('show <customer>')
      .description('Who is in the group of a customer.')
      .action(runs(showGroup)),
    'group show C-1001',
  )
  examples(
    group
      .command('join <customer>')
      .description(
        'From now on it shares the limit of the head, within a limit of its own where one is said.',
      )
      .requiredOption('--head <code>', 'head of the group')
      .option('--own-limit <amount>', 'no more than this of it')
      .option('--currency <code>', 'its currency', 'MXN')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(
          async (
            session,
            code: string,
            options: { head: string; ownLimit?: string; currency: string; why: string },
          ) => {
            const { phrases } = session
            const { sendDecision } = await import('./send.ts')
            const currency = readCurrency(options.currency, '--currency', phrases)
            const content = {
              customer: code,
              head: options.head,
              why: options.why,
              ...(options.ownLimit === undefined
                ? {}
                : { subLimit: readMoney(options.ownLimit, currency, '--own-limit', phrases) }),
            }
            await sendDecision(session, { name: 'joinGroup', content }, PLACES)
          },
        ),
      ),
    'group join C-1002 --head C-1001 --why "one owner"',
    'group join C-1003 --head C-1001 --own-limit 50000 --why "one owner"',
  )
  examples(
    group
      .command('leave <customer>')
      .description('It counts alone again.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, code: string, { why }: { why: string }) => {
          const { sendDecision } = await import('./send.ts')
          await sendDecision(session, { name: 'leaveGroup', content: { customer: code, why } }, PLACES)
        }),
      ),
    'group leave C-1002 --why "sold"',
  )
}

async function showGroup(session: Session, code: string): Promise<void> {
  const { phrases, words, table } = session
  const { readGroup } = await import('../../ledger/orders/shows.ts')
  const group = await readGroup(await session.ledger(), await session.company(), code)
  session.show(group, () => {
    if (group === null) return words.orders.noGroup(code)
    const { labels } = words.orders
    return table(
      [
        { title: labels.head },
        { title: labels.member },
        { title: phrases.labels.name, cut: true },
        { title: labels.subLimit, right: true },
      ],
      group.members.map((m) => [
        group.head,
        m.customer,
        m.name,
        m.subLimit === null ? '' : { amount: m.subLimit, currency: m.currency! },
      ]),
    )
  })
}

function addRates(program: Command, runs: Runs): void {
  const rate = program
    .command('rate')
    .description('Rates of exchange of a day, for orders and limits in several currencies.')
  examples(
    rate
      .command('set <pairs...>')
      .description('Rates as a source says them: USD/MXN=18.4523 is what one dollar is worth in pesos.')
      .requiredOption('--on <date>', 'their day')
      .requiredOption('--source <name>', 'who says so')
      .action(runs(setRates)),
    'rate set USD/MXN=18.4523 EUR/MXN=20.1102 --on 2026-11-25 --source Banxico',
  )
  examples(
    rate
      .command('list')
      .description('The last rates, the latest days first.')
      .option('--limit <n>', 'how many', '50')
      .action(runs(listRates)),
    'rate list',
  )
}

async function setRates(
  session: Session,
  given: string[],
  options: { on: string; source: string },
): Promise<void> {
  const { sendDecision } = await import('./send.ts')
  const rates = given.map((text) => {
    const [, base, quote, rate] = /^([A-Za-z]{3})\/([A-Za-z]{3})=(.+)$/.exec(text) ?? []
    if (!base || !quote || !rate) throw new UsageError(session.words.orders.notAPair(text))
    return { base: base.toUpperCase(), quote: quote.toUpperCase(), rate }
  })
  const content = { on: readDate(options.on, '--on', session.phrases), source: options.source, rates }
  await sendDecision(session, { name: 'setRates', content }, PLACES)
}

async function listRates(session: Session, options: { limit: string }): Promise<void> {
  const { words, phrases, table } = session
  const { listRates: read } = await import('../../ledger/orders/shows.ts')
  const limit = readId(options.limit, '--limit', phrases)
  const rates = await read(await session.ledger(), await session.company(), limit)
  session.show(rates, () => {
    const { labels } = words.orders
    return table(
      [
        { title: phrases.labels.date },
        { title: labels.pair },
        { title: labels.rate, right: true },
        { title: labels.source, cut: true },
      ],
      rates.map((r) => [{ date: r.on }, `${r.base}/${r.quote}`, r.rate, r.source]),
      phrases.nothing,
    )
  })
}
