import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readXlsx } from 'hucre/xlsx'
import { expect, onTestFinished, test } from 'vitest'
import { agingText } from '../../client/cli/aging.ts'
import type { Io } from '../../client/cli/io.ts'
import { runCli } from '../../client/cli/program.ts'
import { Session } from '../../client/cli/session.ts'
import type { Cell, Column } from '../../client/cli/table.ts'
import { shippedFile } from '../../config/paths.ts'
import { partsOf } from '../domain/zipText.ts'

function desk() {
  const dir = mkdtempSync(join(tmpdir(), 'cartera-list-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const heard = { out: '', err: '' }
  const io: Io = {
    out: (text) => {
      heard.out += text
    },
    err: (text) => {
      heard.err += text
    },
    env: {},
    isTerminal: { out: false, err: false },
    columns: null,
    user: () => 'ana',
  }
  return { dir, heard, io }
}

const COLUMNS: Column[] = [
  { title: 'Customer' },
  { title: 'Owed', right: true },
  { title: 'Due' },
  { title: 'Days', right: true },
]
const ROWS: Cell[][] = [
  ['00012', { amount: '-1234.50', currency: 'MXN' }, { date: '2026-11-25' }, { count: 3 }],
  [{ again: '00012' }, { amount: '7', currency: 'JPY' }, { date: '2026-12-01' }, { count: -4, signed: true }],
  ['=HYPERLINK("http://evil")', '', '', ''],
  ['+52 55 1234', '', '', ''],
  ['-5', '', '', ''],
  ['@SUM(A1)', '', '', ''],
  ['\t=1+1', '', '', ''],
  ['\r=1+1', '', '', ''],
  ['a, "b"\nc', '', '', ''],
]

async function written(file: string, columns: Column[], rows: Cell[][]) {
  const { dir, heard, io } = desk()
  const path = join(dir, file)
  const session = new Session(io, { lang: 'en', output: path })
  session.show({}, () => `${session.table(columns, rows, 'Nothing.')}\n${session.left('More: --after 9')}`)
  await session.writeLists('worklist')
  return { path, heard }
}

test('CSV: typed cells as they are, negative amounts are numbers, text from outside is never a formula', async () => {
  const { path, heard } = await written('list.csv', COLUMNS, ROWS)
  expect(readFileSync(path, 'utf8').split('\r\n')).toEqual([
    '\ufeffCustomer,Owed,Owed (Currency),Due,Days',
    '00012,-1234.50,MXN,2026-11-25,3',
    '00012,7,JPY,2026-12-01,-4',
    '"\'=HYPERLINK(""http://evil"")",,,,',
    "'+52 55 1234,,,,",
    "'-5,,,,",
    "'@SUM(A1),,,,",
    "' =1+1,,,,",
    "' =1+1,,,,",
    '"a, ""b"" c",,,,',
    '',
  ])
  expect(heard).toEqual({ out: '', err: `More: --after 9\n9 rows written to ${path}\n` })
})

test('XLSX: numbers and dates of their type, the rest text, no formula anywhere', async () => {
  const { path } = await written('list.xlsx', COLUMNS, ROWS)
  const bytes = readFileSync(path)
  const { sheets } = await readXlsx(bytes)
  expect(sheets.map((s) => s.name)).toEqual(['worklist'])
  expect(sheets[0]!.rows.slice(0, 6)).toEqual([
    ['Customer', 'Owed', 'Owed (Currency)', 'Due', 'Days'],
    ['00012', -1234.5, 'MXN', new Date('2026-11-25'), 3],
    ['00012', 7, 'JPY', new Date('2026-12-01'), -4],
    ['=HYPERLINK("http://evil")', null, null, null, null],
    ['+52 55 1234', null, null, null, null],
    ['-5', null, null, null, null],
  ])
  const sheet = partsOf(bytes)['xl/worksheets/sheet1.xml']!
  expect(sheet).not.toContain('<f')
  expect(sheet).toMatch(/<c r="A6"[^>]* t="s"/)
})

test('an empty list is a file with its columns', async () => {
  const { path, heard } = await written('list.csv', COLUMNS, [])
  expect(readFileSync(path, 'utf8')).toBe('\ufeffCustomer,Owed,Due,Days\r\n')
  expect(heard.err).toContain('0 rows written')
})

test('several lists are several sheets, and not one CSV', async () => {
  const { dir, io } = desk()
  const write = async (file: string) => {
    const session = new Session(io, { lang: 'en', output: join(dir, file) })
    session.show({}, () => session.table(COLUMNS, ROWS) + session.table(COLUMNS, []))
    await session.writeLists('case show')
  }
  await write('two.xlsx')
  expect((await readXlsx(readFileSync(join(dir, 'two.xlsx')))).sheets.map((s) => s.name)).toEqual([
    'case show',
    'case show 2',
  ])
  await expect(write('two.csv')).rejects.toThrow(/several lists/)
})

test('what is written is what the screen shows', async () => {
  const { dir, io } = desk()
  const path = join(dir, 'aging.csv')
  const session = new Session(io, { lang: 'es-MX', output: path })
  session.show({}, () =>
    agingText(session, {
      asOf: '2026-11-25',
      currencies: [
        {
          currency: 'MXN',
          open: { count: 1, amount: '1000.00' },
          buckets: [{ bucket: 'current', count: 1, amount: '1000.00' }],
          credits: { count: 0, amount: '0.00' },
          unappliedCash: '5.00',
        },
      ],
    }),
  )
  await session.writeLists('aging')
  expect(readFileSync(path, 'utf8').split('\r\n')[1]).toBe('MXN,por vencer,1,1000.00,MXN')
})

test('a file of another kind, a folder that is not there and a command without a list are told', async () => {
  const { dir, heard, io } = desk()
  expect(
    await runCli(
      ['policy', 'explain', 'standard', '--issued', '2026-11-01', '--due', '2026-12-01', '--output', 'x.pdf'],
      io,
    ),
  ).toBe(2)
  expect(heard.err).toContain('.csv or .xlsx')
  const explain = ['policy', 'explain', 'standard', '--issued', '2026-11-01', '--due', '2026-12-01']
  expect(await runCli([...explain, '--output', join(dir, 'no', 'x.csv')], io)).toBe(2)
  expect(
    await runCli(
      ['policy', 'check', shippedFile('config', 'policies', 'standard.yaml'), '--output', join(dir, 'x.csv')],
      io,
    ),
  ).toBe(2)
  expect(await runCli([...explain, '--lang', 'en', '--output', join(dir, 'plan.xlsx')], io)).toBe(0)
  expect((await readXlsx(readFileSync(join(dir, 'plan.xlsx')))).sheets[0]!.name).toBe('policy explain')
})

test('every list of the command line goes through the one place that can write it', () => {
  const folder = shippedFile('client', 'cli')
  const others = readdirSync(folder).filter(
    (name) =>
      name !== 'session.ts' &&
      /import \{[^}]*\btable\b[^}]*\} from '\.\/table\.ts'/.test(readFileSync(join(folder, name), 'utf8')),
  )
  expect(others).toEqual([])
})
