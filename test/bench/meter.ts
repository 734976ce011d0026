import { cpuMsOf, cpuMsOfFamily } from './cpu.ts'
import type { BenchStack } from './stack.ts'

/** What a run of a number of receivables cost. */
export interface Cost {
  receivables: number
  seconds: number
  perSecond: number
  /** CPU per receivable and process. `client` is this program: it asks, and it is the mail server too. */
  cpuMsEach: { worker: number; temporal: number; postgres: number; client: number; total: number }
  /** Statements that reached PostgreSQL, BEGIN and COMMIT included, per receivable. */
  statementsEach: number
  /** Events in Temporal's histories per receivable. */
  eventsEach: number
}

interface Measured {
  seconds: number
  cpuMs: { worker: number; temporal: number; postgres: number; client: number }
  statements: number
}

export interface Meter {
  /** Ends the measurement: nothing after this is counted. */
  stop(): Promise<Measured>
}

/** Begins to measure a worker, the servers and this program, as they work on one database. */
export async function startMeter(stack: BenchStack, workerPid: number, database: string): Promise<Meter> {
  const cpu = () => {
    const own = process.cpuUsage()
    return {
      worker: cpuMsOf(workerPid),
      temporal: cpuMsOf(stack.temporalPid),
      postgres: cpuMsOfFamily(stack.postgresPid),
      client: (own.user + own.system) / 1000,
    }
  }
  const statements = async () =>
    (await stack.observer.one<{ calls: number }>(
      `SELECT coalesce(sum(calls), 0)::float8 AS calls FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = $1`,
      [database],
    ))!.calls
  const statementsBefore = await statements()
  const before = cpu()
  const startedAt = performance.now()
  return {
    async stop() {
      const seconds = (performance.now() - startedAt) / 1000
      const after = cpu()
      return {
        seconds,
        cpuMs: {
          worker: after.worker - before.worker,
          temporal: after.temporal - before.temporal,
          postgres: after.postgres - before.postgres,
          client: after.client - before.client,
        },
        statements: (await statements()) - statementsBefore,
      }
    },
  }
}

/** The cost per receivable of what was measured. */
export function costOf(receivables: number, measured: Measured, events: number): Cost {
  const { cpuMs, seconds, statements } = measured
  const each = (total: number) => total / receivables
  return {
    receivables,
    seconds,
    perSecond: receivables / seconds,
    cpuMsEach: {
      worker: each(cpuMs.worker),
      temporal: each(cpuMs.temporal),
      postgres: each(cpuMs.postgres),
      client: each(cpuMs.client),
      total: each(cpuMs.worker + cpuMs.temporal + cpuMs.postgres + cpuMs.client),
    },
    statementsEach: each(statements),
    eventsEach: each(events),
  }
}
