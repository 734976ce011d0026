import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { shippedFile } from '../../config/paths.ts'
import { readCsv } from '../../domain/csvFile.ts'
import type { LineError } from '../../domain/openItem.ts'
import { type OpenItemFile, openItemsOf } from '../../domain/openItemFile.ts'
import { type Profile, parseProfile } from '../../domain/profile.ts'

/** Files of open items as text, and what is said of them. */

export function shippedProfile(name: string): Profile {
  const file = `${name}.yaml`
  const parsed = parseProfile(readFileSync(shippedFile('config', 'profiles', file), 'utf8'), file)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.profile
}

export const standard = shippedProfile('standard')
export const HEADER = 'customer,document,currency,original,issued,due'
export const GOOD = '007,0001,MXN,100.00,2026-01-01,2026-01-31'

export const bytesOf = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array =>
  new Uint8Array(Buffer.from(text, encoding))

export const readItems = (bytes: Uint8Array, profile: Profile): OpenItemFile =>
  openItemsOf(readCsv(bytes, profile.encoding, profile.delimiter), profile)

export const readLines = (lines: string[], profile: Profile = standard): OpenItemFile =>
  readItems(bytesOf(`${lines.join('\n')}\n`), profile)

/** Errors as `line column code`, to compare at a glance. */
export const brief = (errors: LineError[]): string[] =>
  errors.map(({ line, column, code }) => [line, column, code].filter((part) => part !== '').join(' '))

/** Errors of a file with the header, a good line, and these. */
export const complaints = (...lines: string[]): string[] => brief(readLines([HEADER, GOOD, ...lines]).errors)

/** Errors of one more line that has a value in a further column. */
export const withColumn = (column: string, value: string): string[] =>
  brief(
    readLines([`${HEADER},${column}`, `${GOOD},`, `007,0002,MXN,100.00,2026-01-01,2026-01-31,${value}`])
      .errors,
  )

export const sameItems = (file: OpenItemFile, lines: string[]): void => {
  expect(file.errors).toEqual([])
  expect(file.items).toEqual(readLines(lines).items)
}
