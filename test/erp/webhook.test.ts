import { expect, test } from 'vitest'
import { keyOf, signed } from '../../activities/erp/signature.ts'
import { createWebhook } from '../../activities/erp/webhook.ts'
import type { ErpCall } from '../../domain/erp.ts'
import { pauseAfter } from '../../domain/erp.ts'
import { startReceiver } from './receiver.ts'

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`
const NEW_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
const NOW = Date.UTC(2026, 2, 9, 18)
const call = (changes: Partial<ErpCall> = {}): ErpCall => ({
  id: 1,
  messageId: 'msg_1',
  event: 'released',
  at: NOW - 1000,
  data: { order: 'SO-1', note: 'piñón €' },
  ...changes,
})
const webhook = (url: string, secrets = [SECRET], attemptTimeoutMs = 5_000) =>
  createWebhook({ url, secrets, attemptTimeoutMs, clock: () => NOW })

test('signs as the published example of Standard Webhooks does', () => {
  const key = keyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1614265330,
    body: '{"test": 2432232314}',
  }
  expect(signed([key], message)).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('a secret that is none is refused before anything is sent with it', () => {
  for (const secret of [
    '',
    'secret',
    'whsec_',
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    `whsec_${Buffer.alloc(65).toString('base64')}`,
    `${SECRET}!`,
    SECRET.replace('whsec_', ''),
  ])
    expect(() => webhook('http://localhost', [secret]), secret).toThrow(RangeError)
})

test('the ERP gets what happened, signed, and takes it once', async () => {
  const erp = await startReceiver([SECRET], () => NOW)
  expect(await webhook(erp.url).tell(call())).toEqual({ kind: 'delivered' })
  expect(await webhook(erp.url).tell(call())).toEqual({ kind: 'delivered' })
  expect(erp.done).toEqual([
    {
      id: 'msg_1',
      type: 'order.released',
      timestamp: '2026-03-09T17:59:59.000Z',
      data: { order: 'SO-1', note: 'piñón €' },
    },
  ])
  expect(erp.attempts[0]).toEqual(erp.attempts[1])
})

test('a secret is replaced without a call being lost', async () => {
  const old = await startReceiver([SECRET], () => NOW)
  const both = await startReceiver([SECRET, NEW_SECRET], () => NOW)
  const late = await startReceiver([NEW_SECRET], () => NOW)
  for (const erp of [old, both, late])
    expect(await webhook(erp.url, [NEW_SECRET, SECRET]).tell(call())).toEqual({ kind: 'delivered' })
  expect(await webhook(late.url, [SECRET]).tell(call())).toEqual({
    kind: 'refused',
    reason: 'HTTP 401: bad signature',
  })
})

test('what was signed long ago is refused', async () => {
  const erp = await startReceiver([SECRET], () => NOW + 6 * 60_000)
  expect(await webhook(erp.url).tell(call())).toEqual({ kind: 'refused', reason: 'HTTP 400: too old' })
})

test.each([
  [
    { status: 500, body: 'boom' },
    { kind: 'deferred', reason: 'HTTP 500: boom' },
  ],
  [{ status: 408 }, { kind: 'deferred', reason: 'HTTP 408' }],
  [
    { status: 429, headers: { 'retry-after': '120' } },
    { kind: 'deferred', reason: 'HTTP 429', retryAfterMs: 120_000 },
  ],
  [
    { status: 503, headers: { 'retry-after': new Date(NOW + 3_600_000).toUTCString() } },
    { kind: 'deferred', reason: 'HTTP 503', retryAfterMs: 3_600_000 },
  ],
  [
    { status: 503, headers: { 'retry-after': 'soon' } },
    { kind: 'deferred', reason: 'HTTP 503' },
  ],
  [
    { status: 410, body: 'gone\u0000 away' },
    { kind: 'refused', reason: 'HTTP 410: gone away' },
  ],
  [
    { status: 404, body: 'x'.repeat(100_000) },
    { kind: 'refused', reason: `HTTP 404: ${'x'.repeat(300)}` },
  ],
  // Goods aren't told about to an address that somebody else names.
  [
    { status: 302, headers: { location: 'http://elsewhere.example' } },
    { kind: 'refused', reason: 'HTTP 302' },
  ],
  ['drop', { kind: 'deferred', reason: expect.stringMatching(/socket|ECONNRESET/i) }],
] as const)('an ERP that answers %o', async (mood, told) => {
  const erp = await startReceiver([SECRET], () => NOW)
  erp.moods.push(mood)
  expect(await webhook(erp.url).tell(call())).toEqual(told)
  expect(await webhook(erp.url).tell(call())).toEqual({ kind: 'delivered' })
})

test('an ERP that stalls, or that is not there, costs one attempt', async () => {
  const erp = await startReceiver([SECRET], () => NOW)
  erp.moods.push('stall')
  expect(await webhook(erp.url, [SECRET], 200).tell(call())).toEqual({
    kind: 'deferred',
    reason: 'no answer in time',
  })
  expect(await webhook('http://127.0.0.1:9').tell(call())).toMatchObject({ kind: 'deferred' })
})

test('pauses grow up to hours, and are as long as the ERP asks for, up to a day', () => {
  const minutes = [1, 2, 3, 8, 12, 100].map((attempts) => pauseAfter(attempts) / 60_000)
  expect(minutes).toEqual([0.5, 1, 2, 64, 360, 360])
  expect(pauseAfter(1, 90_000)).toBe(90_000)
  expect(pauseAfter(8, 1_000)).toBe(64 * 60_000)
  expect(pauseAfter(1, 10 * 24 * 3_600_000)).toBe(24 * 3_600_000)
})
