import { createHmac } from 'node:crypto'
import { isWebhookSecret } from '../../domain/erp.ts'

/**
 * Signatures of Standard Webhooks 1.0.0 (github.com/standard-webhooks/standard-webhooks): HMAC-SHA256 over
 * `id.timestamp.body`, one for each secret, so that a secret can be replaced while both are known.
 */

/**
 * The key that a secret stands for.
 * @throws RangeError
 */
export function keyOf(secret: string): Buffer {
  // Never the value itself.
  if (!isWebhookSecret(secret)) throw new RangeError('a secret is "whsec_" and 24 to 64 bytes in base64')
  return Buffer.from(secret.slice('whsec_'.length), 'base64')
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
