/**
 * What a ZIP archive says it unpacks to, looked at before anything is unpacked. Whoever unpacks it has to stop each
 * entry at the size that it declares, as `hucre` does: then these limits hold while unpacking as well.
 */

export const ZIP_ENTRIES_MAX = 1_000
/** All entries together. A sheet of half a million rows and a dozen columns has about so much. */
export const ZIP_UNPACKED_BYTES_MAX = 256 * 1024 * 1024

const END_SIGNATURE = 0x06054b50
const ENTRY_SIGNATURE = 0x02014b50
const END_LENGTH = 22
const ENTRY_LENGTH = 46
const COMMENT_LENGTH_MAX = 0xffff
const SENTINEL_16 = 0xffff
const SENTINEL_32 = 0xffffffff

export type ZipContents =
  | { ok: true; names: string[] }
  | { ok: false; problem: 'damaged' | 'too-many-entries' | 'too-large' }

/** Reads the archive's directory. Sizes of the 64-bit kind are beyond the limits in any case. */
export function zipContents(bytes: Uint8Array): ZipContents {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endOfDirectory(view)
  if (end === null) return { ok: false, problem: 'damaged' }
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  if (count > ZIP_ENTRIES_MAX) return { ok: false, problem: 'too-many-entries' }
  if (count === SENTINEL_16 || at === SENTINEL_32) return { ok: false, problem: 'too-large' }
  const names: string[] = []
  let unpacked = 0
  for (let entry = 0; entry < count; entry++) {
    if (at + ENTRY_LENGTH > bytes.length || view.getUint32(at, true) !== ENTRY_SIGNATURE)
      return { ok: false, problem: 'damaged' }
    const packed = view.getUint32(at + 20, true)
    const size = view.getUint32(at + 24, true)
    const nameLength = view.getUint16(at + 28, true)
    // An empty entry may be two bytes of nothing; one that hides its size could be anything.
    if (size === 0 && packed > 2) return { ok: false, problem: 'damaged' }
    unpacked += size
    if (unpacked > ZIP_UNPACKED_BYTES_MAX) return { ok: false, problem: 'too-large' }
    names.push(new TextDecoder().decode(bytes.subarray(at + ENTRY_LENGTH, at + ENTRY_LENGTH + nameLength)))
    at += ENTRY_LENGTH + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return { ok: true, names }
}

/** It stands last, before a comment of at most 65,535 bytes. */
function endOfDirectory(view: DataView): number | null {
  const first = Math.max(0, view.byteLength - END_LENGTH - COMMENT_LENGTH_MAX)
  for (let at = view.byteLength - END_LENGTH; at >= first; at--)
    if (view.getUint32(at, true) === END_SIGNATURE) return at
  return null
}
