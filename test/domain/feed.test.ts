import { expect, test } from 'vitest'
import { byDay, dayInName, parseControl, parseFeed } from '../../domain/feed.ts'
import { controlErrors, scopesOverlap } from '../../domain/load.ts'
import { openItem } from '../setup/portfolio.ts'

const problems = (parsed: { ok: boolean; problems?: { line: number; path: string; message: string }[] }) =>
  (parsed.problems ?? []).map((p) => `${p.line} ${p.path} ${p.message}`)

test.each<[string, string, string | null | undefined]>([
  ['items-YYYY-MM-DD.csv', 'items-2026-11-25.csv', '2026-11-25'],
  ['AR_YYYYMMDD_*.csv', 'AR_20261125_0630.csv', '2026-11-25'],
  ['*YYYY_MM_DD.csv', 'norte 2026_11_25.csv', '2026-11-25'],
  ['items.csv', 'items.csv', null],
  ['items-YYYY-MM-DD.csv', 'items-2026-11-25.csv.part', undefined],
  ['items-YYYY-MM-DD.csv', 'items-2026-02-30.csv', undefined],
  ['items-YYYY-MM-DD.csv', 'itemsX2026-11-25Xcsv', undefined],
  ['a+b.csv', 'a+b.csv', null],
  ['a+b.csv', 'aab.csv', undefined],
])('of files named %s, %s is of day %s', (files, name, day) => {
  expect(dayInName({ files }, name)).toBe(day)
})

test('files are taken by their day, then by name', () => {
  const files = [
    { asOf: '2026-11-25', name: 'b' },
    { asOf: '2026-11-24', name: 'z' },
    { asOf: '2026-11-25', name: 'a' },
  ]
  expect(files.sort(byDay).map((f) => f.name)).toEqual(['z', 'a', 'b'])
})

test('a feed says where its settings are wrong', () => {
  expect(parseFeed('profile: erp\nkind: snapshot\nfiles: items-YYYY-MM-DD.csv')).toMatchObject({
    ok: true,
    value: { control: 'optional', settle_seconds: 10, scope: {} },
  })
  expect(problems(parseFeed('profile: erp\nkind: snapshot\nfiles: items.csv'))).toEqual([
    '3 files must have the day that a snapshot tells of in it, such as items-YYYY-MM-DD.csv',
  ])
  expect(problems(parseFeed('profile: erp\nkind: delta\nfiles: ../items.csv\nfolder: x'))).toEqual([
    '3 files must be a name without folders',
    '4 folder is not a setting of a feed; check its spelling',
  ])
})

test('control totals are read exactly, quoted or not, and say what is wrong', () => {
  expect(parseControl('lines: 2\nopen: { MXN: "1,234.50", USD: 10 }', 'f')).toEqual({
    ok: true,
    value: { lines: 2, openMinor: { MXN: 123_450, USD: 1_000 } },
  })
  expect(problems(parseControl('open: { PSO: "1.00" }', 'f'))).toEqual([
    '1 open.PSO "1.00" is not an amount of a currency such as MXN: "1234.50"',
  ])
  expect(problems(parseControl('lines: two', 'f'))).toHaveLength(1)
  expect(problems(parseControl('{}', 'f'))).toEqual(['1  needs lines, or open by currency'])
})

test('a file is what its sender says it is, or is refused', () => {
  const items = [
    openItem({ document: 'F-1', due: '2026-03-02' }, 2),
    { ...openItem({ document: 'F-2', due: '2026-03-02' }, 3), openMinor: 40_000n },
    openItem({ document: 'N-1', kind: 'credit_note', amount: -100, due: '2026-03-02' }, 4),
    openItem({ document: 'U-1', currency: 'USD', amount: 5, due: '2026-03-02' }, 5),
  ]
  const wrong = (control: Parameters<typeof controlErrors>[0]) =>
    controlErrors(control, items).map((e) => e.message)
  expect(wrong({ lines: 4, openMinor: { MXN: 130_000, USD: 500 } })).toEqual([])
  expect(wrong({ lines: 5 })[0]).toMatch(/has 4 items, the control total says 5/)
  expect(wrong({ openMinor: { MXN: 130_001, USD: 500 } })[0]).toMatch(
    /has 1300\.00 MXN open, the control total says 1300\.01/,
  )
  expect(wrong({ openMinor: { MXN: 130_000 } })[0]).toMatch(/don't name USD/)
  expect(wrong({ openMinor: { MXN: 130_000, USD: 500, EUR: 1 } })[0]).toMatch(/has 0\.00 EUR open/)
})

test('scopes overlap unless they name other branches or other customers', () => {
  expect(scopesOverlap({}, { branches: ['Norte'] })).toBe(true)
  expect(scopesOverlap({ branches: ['Norte'] }, { branches: ['Sur'] })).toBe(false)
  expect(scopesOverlap({ branches: ['Norte', 'Sur'] }, { branches: ['Sur'] })).toBe(true)
  expect(scopesOverlap({ branches: ['Norte'] }, { customers: ['C-1'] })).toBe(true)
})
