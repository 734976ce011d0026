import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { shippedFile } from '../../config/paths.ts'
import { controlFileOf } from '../../domain/feed.ts'

/** A folder into which an ERP puts its open items; gone after the test. */

const COLUMNS = 'customer,document,currency,original,open,issued,due,email'

export interface ErpItem {
  customer: string
  document: string
  open?: string
  due: string
}

export interface ErpFolder {
  path: string
  /** Text of a file with these items, each of 1,000 pesos. */
  csv(items: readonly ErpItem[]): string
  /** Puts a file there, and its control totals when they are given. */
  put(name: string, text: string, control?: { lines: number; open: string }): void
}

export function erpFolder(feed: string): ErpFolder {
  const path = mkdtempSync(join(tmpdir(), 'cartera-feed-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  const standard = readFileSync(shippedFile('config', 'profiles', 'standard.yaml'), 'utf8')
  writeFileSync(
    join(path, 'erp.yaml'),
    standard.replace('source: standard', 'source: erp').replace('authority: cartera', 'authority: source'),
  )
  writeFileSync(join(path, 'feed.yaml'), `profile: erp.yaml\nsettle_seconds: 0\n${feed}\n`)
  return {
    path,
    csv: (items) =>
      [
        COLUMNS,
        ...items.map(({ customer, document, open = '1000.00', due }) =>
          [
            customer,
            document,
            'MXN',
            '1000.00',
            open,
            '2040-02-01',
            due,
            `${customer.toLowerCase()}@example.com`,
          ].join(','),
        ),
        '',
      ].join('\n'),
    put(name, text, control) {
      if (control)
        writeFileSync(
          join(path, controlFileOf(name)),
          `lines: ${control.lines}\nopen: { MXN: "${control.open}" }\n`,
        )
      writeFileSync(join(path, name), text)
    },
  }
}
