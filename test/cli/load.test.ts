import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readXlsx, writeXlsx } from 'hucre/xlsx'
import { expect, onTestFinished, test } from 'vitest'
import { freshLedger } from '../setup/ledger.ts'
import { startStack } from '../setup/stack.ts'

const HEADER = 'customer,customer_name,document,currency,original,issued,due,email'

/** One stack for the whole story: it takes seconds to start. */
test('a file is loaded, worked on and paid from the command line, and nothing is done twice', {
  timeout: 240_000,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'cartera-load-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const ledger = await freshLedger()
  const stack = await startStack(ledger)
  onTestFinished(() => stack.stop())
  const cartera = async (code: number, ...args: string[]) => {
    const ran = await stack.cartera(...args)
    expect({ args, code: ran.code, err: code === 0 ? ran.err : '' }).toEqual({ args, code, err: '' })
    return ran
  }
  const json = async (...args: string[]) => JSON.parse((await cartera(0, ...args, '--json')).out)
  const file = (name: string, ...lines: string[]) => {
    const path = join(dir, name)
    writeFileSync(path, `${[HEADER, ...lines].join('\n')}\n`)
    return path
  }
  const today = new Date().toISOString().slice(0, 10)
  const inDays = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

  // A file with mistakes is told line by line, and nothing of it is taken.
  const bad = await cartera(
    2,
    'load',
    file('bad.csv', `C-1,Uno,F-1,MXN,100.00,${today},31/02/2026,`, `C-1,Uno,F-2,PESO,1,${today},${today},`),
    '--profile',
    'standard',
  )
  expect(bad.err).toContain('line 2, column "due": "31/02/2026": ')
  expect(bad.err).toContain('line 3, column "currency": "PESO": ')
  expect(bad.err).toContain('nothing was taken')
  const again = await cartera(2, 'load', join(dir, 'bad.csv'), '--profile', 'standard', '--json')
  expect(JSON.parse(again.out)).toMatchObject({
    id: expect.stringMatching(/^standard-[0-9a-f]{16}-2$/),
    state: 'refused',
    errorList: expect.any(Array),
  })

  // A held load waits; released, it is chased.
  const items = file(
    'items.csv',
    `C-1,Uno,F/1,MXN,100.00,${inDays(-5)},${inDays(20)},uno@example.com`,
    `C-1,Uno,F=2,MXN,50.00,${inDays(-5)},${inDays(20)},uno@example.com`,
  )
  const held = await json('load', items, '--profile', 'standard', '--hold')
  expect(held).toMatchObject({ state: 'held', created: 2 })
  expect((await cartera(0, 'load', 'show', held.id)).out).toContain(`cartera load release ${held.id}`)
  expect(await json('load', items, '--profile', 'standard')).toMatchObject({ id: held.id, state: 'held' })
  expect(await json('load', 'release', held.id)).toMatchObject({ state: 'released' })
  expect(await json('load', 'release', held.id)).toMatchObject({ state: 'released' })
  expect((await cartera(0, 'load', items, '--profile', 'standard')).out).toContain('nothing changed')
  await cartera(4, 'load', 'release', 'standard-0000000000000000')

  // A command is carried out once under its key; refused by its name.
  const promise = ['promise', 'record', 'F/1', '--on', inDays(10), '--by', 'Laura Peña', '--key', 'p-1']
  const first = await json(...promise)
  expect(first.result).toMatchObject({ documents: ['F/1'], instalments: [{ amount: '100.00' }] })
  expect(await json(...promise)).toEqual(first)
  expect((await cartera(3, 'promise', 'record', 'F/1', '--on', inDays(11), '--by', 'x')).err).toContain(
    `covered by promise ${first.result.promise}`,
  )
  expect(
    (await cartera(3, 'promise', 'record', 'F=2', '--on', inDays(10), '--by', 'x', '--key', 'p-1')).err,
  ).toContain('The key p-1 was used before')
  await cartera(4, 'promise', 'record', 'F-9', '--on', inDays(10), '--by', 'x')

  // Money, with a document whose name has the sign that separates the amount.
  const paid = [
    'pay',
    '--customer',
    'C-1',
    '--amount',
    '120',
    '--apply',
    'F/1',
    '--apply',
    'F=2=15.50',
    '--key',
    'r-1',
  ]
  const receipt = await json(...paid)
  expect(receipt.result.receipts[0]).toMatchObject({
    applied: [
      { document: 'F/1', amount: '100.00' },
      { document: 'F=2', amount: '15.50' },
    ],
    unapplied: '4.50',
  })
  expect(await json(...paid)).toEqual(receipt)
  const { receipt: number } = receipt.result.receipts[0]
  expect((await cartera(3, 'apply', number, 'F=2=40')).err).toMatch(/open/)
  await cartera(0, 'apply', number, 'F=2=4.50')
  expect((await cartera(0, 'reverse', number, '--reason', 'bounced', '--why', 'no funds')).out).toContain(
    'reversed (bounced); owed again: F',
  )
  const receipts = join(dir, 'receipts.csv')
  writeFileSync(
    receipts,
    `receipt,currency,amount,value_on,customer,apply_to\nR-7,MXN,100.00,${inDays(-1)},C-1,F/1\n`,
  )
  expect((await cartera(0, 'pay', '--file', receipts)).out).toContain('receipt R-7')
  expect((await cartera(3, 'pay', '--file', receipts)).err).toContain('R-7')

  // A workbook is as good as CSV: told by its cells, loaded, and paid from.
  const book = async (name: string, rows: (string | number | Date)[][]) => {
    const path = join(dir, name)
    writeFileSync(path, await writeXlsx({ sheets: [{ name: 'Cartera', rows }] }))
    return path
  }
  const head = ['customer', 'document', 'currency', 'original', 'issued', 'due']
  const due = new Date(`${inDays(20)}T00:00:00Z`)
  const wrong = await book('bad.xlsx', [head, ['C-2', 'F-21', 'MXN', 'diez', new Date(today), due]])
  expect((await cartera(2, 'load', wrong, '--profile', 'standard')).err).toContain(
    'line 2, column "original (Cartera!D2)": "diez": ',
  )
  const right = await book('good.xlsx', [head, ['C-2', 'F-21', 'MXN', 10.5, new Date(inDays(-5)), due]])
  expect(await json('load', right, '--profile', 'standard')).toMatchObject({ state: 'released', created: 1 })
  const money = await book('receipts.xlsx', [
    ['receipt', 'currency', 'amount', 'value_on', 'customer', 'apply_to'],
    ['R-8', 'MXN', 0.5, new Date(inDays(-1)), 'C-2', 'F-21'],
  ])
  expect((await cartera(0, 'pay', '--file', money)).out).toContain('receipt R-8')
  const list = join(dir, 'case.xlsx')
  expect((await stack.cartera('case', 'show', 'C-2', '--output', list)).err).toContain('1 row written')
  expect((await readXlsx(readFileSync(list))).sheets[0]?.rows[1]?.slice(0, 4)).toEqual([
    'F-21',
    10,
    'MXN',
    due,
  ])

  // What is known is told.
  const diary = await cartera(0, 'receivable', 'F/1')
  expect(diary.out).toMatch(/promise \d+ of Laura Peña[\s\S]*by ana[\s\S]*receipt R-7/)
  expect(await json('receivable', 'show', 'F/1')).toMatchObject({ closedAs: 'paid', stage: 'closed' })
  expect((await cartera(0, 'case', 'C-1')).out).toContain('F=2')
  expect((await json('aging')).currencies[0]).toMatchObject({
    currency: 'MXN',
    open: { count: 2, amount: '60.00' },
  })
  expect((await json('case', 'show', 'C-1')).customer.code).toBe('C-1')
  await cartera(4, 'case', 'C-9')
  await cartera(0, 'worklist')
  expect(await json('status')).toMatchObject({
    servers: [{ answers: true }, { answers: true }, { answers: true }],
    cases: { open: 2 },
  })

  // The journal is whole, and proves it against what was exported.
  const heads = join(dir, 'heads.json')
  writeFileSync(heads, (await cartera(0, 'journal', 'heads')).out)
  expect((await cartera(0, 'journal', 'verify', '--against', heads)).out).toContain('The journal is whole')
  await ledger.owner.rows('ALTER TABLE journal DISABLE TRIGGER ALL')
  await ledger.owner.rows(
    `UPDATE journal SET entry = replace(entry, 'Laura', 'Lauro') WHERE entry LIKE '%Laura%'`,
  )
  expect((await cartera(3, 'journal', 'verify')).out).toContain('was altered')
})
