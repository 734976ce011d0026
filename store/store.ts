import { createHash } from 'node:crypto'
import { openBucket } from './bucket.ts'
import { openFolder } from './folder.ts'

/**
 * Where documents' bytes are kept, each under the SHA-256 of its content (hex): the same content is kept once, and what
 * was read is what was written.
 */
export interface DocumentStore {
  /** Keeps the bytes and returns their hash; twice is once. */
  put(bytes: Uint8Array): Promise<string>
  /** @throws StoreError when there are none under this hash, or others than were written */
  get(hash: string): Promise<Buffer>
}

/** What a store is made of: bytes by name, written whole or not at all. */
export interface Shelf {
  has(name: string): Promise<boolean>
  write(name: string, bytes: Uint8Array): Promise<void>
  /** Null when there is nothing under the name. */
  read(name: string): Promise<Buffer | null>
}

/** Bytes that should be in the store and aren't, or were changed there; or an address that is none. */
export class StoreError extends Error {
  override name = 'StoreError'
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** `ab/abcdef…`: a folder with a million files in it is slow to list. */
const placeOf = (hash: string): string => `${hash.slice(0, 2)}/${hash}`

/** @throws StoreError when the address is neither a folder nor `s3://bucket/prefix` */
export function openStore(address: string): DocumentStore {
  const shelf = address.startsWith('s3://') ? openBucket(address) : openFolder(address)
  return {
    async put(bytes) {
      const hash = hashOf(bytes)
      if (!(await shelf.has(placeOf(hash)))) await shelf.write(placeOf(hash), bytes)
      return hash
    },
    async get(hash) {
      const bytes = await shelf.read(placeOf(hash))
      if (bytes === null) throw new StoreError(`${address} has no document ${hash}`)
      if (hashOf(bytes) !== hash)
        throw new StoreError(`document ${hash} in ${address} was changed after it was kept`)
      return bytes
    },
  }
}
