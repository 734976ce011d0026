import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

/** ZIP archives as a test wants them, false ones too. */

type Part = string | { text: string; declared: number }

/** An archive of these parts; `declared` is how long a part says that it is. */
export function archive(parts: Record<string, Part>): Uint8Array {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, part] of Object.entries(parts)) {
    const { text, declared } =
      typeof part === 'string' ? { text: part, declared: Buffer.byteLength(part) } : part
    const packed = deflateRawSync(text)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(8, 4)
    common.writeUInt32LE(crc32(text), 10)
    common.writeUInt32LE(packed.length, 14)
    common.writeUInt32LE(declared, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const body = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, Buffer.from(name), packed])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    directory.push(
      Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\u0000', 'latin1'), common, rest, Buffer.from(name)]),
    )
    bodies.push(body)
    offset += body.length
  }
  const end = Buffer.alloc(22)
  end.write('PK\u0005\u0006', 'latin1')
  end.writeUInt16LE(directory.length, 8)
  end.writeUInt16LE(directory.length, 10)
  end.writeUInt32LE(
    directory.reduce((sum, d) => sum + d.length, 0),
    12,
  )
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...bodies, ...directory, end]))
}

/** The parts of a sound archive as text. */
export function partsOf(bytes: Uint8Array): Record<string, string> {
  const all = Buffer.from(bytes)
  const parts: Record<string, string> = {}
  const end = all.lastIndexOf('PK\u0005\u0006')
  let at = all.readUInt32LE(end + 16)
  for (let left = all.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = all.readUInt16LE(at + 28)
    const name = all.toString('utf8', at + 46, at + 46 + nameLength)
    const body = all.readUInt32LE(at + 42)
    const start = body + 30 + all.readUInt16LE(body + 26) + all.readUInt16LE(body + 28)
    const packed = all.subarray(start, start + all.readUInt32LE(at + 20))
    parts[name] = (all.readUInt16LE(at + 10) === 8 ? inflateRawSync(packed) : packed).toString()
    at += 46 + nameLength + all.readUInt16LE(at + 30) + all.readUInt16LE(at + 32)
  }
  return parts
}
