import { startPostgres } from '../../workers/embedded/postgres.ts'
import { createShutdown } from '../../workers/embedded/shutdown.ts'

// A launcher in a process of its own, for tests that need another user or kill it. It prints the
// connection string, then lives until a signal.
const [dir, shared] = process.argv.slice(2)
if (!dir || !shared) throw new Error('usage: launcher.ts <state folder> <shared folder>')
const log = (line: string) => console.error(line)
const postgres = await startPostgres({ dir, shared, port: 0, log, settings: { fsync: 'off' } })
const shutdown = createShutdown({ log })
shutdown.add({ name: 'PostgreSQL', ...postgres })
shutdown.add({ name: 'A late part', stop: async () => {} })
const signalled = shutdown.onSignal()
console.log(postgres.url)
await signalled
