/** What a file is, by its first bytes: its name says nothing sure. */

const startsWith = (bytes: Uint8Array, ...start: number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte)

/** Container of old workbooks (.xls), and of new ones with a password. */
export const isOle2 = (bytes: Uint8Array): boolean => startsWith(bytes, 0xd0, 0xcf, 0x11, 0xe0)

/** ZIP: with parts, or empty. */
const isZip = (bytes: Uint8Array): boolean =>
  startsWith(bytes, 0x50, 0x4b, 0x03, 0x04) || startsWith(bytes, 0x50, 0x4b, 0x05, 0x06)

/** Whether a file is a container that workbooks come in; whether it is one, reading tells. */
export const isWorkbook = (bytes: Uint8Array): boolean => isZip(bytes) || isOle2(bytes)
