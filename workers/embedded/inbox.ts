import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join, resolve } from 'node:path'
import {
  SMTPServer,
  type SMTPServerAddress,
  type SMTPServerDataStream,
  type SMTPServerSession,
} from 'smtp-server'
import type { Log } from './children.ts'
import { claimPort } from './ports.ts'

/**
 * What the inbox does with a message: `accept` stores and acknowledges it; `refuse` answers 550 and
 * `defer` 451 to the recipient; `stall` reads it, keeps nothing and never answers; `drop` stores it and
 * closes the connection without an answer, so that the sender can't know.
 */
export type Behaviour = 'accept' | 'refuse' | 'defer' | 'stall' | 'drop'

/** A message as its sender announces it: one recipient at a time, `count` from 1 over the inbox's life. */
export interface Envelope {
  readonly from: string
  /** The recipients so far; the behaviour is asked at each, and the newest is the last. */
  readonly to: string[]
  readonly count: number
}

/** How to start the inbox. */
export interface InboxOptions {
  /** Folder that the messages are stored in, one `.eml` file each. */
  readonly dir: string
  /** 0 takes any free port, for tests. */
  readonly port: number
  readonly log: Log
  /** Faults for tests; everything is accepted by default. */
  readonly behaviour?: ((envelope: Envelope) => Behaviour) | undefined
  /** Named in the refusal when the port is in use. */
  readonly portSetting?: string | undefined
}

/** A running SMTP server on 127.0.0.1. */
export interface Inbox {
  /** For `SMTP_URL`. */
  readonly url: string
  /** Finishes storing what it is storing, then closes every connection. */
  readonly stop: () => Promise<void>
}

const SIZE_MAX_BYTES = 50_000_000
const UNFINISHED = '.tmp-'

/** A transaction between MAIL FROM and the end of its message. */
interface Transaction {
  readonly from: string
  readonly count: number
  readonly to: string[]
  /** The fault that waits for the end of the message. */
  later: 'accept' | 'stall' | 'drop'
}

/**
 * Starts a mail server that keeps what it is sent, for development and tests: no login, no TLS, no
 * delivery. A message that was acknowledged is on the disk; one that is half received leaves nothing.
 *
 * @throws StackError when the port is in use
 */
export async function startInbox(options: InboxOptions): Promise<Inbox> {
  const { log, behaviour = () => 'accept', portSetting = 'CARTERA_INBOX_PORT' } = options
  const dir = resolve(options.dir)
  await mkdir(dir, { recursive: true })
  const port = await claimPort({ port: options.port, what: 'the mail inbox', setting: portSetting })
  await sweep(dir)
  const store = createStore(dir)
  const sockets = new Map<number, Socket>() // by the client's port, which the session knows too
  const transactions = createTransactions(behaviour)
  const storing = new Set<Promise<void>>()

  const server = new SMTPServer({
    name: 'localhost',
    banner: 'Cartera inbox',
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: SIZE_MAX_BYTES,
    // A stalled message must stall until the sender gives up, not until this side does.
    socketTimeout: 24 * 3600_000,
    onMailFrom: transactions.begin,
    onRcptTo: transactions.addRecipient,
    onData: (stream, session, callback) => {
      const later = transactions.fault(session)
      const work = receive({
        stream,
        later,
        store,
        hangUp: () => sockets.get(session.remotePort)?.destroy(),
        log,
        callback,
      })
      storing.add(work)
      void work.finally(() => storing.delete(work))
    },
    onClose: transactions.forget,
  })
  // A sender that vanishes is its own affair; it has no acknowledgement, so it will try again.
  server.on('error', (error) => log(`The mail inbox: ${error.message}`))
  server.server.on('connection', (socket: Socket) => {
    const key = socket.remotePort ?? 0
    sockets.set(key, socket)
    socket.once('close', () => sockets.delete(key))
  })
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  return { url: `smtp://127.0.0.1:${port}`, stop: () => close(server, sockets, storing) }
}

/** What each connection is sending, and what the behaviour wants done with it. */
function createTransactions(behaviour: (envelope: Envelope) => Behaviour) {
  const open = new Map<string, Transaction>()
  let count = 0
  type Done = (error?: Error | null) => void
  return {
    begin: ({ address }: SMTPServerAddress, session: SMTPServerSession, done: Done) => {
      count += 1
      open.set(session.id, { from: address, count, to: [], later: 'accept' })
      done()
    },
    addRecipient: ({ address }: SMTPServerAddress, session: SMTPServerSession, done: Done) => {
      const transaction = open.get(session.id)
      if (!transaction) return done(reply(503, 'MAIL first'))
      const { from, to, count } = transaction
      const wanted = behaviour({ from, to: [...to, address], count })
      if (wanted === 'refuse') return done(reply(550, '5.1.1 No such mailbox here'))
      if (wanted === 'defer') return done(reply(451, '4.3.0 Not now, try again later'))
      to.push(address)
      if (wanted !== 'accept') transaction.later = wanted
      done()
    },
    fault: (session: SMTPServerSession) => open.get(session.id)?.later ?? 'accept',
    forget: (session: SMTPServerSession) => {
      open.delete(session.id)
    },
  }
}

const reply = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode })

async function receive(message: {
  stream: SMTPServerDataStream
  later: Transaction['later']
  store: (stream: SMTPServerDataStream) => Promise<string>
  hangUp: () => void
  log: Log
  callback: (error?: Error | null, text?: string) => void
}): Promise<void> {
  const { stream, later, store, hangUp, log, callback } = message
  if (later === 'stall') {
    stream.on('error', () => {}).resume()
    return
  }
  try {
    const name = await store(stream)
    if (later === 'drop') return hangUp()
    callback(null, `2.0.0 Stored as ${name}`)
  } catch (error) {
    if (stream.sizeExceeded) return callback(reply(552, '5.3.4 Message too big'))
    log(`The mail inbox couldn't store a message: ${error instanceof Error ? error.message : error}`)
    callback(reply(452, '4.3.1 Not stored, try again later'))
  }
}

/**
 * Stores messages as `<time>-<counter>-<hash>.eml`, so that names sort as messages came. A file gets its
 * name only when it is complete and on the disk, and it counts as stored only when its name is too.
 */
function createStore(dir: string): (stream: SMTPServerDataStream) => Promise<string> {
  let counter = 0
  return async (stream) => {
    counter += 1
    const number = String(counter).padStart(6, '0')
    const unfinished = join(dir, `${UNFINISHED}${process.pid}-${number}`)
    const hash = createHash('sha256')
    const file = await open(unfinished, 'wx', 0o600)
    try {
      for await (const chunk of stream) {
        hash.update(chunk)
        await file.writeFile(chunk) // write() may take only a part
      }
      if (stream.sizeExceeded) throw new Error('too big')
      await file.sync()
      const time = new Date().toISOString().replaceAll(/[-:]/g, '')
      const name = `${time}-${number}-${hash.digest('hex').slice(0, 8)}.eml`
      await rename(unfinished, join(dir, name))
      await syncFolder(dir)
      return name
    } catch (error) {
      await rm(unfinished, { force: true })
      throw error
    } finally {
      await file.close()
    }
  }
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** What a crash left unfinished was never acknowledged. */
async function sweep(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (name.startsWith(UNFINISHED)) await rm(join(dir, name), { force: true })
  }
}

async function close(
  server: SMTPServer,
  sockets: Map<number, Socket>,
  storing: Set<Promise<void>>,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(resolve))
  await Promise.allSettled(storing)
  for (const socket of sockets.values()) socket.destroySoon() // what was answered still goes out
  await closed
}
