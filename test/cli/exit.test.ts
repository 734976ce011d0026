import { expect, test } from 'vitest'
import { Ended, EXIT, tellError, UsageError } from '../../client/cli/exit.ts'
import { BadFile, BadRequest, isLedgerAway, shownUrl, TryLater } from '../../client/failures.ts'
import { en } from '../../client/words/en.ts'
import { esMX } from '../../client/words/es-MX.ts'
import { createSpeech } from '../../client/words/speech.ts'
import { EnvironmentError } from '../../config/environment.ts'
import { Refusal } from '../../domain/refusal.ts'
import { openDatabase } from '../../ledger/database.ts'
import { SchemaError } from '../../ledger/migrate.ts'

const at = { ledger: 'postgresql://127.0.0.1:5433/cartera', temporal: '127.0.0.1:7233' }
const told = (error: unknown) => tellError(error, en, createSpeech('en'), at)

const systemError = (fields: object): Error => Object.assign(new Error('it says'), fields)

test.each<[string, unknown, number, RegExp]>([
  ['a rule says no', new Refusal('PromiseTooFar', { latest: '2026-12-25' }), EXIT.refused, /Dec 25, 2026/],
  [
    'there is no such thing',
    new Refusal('NotFound', { what: 'receivable', id: 'F-9' }),
    EXIT.notFound,
    /no receivable "F-9"/,
  ],
  ['an option is wrong', new UsageError('--on: "x" is not a date.'), EXIT.badInput, /^--on/],
  [
    'the content has the wrong shape',
    new BadRequest([{ path: '--why', message: 'Too small' }]),
    EXIT.badInput,
    /^--why: Too small$/,
  ],
  ['a file is not there', systemError({ code: 'ENOENT', path: 'items.csv' }), EXIT.badInput, /items\.csv/],
  [
    'Temporal is away',
    new TryLater('temporal', '127.0.0.1:7233'),
    EXIT.tryLater,
    /127\.0\.0\.1:7233.*npm start/,
  ],
  ['no worker runs', new TryLater('workers', ''), EXIT.tryLater, /npm run worker/],
  ['the ledger is busy', new TryLater('ledger', 'timeout'), EXIT.tryLater, /timeout/],
  [
    'the ledger is held by others for too long',
    Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' }),
    EXIT.tryLater,
    /lock timeout.*in a moment/,
  ],
  [
    'the database refuses connections',
    systemError({ code: 'ECONNREFUSED', syscall: 'connect' }),
    EXIT.tryLater,
    /5433\/cartera.*npm start/,
  ],
  ['the database starts', systemError({ code: '57P03' }), EXIT.tryLater, /it says/],
  ['nothing is configured', new EnvironmentError('DATABASE_URL is not set.'), EXIT.tryLater, /DATABASE_URL/],
  [
    'a setting is wrong',
    new EnvironmentError('CARTERA_COMPANY: letters, digits, - and _.'),
    EXIT.badInput,
    /CARTERA_COMPANY/,
  ],
  [
    'the schema is another',
    new SchemaError('The database is empty: start a worker once.'),
    EXIT.tryLater,
    /start a worker/,
  ],
  [
    'anything else',
    new TypeError('x is not a function'),
    EXIT.defect,
    /TypeError: x is not a function\n\s+at /,
  ],
])('%s', (_, error, code, sentence) => {
  const { code: exit, lines } = told(error)
  expect(exit).toBe(code)
  expect(lines.join('\n')).toMatch(sentence)
})

test('a bad file lists its lines, and counts those beyond', () => {
  const errors = [
    { line: 12, column: 'due', value: '31/02/2026', message: 'is not a date', code: 'bad-date' },
    { line: 0, column: '', value: '', message: 'has no header', code: 'empty-file' },
    { line: 13, column: 'name', value: 'a\u001b[2Jb', message: 'has control characters', code: 'x' },
  ]
  const { code, lines } = told(new BadFile(errors, 500))
  expect(code).toBe(EXIT.badInput)
  expect(lines).toEqual([
    'line 12, column "due": "31/02/2026": is not a date',
    'file: has no header',
    'line 13, column "name": "a [2Jb": has control characters',
    '… and 497 more',
    '500 mistakes: nothing was taken. Mend the file and give it again.',
  ])
  expect(tellError(new BadFile(errors), esMX, createSpeech('es-MX'), at).lines[0]).toMatch(
    /^línea 12, columna "due"/,
  )
})

test('what was said already is not said again', () => {
  expect(told(new Ended(EXIT.notFound))).toEqual({ code: 4, lines: [] })
})

test('a database where nobody listens is away, one that refuses a statement is not', async () => {
  const database = openDatabase('postgres://nobody@127.0.0.1:1/none', { role: null })
  const error = await database.one('SELECT 1').catch((e: unknown) => e)
  await database.close()
  expect(isLedgerAway(error)).toBe(true)
  expect(isLedgerAway(systemError({ code: '23505' }))).toBe(false)
  expect(isLedgerAway(systemError({ code: 'ENOENT', syscall: 'open', path: 'x' }))).toBe(false)
})

test('no password is shown', () => {
  expect(shownUrl('postgres://cartera:secret@db:5432/cartera')).toBe('postgres://cartera@db:5432/cartera')
  expect(shownUrl('nonsense')).toBe('(not a URL)')
})
