import { expect, test } from 'vitest'
import { minutesOf } from '../../ledger/minutes.ts'
import { worklist } from '../../ledger/worklist.ts'
import { startEngine } from '../setup/engine.ts'
import { COMPANY, freshLedger } from '../setup/ledger.ts'
import { loadItems, noon } from '../setup/portfolio.ts'

const pesos = (amount: number) => ({ currency: 'MXN', minor: amount * 100 })

test('asked at the turn of the year, reminded, called, answered by telephone: the diary of a reconciliation', async () => {
  const ledger = await freshLedger()
  const engine = await startEngine(ledger, { startAt: noon('2040-01-02') })
  await loadItems(
    ledger.database,
    [
      { document: 'F-1', due: '2040-06-10', issued: '2039-12-20' },
      { document: 'F-2', due: '2040-06-10', issued: '2039-12-20', amount: 500 },
    ],
    await engine.now(),
  )
  await engine.wake('C-1')
  await engine.ask('C-1', 'requestConfirmation', { mode: 'confirmation', asOf: '2039-12-31' })
  const subjects = async () => (await engine.mails()).map((m) => m.subject)

  await engine.until(noon('2040-01-03'))
  expect(await subjects()).toEqual([expect.stringMatching(/^Confirmación de su saldo al 31 dic 2039/)])
  await engine.until(noon('2040-01-08'))
  expect(await subjects()).toHaveLength(1)
  await engine.until(noon('2040-01-10'))
  expect(await subjects()).toEqual([
    expect.stringMatching(/^Confirmación de su saldo/),
    expect.stringMatching(/^Recordatorio: confirmación de su saldo/),
  ])
  const list = async () =>
    (
      await worklist(ledger.database, {
        company: COMPANY,
        analyst: 'ana',
        now: await engine.now(),
        limit: 9,
      })
    ).rows.flatMap((row) => row.tasks.map((task) => `${task.kind} ${task.subject}`))
  expect(await list()).toEqual([])
  await engine.until(noon('2040-01-17'))
  expect(await list()).toEqual(['call confirmation 1'])
  expect(await subjects()).toHaveLength(2)

  await engine.ask('C-1', 'answerConfirmation', {
    confirmation: 1,
    answeredBy: 'Sr. Ruiz',
    balances: [{ document: 'F-1', amount: pesos(920) }],
    reason: 'rebate',
  })
  await engine.until(noon('2040-01-31'))
  expect(await list()).toEqual([])
  expect(await subjects()).toHaveLength(2)
  expect(await minutesOf(ledger.database, COMPANY, 1)).toMatchObject({
    state: 'differs',
    totals: [{ ours: '1500.00', theirs: '1420.00', difference: '-80.00' }],
    differences: [{ document: 'F-1', disputed: '80.00' }],
  })
  expect(await engine.diary('F-1')).toEqual([
    '2040-01-02 loaded',
    '2040-01-17 dispute opened',
    '2040-01-17 resolve dispute task opened',
    '2040-01-17 confirmation differs',
  ])
})
