import { type Command, Option } from 'commander'
import type { ShownCall } from '../../ledger/erp/shows.ts'
import { tellCode } from '../words/tell.ts'
import { examples } from './examples.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

const STATES = ['pending', 'sending', 'delivered', 'failed'] as const

interface Listed {
  order?: string
  state?: string
  open?: boolean
  limit: string
  before?: string
}

/** What the ERP is told of orders. */
export function addErp(program: Command, runs: Runs): void {
  const erp = program
    .command('erp')
    .description('What the ERP is told of sales orders: each call until it is known to have arrived.')
  examples(
    erp
      .command('calls', { isDefault: true })
      .description('Calls, newest first, with how often each was tried.')
      .option('--order <number>', 'of this order')
      .addOption(new Option('--state <state>', 'only these').choices([...STATES]))
      .option('--open', 'only those that the ERP does not know yet')
      .option('--limit <n>', 'how many', '50')
      .option('--before <id>', 'those before this one')
      .action(runs(list)),
    'erp calls --open',
    'erp calls --order SO-1001 --json',
  )
  const ask = (name: 'retryErpCall' | 'acknowledgeErpCall') =>
    runs(async (session, id: string, { why }: { why: string }) => {
      const { sendDecision } = await import('./send.ts')
      const content = { call: readId(id, 'ID', session.phrases), why }
      await sendDecision(session, { name, content }, { why: '--why' })
    })
  examples(
    erp
      .command('retry <id>')
      .description('Make a call again now, one that was refused too. What waits behind it goes on then.')
      .requiredOption('--why <text>', 'what was mended')
      .action(ask('retryErpCall')),
    'erp retry 31 --why "the address is right now"',
  )
  examples(
    erp
      .command('acknowledge <id>')
      .description('The ERP knows it in another way: it is not told again, and what waits behind it goes on.')
      .requiredOption('--why <text>', 'how it was told')
      .action(ask('acknowledgeErpCall')),
    'erp acknowledge 31 --why "entered by hand in the ERP"',
  )
}

async function list(session: Session, options: Listed): Promise<void> {
  const { listCalls } = await import('../../ledger/erp/shows.ts')
  const { phrases } = session
  const { limit, before, ...of } = options
  const size = readId(limit, '--limit', phrases)
  const rows = await listCalls(await session.ledger(), await session.company(), {
    ...of,
    limit: size,
    ...(before === undefined ? {} : { before: readId(before, '--before', phrases) }),
  })
  const zone = (await session.env()).CARTERA_TIME_ZONE
  session.show({ calls: rows }, () => {
    const text = callTable(session, rows, zone)
    return rows.length === size ? `${text}\n${session.left(phrases.moreBefore(rows.at(-1)!.id))}` : text
  })
}

function callTable(
  { phrases, words, speech, table }: Session,
  rows: readonly ShownCall[],
  zone: string,
): string {
  const { labels } = phrases
  const moment = (at: number | null) => (at === null ? '' : speech.moment(at, zone))
  return table(
    [
      { title: labels.number, right: true },
      { title: labels.order },
      { title: labels.customer },
      { title: labels.what },
      { title: labels.date },
      { title: labels.state },
      { title: labels.attempts, right: true },
      { title: labels.next },
      { title: labels.error, cut: true },
    ],
    rows.map((row) => [
      { count: row.id },
      row.order,
      row.customer,
      tellCode(words.callEvents, row.event),
      moment(row.createdAt),
      tellCode(words.callStates, row.state),
      { count: row.attempts },
      moment(row.nextTryAt),
      row.error ?? '',
    ]),
    phrases.nothing,
  )
}
