import type { ErpCall, Told } from '../../domain/erp.ts'
import type { ErpPort } from './port.ts'
import { keyOf, signed } from './signature.ts'

export interface WebhookOptions {
  url: string
  /** The first is the one in use; others are being replaced. */
  secrets: readonly string[]
  attemptTimeoutMs: number
  /** Milliseconds since 1970: receivers refuse what was signed long ago. */
  clock: () => number
}

/**
 * An ERP that takes webhooks.
 * @throws RangeError when a secret is none
 */
export function createWebhook({ url, secrets, attemptTimeoutMs, clock }: WebhookOptions): ErpPort {
  const keys = secrets.map(keyOf)
  const tell = async (call: ErpCall): Promise<Told> => {
    const body = bodyOf(call)
    const timestamp = Math.floor(clock() / 1000)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'cartera',
          ...signed(keys, { id: call.messageId, timestamp, body }),
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.timeout(attemptTimeoutMs),
      })
      return await toldBy(response, clock())
    } catch (error) {
      return { kind: 'deferred', reason: reasonOf(error) }
    }
  }
  return { attemptTimeoutMs, tell }
}

/** The same bytes at every attempt. */
export const bodyOf = ({ event, at, data }: ErpCall): string =>
  JSON.stringify({ type: `order.${event}`, timestamp: new Date(at).toISOString(), data })

const REASON_LENGTH = 300

async function toldBy(response: Response, now: number): Promise<Told> {
  if (response.ok) {
    await response.body?.cancel()
    return { kind: 'delivered' }
  }
  const said = (await startOf(response)).trim()
  const reason = `HTTP ${response.status}${said === '' ? '' : `: ${said}`}`
  const isFinal = response.status < 500 && response.status !== 408 && response.status !== 429
  if (isFinal) return { kind: 'refused', reason }
  const wish = retryAfterMs(response.headers.get('retry-after'), now)
  return { kind: 'deferred', reason, ...(wish === null ? {} : { retryAfterMs: wish }) }
}

/** What it says, without waiting for the end of a page of errors. */
async function startOf(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true })
      if (text.length >= REASON_LENGTH) break
    }
  } catch {
    // Its status is known; the rest of what it says isn't waited for.
  }
  return text.replaceAll('\u0000', '').slice(0, REASON_LENGTH)
}

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfterMs(header: string | null, now: number): number | null {
  if (header === null) return null
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

const reasonOf = (error: unknown): string => {
  const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  if (name === 'TimeoutError') return 'no answer in time'
  return cause?.code ?? cause?.message ?? message
}
