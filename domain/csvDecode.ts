import type { LineError } from './openItem.ts'

export const ENCODINGS = ['utf-8', 'windows-1252', 'iso-8859-1', 'utf-16le'] as const
export type Encoding = (typeof ENCODINGS)[number]

/** `undecodable`: some bytes aren't of the encoding; they became U+FFFD in the text. */
export type DecodedText = { text: string; undecodable: boolean } | { error: LineError }

const SIGNATURES: readonly (readonly [bytes: string, what: string])[] = [
  ['504b0304', 'an Excel workbook (.xlsx) or a ZIP archive'],
  ['504b0506', 'an empty ZIP archive'],
  ['d0cf11e0', 'an old Excel workbook (.xls)'],
  ['25504446', 'a PDF'],
  ['1f8b', 'a gzip archive'],
  ['377abcaf', 'a 7z archive'],
  ['52617221', 'a RAR archive'],
  ['7b5c727466', 'an RTF document'],
  ['89504e47', 'an image'],
  ['ffd8ff', 'an image'],
]

/** Bytes looked at to guess what a file is. */
const SAMPLE_LENGTH = 4096

const wholeFile = (code: string, message: string, line = 0): { error: LineError } => ({
  error: { line, column: '', value: '', message, code },
})

/**
 * Bytes to text. A byte order mark of the declared encoding is accepted and dropped. What is certainly not
 * a text of that encoding is refused as a whole: codes `empty-file`, `binary-file`, `wrong-encoding`.
 */
export function decodeText(bytes: Uint8Array, encoding: Encoding): DecodedText {
  if (bytes.length === 0) return wholeFile('empty-file', 'the file is empty; export it again')
  const what = binaryKind(bytes)
  if (what) return wholeFile('binary-file', `the file is ${what}, not text; export it as CSV`)
  const declared = betterEncoding(bytes, encoding)
  if (declared) return declared
  const decoded =
    encoding === 'utf-8' || encoding === 'utf-16le'
      ? decodeUnicode(bytes, encoding)
      : decodeSingleByte(bytes, encoding)
  if (/^\s*$/.test(decoded.text)) return wholeFile('empty-file', 'the file has only blanks; export it again')
  if (/^\s*<(\?xml|!doctype|html|table)/i.test(decoded.text))
    return wholeFile('binary-file', 'the file is HTML or XML, whatever its name says; export it as CSV')
  return decoded
}

function binaryKind(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex')
  const known = SIGNATURES.find(([signature]) => start.startsWith(signature))
  if (known) return known[1]
  const sample = bytes.subarray(0, SAMPLE_LENGTH)
  // NUL isn't counted: it is half of UTF-16.
  const controls = sample.filter(
    (byte) => byte > 0 && byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d,
  )
  return controls.length > sample.length / 10 ? 'a binary file' : null
}

/** The refusal of a file that shows another encoding than the profile declares; null when nothing speaks against it. */
function betterEncoding(bytes: Uint8Array, encoding: Encoding): { error: LineError } | null {
  const refuse = (found: string, instead: string, line = 0): { error: LineError } =>
    wholeFile('wrong-encoding', `the profile declares ${encoding}, but the file ${found}; ${instead}`, line)
  const declare = (better: Encoding): string => `declare \`encoding: ${better}\``

  if (bytes[0] === 0xfe && bytes[1] === 0xff) return refuse('is big-endian UTF-16', 'export it as UTF-8')
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return encoding === 'utf-16le' ? null : refuse('starts with the mark of UTF-16', declare('utf-16le'))
  const hasUtf8Mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  if (hasUtf8Mark)
    return encoding === 'utf-8' ? null : refuse('starts with the mark of UTF-8', declare('utf-8'))

  const sample = bytes.subarray(0, SAMPLE_LENGTH)
  const oddZeros = sample.filter((byte, i) => byte === 0 && i % 2 === 1).length
  if (encoding === 'utf-16le')
    // Delimiters and digits leave zeros in every UTF-16 text.
    return sample.includes(0)
      ? null
      : refuse('is not UTF-16', 'declare the encoding in which it was exported')
  if (oddZeros > sample.length / 5) return refuse('looks like UTF-16', declare('utf-16le'))
  if (encoding === 'utf-8') return null

  const firstHigh = bytes.findIndex((byte) => byte > 0x7f)
  if (firstHigh < 0) return null
  if (isUtf8(bytes)) return refuse('is UTF-8', declare('utf-8'), lineAt(bytes, firstHigh))
  const firstControl = bytes.findIndex((byte) => byte > 0x7f && byte < 0xa0)
  // 0x80–0x9F are control characters in ISO 8859-1, letters and typographic signs in windows-1252.
  if (encoding === 'iso-8859-1' && firstControl >= 0)
    return refuse('looks like windows-1252', declare('windows-1252'), lineAt(bytes, firstControl))
  return null
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

const lineAt = (bytes: Uint8Array, offset: number): number =>
  bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1

function decodeUnicode(
  bytes: Uint8Array,
  encoding: 'utf-8' | 'utf-16le',
): { text: string; undecodable: boolean } {
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), undecodable: false }
  } catch {
    // Decoded again with marks, so that every bad place gets its line and column.
    return { text: new TextDecoder(encoding).decode(bytes), undecodable: true }
  }
}

/** Bytes 0x80–0x9F of windows-1252; U+FFFD where it has no character. */
const WINDOWS_1252 =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
  '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178'

/** Not left to TextDecoder: in some versions of Node it reads windows-1252 as ISO 8859-1 (nodejs/node#56542). */
function decodeSingleByte(
  bytes: Uint8Array,
  encoding: 'windows-1252' | 'iso-8859-1',
): { text: string; undecodable: boolean } {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  if (encoding === 'iso-8859-1') return { text: latin1, undecodable: false }
  const text = latin1.replace(/[\u0080-\u009f]/g, (char) => WINDOWS_1252[char.charCodeAt(0) - 0x80]!)
  return { text, undecodable: text.includes('\ufffd') }
}

// The bytes 0x80–0xBF, as windows-1252 shows them: what follows the first byte of a UTF-8 character.
const CONTINUATION = `[\u0080-\u00bf${WINDOWS_1252.replaceAll('\ufffd', '')}]`
const MOJIBAKE = new RegExp(
  `[\u00c2\u00c3]${CONTINUATION}|\u00e2[\u20ac\u201a]${CONTINUATION}|\u00ef\u00bb\u00bf`,
)

/** UTF-8 that was once read as windows-1252 (`PeÃ±a` for `Peña`). */
export const looksLikeMojibake = (text: string): boolean => MOJIBAKE.test(text)
