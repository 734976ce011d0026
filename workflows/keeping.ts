import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  condition,
  log,
  sleep,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow'

/** The loop of whatever is looked after: look, start what is to be done, wait until it is time or something happens. */

/** What a look at something answers; everything in it is already written down. */
export interface Seen {
  /** There is more to look at: look again at once. */
  more?: boolean
  /** When to look again; null while only an event tells. */
  nextAt: number | null
  /** Nothing left to look after. */
  closed: boolean
  outcome: string
}

const FIRST_PAUSE_MS = 30_000
const LONGEST_PAUSE_MS = 5 * 60_000
const AFTER_FAILED_ATTEMPT_MS = 60_000
/** Its worker is gone, and time enough has passed: when it may be tried again stands on its row. */
const AFTER_LOST_ATTEMPT_MS = 1_000

export interface Keeper {
  /** Something changed: look again. */
  wake(): void
  /**
   * Ledger work is done one after the other. The SDK (1.24) ends local activities that are under way together in the order
   * in which they came when they happen, and in that in which they began when it replays: a workflow with two at once could
   * never be replayed. They would wait for the customer's lock in any case.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /** Starts an attempt beside the loop, one of a name at a time; when it ends, or fails, the loop looks again. */
  detach(name: string, attempt: () => Promise<unknown>): void
  /**
   * Looks until there is nothing left to look after, and returns the outcome. `anew` continues as a new run.
   * A look that the ledger doesn't answer is made again later.
   */
  keep<S extends Seen>(
    look: () => Promise<S>,
    act: (seen: S) => void,
    anew: () => Promise<never>,
  ): Promise<string>
}

export function createKeeper(): Keeper {
  const started = new Set<string>()
  let woken = false
  let failures = 0
  let turn: Promise<unknown> = Promise.resolve()
  const atRest = () => allHandlersFinished() && started.size === 0

  const keeper: Keeper = {
    wake() {
      woken = true
    },

    inTurn(work) {
      const mine = turn.then(work)
      turn = mine.catch(() => {})
      return mine
    },

    detach(name, attempt) {
      if (started.has(name)) return
      started.add(name)
      void attempt()
        .catch(async (error: unknown) => {
          const cause = causeOf(error) ?? error
          log.warn('an attempt failed: it is made again later', { name, cause: String(cause) })
          await sleep(cause instanceof TimeoutFailure ? AFTER_LOST_ATTEMPT_MS : AFTER_FAILED_ATTEMPT_MS)
        })
        .finally(() => {
          started.delete(name)
          woken = true
        })
    },

    async keep(look, act, anew) {
      for (;;) {
        woken = false // before the look: a wake during it must not be lost
        const seen = await answered(() => keeper.inTurn(look))
        if (seen === null) {
          await condition(() => woken, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)))
          continue
        }
        act(seen)
        if (seen.closed) {
          // A wake ends the waiting: what hangs on a queue must not keep anybody from looking.
          await condition(() => woken || atRest())
          if (!woken) return seen.outcome
          continue
        }
        if (seen.more) continue
        const rested = () => woken || workflowInfo().continueAsNewSuggested
        if (seen.nextAt === null) await condition(rested)
        else await condition(rested, Math.max(1, seen.nextAt - Date.now()))
        if (workflowInfo().continueAsNewSuggested) {
          await condition(() => woken || atRest())
          if (woken) continue
          await anew()
        }
      }
    },
  }
  return keeper

  /** Null when the ledger can't be reached. */
  async function answered<S>(look: () => Promise<S>): Promise<S | null> {
    try {
      const seen = await look()
      failures = 0
      return seen
    } catch (error) {
      const cause = causeOf(error)
      if (cause === null) throw error
      failures++
      log.warn('the ledger did not answer: looking again later', { failures, cause: cause.message })
      return null
    }
  }
}

/** What an activity failed with (a local one fails with the cause itself); null for what isn't an activity's failure. */
export function causeOf(error: unknown): Error | null {
  if (error instanceof ActivityFailure) return error.cause ?? error
  return error instanceof ApplicationFailure || error instanceof TimeoutFailure ? error : null
}
