import { createHmac } from 'node:crypto'

/**
 * Signatures of Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks): HMAC-SHA256 over
 * `id.timestamp.body`, one for each secret, so that a secret can be replaced while both are known.
 */

const PREFIX = 'whsec_'

/**
 * The key that a secret stands for: `whsec_` and 24 to 64 bytes in base64.
 * @throws RangeError
 */
export function keyOf(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : ''
  const key = Buffer.from(text, 'base64')
  if (key.length < 24 || key.length > 64 || key.toString('base64') !== text)
    throw new RangeError('a secret is "whsec_" and 24 to 64 bytes in base64')
  return key
}

/** The headers that go along with a body. */
export function signed(
  keys: readonly Buffer[],
  { id, timestamp, body }: { id: string /** Seconds since 1970. */; timestamp: number; body: string },
): Record<string, string> {
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
