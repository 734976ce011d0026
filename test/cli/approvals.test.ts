import { expect, onTestFinished, test } from 'vitest'
import { anyHour, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

const inDays = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

test('a supervisor’s day: what waits is listed, looked at, agreed to, refused, taken back', {
  timeout: 240_000,
}, async () => {
  const ledger = await freshLedger([testPolicy(anyHour)])
  const stack = await startStack(ledger)
  onTestFinished(() => stack.stop())
  await loadItems(
    ledger.database,
    ['F-1', 'F-2', 'F-3'].map((document) => ({ document, due: inDays(-10), amount: 1_234.5 })),
    Date.now(),
  )
  const cartera = async (...args: string[]) => {
    const { code, out, err } = await stack.cartera(...args)
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' })
    return out
  }
  const refused = async (...args: string[]) => {
    const { code, err } = await stack.cartera(...args)
    expect(code).toBe(3)
    return err
  }
  const grant = (person: string, ...more: string[]) =>
    cartera('team', 'grant', person, '--role', 'supervisor', '--as', 'admin', ...more)
  await grant('sofía', '--name', 'Sofía Íñiguez', '--email', 'sofia@cementos.example')
  await grant('samuel', '--branch', 'Norte')
  expect(await cartera('team')).toMatch(
    /supervisor +all +sofía +Sofía Íñiguez +sofia@cementos\.example +admin/,
  )
  expect(await cartera('team', '--lang', 'es-MX')).toMatch(/supervisor +todas +sofía/)
  expect(await refused('team', 'grant', 'eva', '--role', 'manager', '--as', 'eva')).toContain('eva')

  const writeOff = (document: string) => cartera('write-off', document, '--why', 'dissolved', '--as', 'ana')
  expect(await writeOff('F-1')).toContain('waits for samuel, sofía')
  await writeOff('F-2')
  await writeOff('F-3')
  const mine = await cartera('approvals', '--as', 'sofía')
  expect(mine).toMatch(/1 +write-off +MX\$1,234\.50 +C-1 +Customer C-1 +Norte +(9|10) +ana +dissolved/)
  expect(mine.split('\n')).toHaveLength(6)
  expect(await cartera('approvals', '--as', 'ana')).toContain('Nothing waits for you')
  expect(await cartera('approvals', '--all', '--kind', 'pause')).toContain('Nothing')
  expect(
    JSON.parse(await cartera('approvals', '--all', '--limit', '1', '--after', '1', '--json')),
  ).toMatchObject([{ id: 2, kind: 'write_off', amount: '1234.50', role: 'supervisor' }])

  const shown = await cartera('approvals', 'show', '1')
  if (process.env.CARTERA_TEST_VERBOSE) console.log(mine, shown)
  for (const part of [
    'On yes',
    'F-1 is written off: MX$1,234.50',
    'On no',
    'goes on as before',
    'samuel, sofía',
  ])
    expect(shown).toContain(part)
  const enEspañol = await cartera('approvals', 'show', '1', '--lang', 'es-MX')
  if (process.env.CARTERA_TEST_VERBOSE) console.log(enEspañol)
  for (const part of ['Si es sí', 'se cancela como incobrable', 'Pueden responder ahora: samuel, sofía'])
    expect(enEspañol).toContain(part)

  expect(await refused('approvals', 'yes', '1', '--why', 'mine', '--as', 'ana')).toContain('ana')
  expect(await cartera('approvals', 'yes', '1', '--why', 'nothing left', '--as', 'sofía')).toContain('agreed')
  expect(await cartera('receivable', 'F-1')).toContain('written off')
  expect(await cartera('approvals', 'no', '2', '--why', 'ask the guarantor', '--as', 'samuel')).toContain(
    'refused',
  )
  expect(await cartera('approvals', 'withdraw', '3', '--why', 'paid', '--as', 'ana')).toContain('withdrawn')
  expect(await cartera('approvals', '--as', 'sofía')).toContain('Nothing waits for you')
  expect(await cartera('approvals', 'show', '2')).toMatch(/no +samuel +supervisor .*ask the guarantor/)
  expect(await refused('approvals', 'yes', '3', '--why', 'late', '--as', 'sofía')).toContain('withdrawn')
  await cartera('team', 'revoke', 'samuel', '--role', 'supervisor', '--branch', 'Norte', '--why', 'moved')
  expect(await cartera('team')).not.toContain('samuel')
})
