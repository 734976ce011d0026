import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { evidenceOf } from '../../ledger/placements/evidence.ts'
import { COMPANY } from '../setup/ledger.ts'
import { noon } from '../setup/portfolio.ts'
import { ask, pesos, refusalOf } from './books.ts'
import { active, ON, overdue, place } from './placements.ts'

const file = (name: string) => ({
  name,
  sha256: createHash('sha256').update(name).digest('hex'),
  mediaType: 'application/pdf',
  bytes: 10,
})

test('what proves the placed claims is gathered, of other claims nothing; an agency gets its own and no more', async () => {
  const database = await overdue()
  await ask(
    database,
    'logContact',
    {
      channel: 'phone',
      person: 'Laura',
      result: 'promised',
      notes: 'pays on Friday',
      beganAt: noon(ON) - 60_000,
    },
    { on: ON },
  )
  await ask(
    database,
    'recordPromise',
    { documents: ['F-1'], instalments: [{ dueOn: '2026-03-13', amount: pesos(1000) }], madeBy: 'Laura' },
    { on: ON },
  )
  await ask(
    database,
    'openDispute',
    { lines: [{ document: 'F-2', amount: pesos(100) }], reason: 'quantity' },
    { on: ON },
  )
  const filed = (kind: 'contract' | 'invoice' | 'delivery_note', name: string, documents?: string[]) =>
    place(
      database,
      'fileDocument',
      { customer: 'C-1', kind, file: file(name), ...(documents ? { documents } : {}) },
      { on: ON },
    )
  await filed('delivery_note', 'remision-1.pdf', ['F-1'])
  await filed('invoice', 'F-3.pdf', ['F-3'])
  const { result } = await filed('contract', 'contrato.pdf')
  expect(result).toMatchObject({ kind: 'contract', documents: [{ name: 'contrato.pdf' }] })
  expect(
    await refusalOf(
      place(
        database,
        'fileDocument',
        { customer: 'C-1', kind: 'other', file: file('x'), documents: ['F-9'] },
        { on: ON },
      ),
    ),
  ).toBe('NotFound')
  const id = await active(database, ['F-1', 'F-2'])

  const found = await database.transaction((sql) => evidenceOf(sql, COMPANY, 'norte-1', id, noon(ON)))
  expect(found).toMatchObject({
    agency: 'norte cobranza',
    asOf: ON,
    contacts: [{ channel: 'phone', person: 'Laura', result: 'promised' }],
    promises: [{ amount: '1000.00', dueOn: ['2026-03-13'], state: 'open' }],
    disputes: [{ document: 'F-2', amount: '100.00', words: { en: expect.any(String) } }],
  })
  expect(found.documents.map((d) => d.name)).toEqual(['contrato.pdf', 'remision-1.pdf'])
  const { entries, head } = found.journal
  expect(entries.map((e) => e.event)).toEqual(['loaded', 'call logged', 'promise recorded', 'dispute opened'])
  for (const { previous, entry, hash } of entries)
    expect(
      createHash('sha256').update(Buffer.from(previous, 'hex')).update(entry, 'utf8').digest('hex'),
    ).toBe(hash)
  expect(head.seq).toBe(entries.at(-1)!.seq)
  // Read again it is the same: keeping a pack of it doesn't change what it is made of.
  const again = await database.transaction((sql) => evidenceOf(sql, COMPANY, 'norte-1', id, noon(ON)))
  expect(again).toEqual(found)
  expect(
    await refusalOf(database.transaction((sql) => evidenceOf(sql, COMPANY, 'todo-1', id, noon(ON)))),
  ).toBe('NotFound')
})
