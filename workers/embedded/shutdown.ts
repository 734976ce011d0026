import type { Log } from './children.ts'

/** Something that runs and has to be stopped. */
export interface Part {
  readonly name: string
  readonly stop: () => Promise<void>
  /** Ends it at once, for the impatient second Ctrl-C. */
  readonly kill?: () => void
}

/** Stops a stack of parts, the last started first, each exactly once. */
export interface Shutdown {
  /** Adds a part that has started. After a stop has begun it is stopped too, so a start needs no special case. */
  readonly add: (part: Part) => void
  /** True from the first signal or `run` on: a start that is under way should give up. */
  readonly begun: () => boolean
  /** Stops everything; every call waits for the same stop. */
  readonly run: () => Promise<void>
  /** Resolves when SIGINT, SIGTERM or SIGHUP came and everything has stopped. A second signal kills at once. */
  readonly onSignal: () => Promise<NodeJS.Signals>
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const SAME_KEYPRESS_MS = 1_000

/** Builds the order of stopping; `onSignal` is what installs handlers. */
export function createShutdown({ log }: { log: Log }): Shutdown {
  const parts: Part[] = []
  let running: Promise<void> | undefined

  const drain = async () => {
    for (let part = parts.at(-1); part; part = parts.at(-1)) {
      try {
        await part.stop()
        log(`${part.name} stopped.`)
      } catch (error) {
        // One part that fails must not leave the others running.
        log(`${part.name} didn't stop cleanly: ${error instanceof Error ? error.message : error}`)
      }
      parts.splice(parts.indexOf(part), 1)
    }
  }
  const run = async () => {
    running ??= drain()
    for (let seen: Promise<void> | undefined; seen !== running; ) {
      seen = running // `add` may have made it longer meanwhile
      await seen
    }
  }
  const killAll = () => {
    for (const part of parts.toReversed()) part.kill?.()
    process.exit(1)
  }

  return {
    add: (part) => {
      parts.push(part)
      if (running) running = running.then(drain)
    },
    begun: () => running !== undefined,
    run,
    onSignal: () =>
      new Promise((resolve) => {
        let firstAt = 0
        const onOne = (signal: NodeJS.Signals) => {
          if (firstAt > 0) {
            // One Ctrl-C comes twice under npm: from the terminal, and passed on by npm.
            if (Date.now() - firstAt > SAME_KEYPRESS_MS) killAll()
            return
          }
          firstAt = Date.now()
          log(`${signal}: stopping. Once more to stop at once.`)
          void run().then(() => {
            for (const each of SIGNALS) process.off(each, onOne)
            resolve(signal)
          })
        }
        for (const each of SIGNALS) process.on(each, onOne)
      }),
  }
}
