import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/**
 * An ERP's end of the webhooks, as its developers may write it: reads the raw body, checks signature and time, does each
 * message once, and answers quickly. It knows nothing of how Cartera sends.
 */

export interface Received {
  id: string
  type: string
  timestamp: string
  data: Record<string, unknown>
}

/** What the ERP does instead of answering as it should. */
export type Mood =
  | { status: number; headers?: Record<string, string>; body?: string }
  | 'stall'
  | 'drop'
  /** Does it, and the answer gets lost. */
  | 'drop after doing'

export interface Receiver {
  url: string
  /** What it did, each message once. */
  done: Received[]
  /** Everything that came to its door, refused or not. */
  attempts: { id: string; signature: string; body: string; status: number | null }[]
  /** The next attempts meet these moods, in their order. */
  moods: Mood[]
}

const OLDEST_SECONDS = 5 * 60

export async function startReceiver(
  secrets: readonly string[],
  now: () => number = () => Date.now(),
): Promise<Receiver> {
  const keys = secrets.map((secret) => Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
  const seen = new Set<string>()
  const receiver: Receiver = { url: '', done: [], attempts: [], moods: [] }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request)
    const header = (name: string) => String(request.headers[name] ?? '')
    const [id, timestamp, signature] = [
      header('webhook-id'),
      header('webhook-timestamp'),
      header('webhook-signature'),
    ]
    const mood = receiver.moods.shift()
    const answer = (status: number, headers: Record<string, string> = {}, text = '') => {
      receiver.attempts.push({ id, signature, body, status })
      response.writeHead(status, headers).end(text)
    }
    const hangUp = () => {
      receiver.attempts.push({ id, signature, body, status: null })
      request.socket.destroy()
    }
    if (mood === 'stall') return void receiver.attempts.push({ id, signature, body, status: null })
    if (mood === 'drop') return hangUp()
    if (typeof mood === 'object') return answer(mood.status, mood.headers, mood.body)
    if (!isOurs({ id, timestamp, signature, body })) return answer(401, {}, 'bad signature')
    if (Math.abs(now() / 1000 - Number(timestamp)) > OLDEST_SECONDS) return answer(400, {}, 'too old')
    if (!seen.has(id)) {
      seen.add(id)
      receiver.done.push({ id, ...(JSON.parse(body) as Omit<Received, 'id'>) })
    }
    if (mood === 'drop after doing') return hangUp()
    answer(204)
  }

  const isOurs = (message: { id: string; timestamp: string; signature: string; body: string }): boolean =>
    message.signature.split(' ').some((one) => {
      const [version, given = ''] = one.split(',')
      return (
        version === 'v1' &&
        keys.some((key) => {
          const expected = createHmac('sha256', key)
            .update(`${message.id}.${message.timestamp}.${message.body}`)
            .digest()
          const actual = Buffer.from(given, 'base64')
          return actual.length === expected.length && timingSafeEqual(actual, expected)
        })
      )
    })

  const server = createServer((request, response) => {
    void take(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/cartera`
  return receiver
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
