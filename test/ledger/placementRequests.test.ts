import { expect, test } from 'vitest'
import { showPlacement } from '../../ledger/placements/show.ts'
import { COMPANY, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'
import { ON, overdue, place, seedTeam, vote } from './placements.ts'

test('by its name nothing is placed that is not overdue, not accepted or not released', async () => {
  const database = await overdue()
  await loadItems(database, [{ document: 'F-4', due: '2026-04-09' }], noon(ON))
  await database.rows(`UPDATE receivable SET held = true WHERE document = 'F-2'`)
  await database.rows(`UPDATE receivable SET stage = 'unpresented' WHERE document = 'F-3'`)
  for (const kind of ['demand', 'agency', 'legal'] as const)
    for (const [document, because] of [
      ['F-2', 'held'],
      ['F-3', 'not_presented'],
      ['F-4', 'not_overdue'],
    ] as const) {
      const request = { customer: 'C-1', kind, documents: ['F-1', document], why: 'x' }
      await expect(place(database, 'requestPlacement', request, { on: ON })).rejects.toMatchObject({
        refusal: 'NotPlaceable',
        data: { what: document, because },
      })
    }
})

test('what was put off between the question and the yes is left out', async () => {
  const database = await overdue()
  const content = { customer: 'C-1', kind: 'demand' as const, documents: ['F-1', 'F-2'], why: 'x' }
  const asked = await place(database, 'requestPlacement', content, { on: ON })
  await database.rows(`UPDATE receivable SET due_on = '2026-04-09' WHERE document = 'F-2'`)
  const { result } = await vote(database, asked.result.approval, 'sofía', ON)
  const { placement } = result.done as { placement: number }
  const view = await showPlacement(database, COMPANY, 'ana', placement)
  expect(view.items.map((i) => i.document)).toEqual(['F-1'])
})

test('of two currencies the one asked is beyond every amount of the matrix', async () => {
  const rows = [
    { kinds: ['demand'], amount_up_to: { MXN: '5000', USD: '5000' }, levels: [{ role: 'legal' }] },
    { kinds: ['demand'], levels: [{ role: 'director' }] },
  ]
  const { database } = await freshLedger([testPolicy({ approvals: { matrix: rows } })])
  await loadItems(
    database,
    [
      { document: 'F-1', due: '2026-01-10' },
      { document: 'F-2', due: '2026-01-20', currency: 'USD' },
    ],
    noon(ON),
  )
  await seedTeam(database)
  const request = { customer: 'C-1', kind: 'demand' as const, why: 'x' }
  const { result } = await place(database, 'requestPlacement', request, { on: ON })
  expect(result).toMatchObject({ waitsFor: ['diana'] })
})
