import { connect } from 'node:net'
import type { Command } from 'commander'
import type { FeedStanding } from '../../ledger/feeds.ts'
import { shownUrl } from '../failures.ts'
import { examples } from './examples.ts'
import { Ended, EXIT } from './exit.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

/** One server: where it is, and what it says. */
interface Server {
  name: string
  address: string
  answers: boolean
  says: string
}

interface Cases {
  /** Workflows of cases that run; null when Temporal doesn't answer. */
  open: number | null
  /** Cases that should have looked at their facts and haven't; null when the ledger doesn't answer. */
  behind: { count: number; longestMs: number } | null
  asleep: number | null
  /** Sources whose files are too old to chase by. */
  lateFeeds: FeedStanding[]
}

const MOST = 10_000
const CONNECT_MS = 2_000
/** Of the API's TaskQueueType. */
const WORKFLOW_QUEUE = 1

/** What runs where, and whether anything is left behind. */
export function addStatus(program: Command, runs: Runs): void {
  examples(
    program
      .command('status')
      .description(
        'What runs where: servers, workers, open cases, and cases that are behind. Ends with 75 when a server is away.',
      )
      .action(
        runs(async (session) => {
          const env = await session.env()
          const [temporal, ledger, mail] = [
            await seeTemporal(session),
            await seeLedger(session),
            await seeMail(env.SMTP_URL, session),
          ]
          const servers = [temporal.server, ledger.server, mail]
          const cases: Cases = {
            open: temporal.open,
            behind: ledger.behind,
            asleep: ledger.asleep,
            lateFeeds: ledger.lateFeeds,
          }
          session.show({ company: env.CARTERA_COMPANY, servers, cases }, () =>
            statusText(session, servers, cases),
          )
          if (servers.some((server) => !server.answers)) throw new Ended(EXIT.tryLater)
        }),
      ),
    'status',
  )
}

async function seeTemporal(session: Session): Promise<{ server: Server; open: number | null }> {
  const { phrases } = session
  const env = await session.env()
  const name = 'Temporal'
  const address = `${env.TEMPORAL_ADDRESS} (${env.TEMPORAL_NAMESPACE})`
  try {
    const { TASK_QUEUE } = await import('../../workflows/taskQueues.ts')
    const { client, connection, namespace } = await session.temporal()
    const queue = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: TASK_QUEUE },
      taskQueueType: WORKFLOW_QUEUE,
    })
    const workers = new Set((queue.pollers ?? []).map((poller) => poller.identity)).size
    const { count } = await client.workflow.count(
      `WorkflowType = 'collection' AND ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH 'case:${env.CARTERA_COMPANY}:'`,
    )
    const says = workers > 0 ? phrases.workersListen(workers) : phrases.noWorkers
    return { server: { name, address, answers: true, says: `${phrases.reachable}; ${says}` }, open: count }
  } catch (error) {
    return {
      server: { name, address, answers: false, says: `${phrases.away}: ${causeOf(error)}` },
      open: null,
    }
  }
}

async function seeLedger(
  session: Session,
): Promise<{ server: Server } & Pick<Cases, 'behind' | 'asleep' | 'lateFeeds'>> {
  const { phrases } = session
  const env = await session.env()
  const name = 'PostgreSQL'
  const address = shownUrl(env.DATABASE_URL)
  try {
    const { casesBehind, receivablesAsleep } = await import('../../ledger/sweep.ts')
    const sql = await session.ledger()
    const behind = await casesBehind(sql, env.CARTERA_COMPANY, Date.now(), MOST)
    const { feedsOf } = await import('../../ledger/feeds.ts')
    const feeds = await feedsOf(sql, env.CARTERA_COMPANY)
    const asleep = await receivablesAsleep(sql, env.CARTERA_COMPANY, MOST)
    return {
      server: { name, address, answers: true, says: phrases.reachable },
      behind: { count: behind.length, longestMs: behind.reduce((most, c) => Math.max(most, c.lateMs), 0) },
      asleep: asleep.length,
      lateFeeds: feeds.filter((feed) => feed.waiting > 0),
    }
  } catch (error) {
    return {
      server: { name, address, answers: false, says: `${phrases.away}: ${causeOf(error)}` },
      behind: null,
      asleep: null,
      lateFeeds: [],
    }
  }
}

async function seeMail(url: string, { phrases }: Session): Promise<Server> {
  const { hostname, port, protocol } = new URL(url)
  const answers = await new Promise<boolean>((resolve) => {
    const socket = connect({
      host: hostname,
      port: Number(port) || (protocol === 'smtps:' ? 465 : 25),
      timeout: CONNECT_MS,
    })
    const end = (good: boolean) => {
      socket.destroy()
      resolve(good)
    }
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false))
  })
  return { name: 'SMTP', address: shownUrl(url), answers, says: answers ? phrases.reachable : phrases.away }
}

const causeOf = (error: unknown): string => {
  const { message, cause } = error as Error
  return cause instanceof Error ? cause.message : message
}

function statusText(
  { phrases, speech, table }: Session,
  servers: readonly Server[],
  { open, behind, asleep, lateFeeds }: Cases,
): string {
  const { labels } = phrases
  const list = table(
    [{ title: labels.server }, { title: labels.address, cut: true }, { title: labels.answer, cut: true }],
    servers.map((s) => [s.name, s.address, s.says]),
  )
  const lines = [
    ...(open === null ? [] : [phrases.casesRunning(open)]),
    ...(behind === null
      ? []
      : [
          behind.count === 0
            ? phrases.allSeen
            : phrases.casesBehind(behind.count, phrases.minutes(Math.ceil(behind.longestMs / 60_000))),
        ]),
    ...(asleep === null || asleep === 0 ? [] : [phrases.casesAsleep(asleep)]),
    ...lateFeeds.map((f) =>
      phrases.feedOld(f.source, f.asOf === null ? phrases.never : speech.date(f.asOf), f.waiting),
    ),
  ]
  return [list, '', ...lines].join('\n')
}
