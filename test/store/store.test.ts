import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hashOf, openStore, StoreError } from '../../store/store.ts'

const bytes = Buffer.from('Estado de cuenta: año, ñandú, $1,234.50')

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'cartera-store-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('the same content is kept once, under its hash, however often and by however many at once', async () => {
  const dir = folder()
  const store = openStore(join(dir, 'documents'))
  const hashes = await Promise.all(Array.from({ length: 20 }, () => store.put(bytes)))
  expect(new Set([...hashes, await store.put(bytes)])).toEqual(new Set([hashOf(bytes)]))
  expect(readdirSync(join(dir, 'documents', hashOf(bytes).slice(0, 2)))).toEqual([hashOf(bytes)])
  expect(await store.get(hashOf(bytes))).toEqual(bytes)
})

test('what is not there and what was changed is told, never served', async () => {
  const dir = folder()
  const store = openStore(dir)
  const hash = await store.put(bytes)
  writeFileSync(join(dir, hash.slice(0, 2), hash), 'other bytes')
  await expect(store.get(hash)).rejects.toThrow(/was changed after it was kept/)
  await expect(store.get(hashOf(Buffer.from('never kept')))).rejects.toThrow(/has no document/)
  expect(() => openStore('s3://')).toThrow(StoreError)
})

test('a bucket of any server that speaks S3 keeps them the same', async () => {
  const objects = new Map<string, Buffer>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url?.split('?')[0]}`)
    const key = request.url!.split('?')[0]!
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const signed = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=key/') === true
      if (!signed) response.writeHead(403).end()
      else if (request.method === 'PUT') {
        objects.set(key, Buffer.concat(chunks))
        response.writeHead(200, { ETag: '"x"' }).end()
      } else {
        const found = objects.get(key)
        response.writeHead(found ? 200 : 404).end(request.method === 'GET' ? found : undefined)
      }
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const set = {
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'for tests',
  }
  const before = Object.fromEntries(Object.keys(set).map((name) => [name, process.env[name]]))
  Object.assign(process.env, set)
  onTestFinished(async () => {
    for (const [name, value] of Object.entries(before))
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    await new Promise((closed) => server.close(closed))
  })

  const store = openStore('s3://papers/cartera')
  const hash = await store.put(bytes)
  await store.put(bytes)
  const key = `/papers/cartera/${hash.slice(0, 2)}/${hash}`
  expect(await store.get(hash)).toEqual(bytes)
  expect(asked).toEqual([`HEAD ${key}`, `PUT ${key}`, `HEAD ${key}`, `GET ${key}`])
  await expect(store.get('0'.repeat(64))).rejects.toThrow(/has no document/)
  objects.set(key, Buffer.from('other bytes'))
  await expect(store.get(hash)).rejects.toThrow(/was changed/)
})
