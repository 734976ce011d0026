import { mkdirSync, readdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FeedFolderError, openFeedFolder } from '../../config/feedFolder.ts'
import { erpFolder } from './folder.ts'

const SNAPSHOT = 'kind: snapshot\nfiles: erp-YYYY-MM-DD.csv'

test('what waits is what the feed names, oldest day first; the rest of the folder is left alone', () => {
  const erp = erpFolder(SNAPSHOT)
  for (const name of [
    'erp-2040-03-06.csv',
    'erp-2040-03-05.csv',
    'notes.txt',
    'erp-2040-03-07.csv.tmp',
    '.erp-2040-03-07.csv',
    '~$erp-2040-03-07.csv',
  ])
    erp.put(name, 'x')
  mkdirSync(join(erp.path, 'erp-2040-03-01.csv'))
  expect(openFeedFolder(erp.path).waiting(Date.now() + 1000)).toEqual([
    { name: 'erp-2040-03-05.csv', asOf: '2040-03-05', state: 'ready' },
    { name: 'erp-2040-03-06.csv', asOf: '2040-03-06', state: 'ready' },
  ])
})

test('a file that was written to a moment ago may still be growing, unless its control totals are there', () => {
  const erp = erpFolder(SNAPSHOT)
  writeFileSync(join(erp.path, 'feed.yaml'), `profile: erp.yaml\n${SNAPSHOT}\n`)
  erp.put('erp-2040-03-05.csv', 'x')
  erp.put('erp-2040-03-06.csv', 'x', { lines: 1, open: '1.00' })
  const states = () =>
    openFeedFolder(erp.path)
      .waiting(Date.now())
      .map((f) => f.state)
  expect(states()).toEqual(['growing', 'ready'])
  utimesSync(join(erp.path, 'erp-2040-03-05.csv'), 0, Date.now() / 1000 - 11)
  expect(states()).toEqual(['ready', 'ready'])
})

test('where control totals are required, a file waits for them however old it is', () => {
  const erp = erpFolder(`${SNAPSHOT}\ncontrol: required`)
  erp.put('erp-2040-03-05.csv', 'x')
  utimesSync(join(erp.path, 'erp-2040-03-05.csv'), 0, 0)
  const folder = openFeedFolder(erp.path)
  expect(folder.waiting(Date.now()).map((f) => f.state)).toEqual(['no-control'])
  erp.put('erp-2040-03-05.csv', 'x', { lines: 1, open: '1.00' })
  expect(folder.waiting(Date.now()).map((f) => f.state)).toEqual(['ready'])
})

test('a file goes away with its totals and its report; the same name again keeps both; twice is once', () => {
  const erp = erpFolder(SNAPSHOT)
  const folder = openFeedFolder(erp.path)
  for (const report of ['first', 'second']) {
    erp.put('erp-2040-03-05.csv', 'x', { lines: 1, open: '1.00' })
    const mark = folder.markOf('erp-2040-03-05.csv')
    folder.fileAway('erp-2040-03-05.csv', mark, 'refused', report)
    folder.fileAway('erp-2040-03-05.csv', mark, 'refused', report)
  }
  expect(readdirSync(join(erp.path, 'refused')).sort()).toEqual([
    'erp-2040-03-05-2.csv',
    'erp-2040-03-05-2.csv.control.yaml',
    'erp-2040-03-05-2.csv.report.txt',
    'erp-2040-03-05.csv',
    'erp-2040-03-05.csv.control.yaml',
    'erp-2040-03-05.csv.report.txt',
  ])
  expect(readdirSync(erp.path).sort()).toEqual(['erp.yaml', 'feed.yaml', 'refused'])
})

test('what was put there since it was marked stays, be it the file or its control totals', () => {
  const erp = erpFolder(SNAPSHOT)
  const folder = openFeedFolder(erp.path)
  const name = 'erp-2040-03-05.csv'
  erp.put(name, 'x', { lines: 1, open: '1.00' })
  const first = folder.markOf(name)
  erp.put(name, 'y', { lines: 1, open: '1.00' })
  expect(folder.fileAway(name, first, 'done', 'report')).toBe(false)
  const second = folder.markOf(name)
  erp.put(name, 'y', { lines: 1, open: '2.00' })
  expect(folder.fileAway(name, second, 'done', 'report')).toBe(false)
  expect(readdirSync(erp.path).sort()).toEqual([name, `${name}.control.yaml`, 'erp.yaml', 'feed.yaml'])
  expect(folder.fileAway(name, folder.markOf(name), 'done', 'report')).toBe(true)
})

test('a folder without a feed, or with a wrong one, says so', () => {
  const erp = erpFolder('kind: snapshot\nfiles: items.csv')
  expect(() => openFeedFolder(erp.path)).toThrow(/feed.yaml:4:1: files: must have the day/)
  renameSync(join(erp.path, 'feed.yaml'), join(erp.path, 'fed.yaml'))
  expect(() => openFeedFolder(erp.path)).toThrow(FeedFolderError)
  expect(() => openFeedFolder(erp.path)).toThrow(/has no feed.yaml/)
})
