import { crc32, deflateRawSync } from 'node:zlib'
import type { LocalDate } from '../../domain/calendar.ts'

/** A zip archive (PKWARE APPNOTE 6.3): deflated, names in UTF-8, every entry of the same day, so that equal content gives equal bytes. */

export interface ZipFile {
  name: string
  content: Uint8Array
}

const UTF8 = 0x0800
const DEFLATED = 8
const VERSION = 20

export function zip(files: readonly ZipFile[], day: LocalDate): Buffer {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const dosDate = ((year - 1980) << 9) | (month << 5) | date
  const parts: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const { name, content } of files) {
    const path = Buffer.from(name)
    const packed = deflateRawSync(content, { level: 9 })
    const head = Buffer.alloc(26)
    head.writeUInt16LE(VERSION, 0)
    head.writeUInt16LE(UTF8, 2)
    head.writeUInt16LE(DEFLATED, 4)
    head.writeUInt16LE(dosDate, 8)
    head.writeUInt32LE(crc32(content), 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(content.length, 18)
    head.writeUInt16LE(path.length, 22)
    const local = Buffer.concat([signature(0x04034b50), head, path, packed])
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    central.push(Buffer.concat([signature(0x02014b50), version(), head, tail, path]))
    parts.push(local)
    offset += local.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(files.length, 4)
  end.writeUInt16LE(files.length, 6)
  end.writeUInt32LE(directory.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, directory, signature(0x06054b50), end])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function version(): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(VERSION)
  return bytes
}
