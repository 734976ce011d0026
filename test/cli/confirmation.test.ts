import { expect, onTestFinished, test } from 'vitest'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

const inDays = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

test('a balance is asked about, answered and shown from the command line', { timeout: 240_000 }, async () => {
  const ledger = await freshLedger()
  const stack = await startStack(ledger)
  onTestFinished(() => stack.stop())
  await loadItems(
    ledger.database,
    ['F-1', 'F-2'].map((document) => ({ document, due: inDays(40), issued: inDays(-30), amount: 100 })),
    Date.now(),
  )
  const run = async (code: number, ...args: string[]) => {
    const done = await stack.cartera(...args)
    expect({ args, code: done.code }).toEqual({ args, code })
    return done
  }
  const cartera = async (...args: string[]) => (await run(0, ...args)).out

  expect(await cartera('confirmation', 'list')).toBe('Nothing.\n')
  expect(await cartera('confirmation', 'request', 'C-1', '--as-of', inDays(-2))).toMatch(
    /^confirmation 1 \(confirmation\) of the balance as of .*; reminded on .*, called on /,
  )
  expect((await run(3, 'confirmation', 'request', 'C-1')).err).toContain('Confirmation 1 of C-1 waits')
  expect(await cartera('case', 'C-1')).toMatch(
    /Balance confirmations\n {2}1 {2}confirmation, as of .*: waits for an answer; next /,
  )
  expect(await cartera('confirmation', 'list', '--state', 'asked')).toMatch(/1 {2}C-1 .* waits for an answer/)

  const answer = ['confirmation', 'answer', '1', '--by', 'Laura Peña']
  expect((await run(3, ...answer)).err).toContain('Say either that confirmation 1 agrees')
  expect((await run(2, ...answer, 'F-1')).err).toContain('DOCUMENT=AMOUNT')
  expect((await run(2, ...answer, '--total', '1.005')).err).toContain('--total')
  expect(await cartera(...answer, 'F-1=70', 'X-9=12.50', '--reason', 'rebate')).toBe(
    'confirmation 1: Laura Peña has F-1 MX$70.00 instead of MX$100.00, X-9 MX$12.50 instead of MX$0.00; dispute 1\n',
  )
  const shown = await cartera('confirmation', 'show', '1')
  expect(shown).toMatch(/MXN +2 +MX\$0\.00 +MX\$200\.00 +MX\$182\.50 +-MX\$17\.50\n/)
  expect(shown).toMatch(/F-1 +MX\$100\.00 +MX\$70\.00 +MX\$30\.00\n/)
  expect(shown).toMatch(/X-9 \(only theirs\) +MX\$0\.00 +MX\$12\.50\n/)
  expect(await cartera('confirmation', 'show', '1', '--lang', 'es-MX')).toMatch(/Estado +con diferencias/)
  expect(JSON.parse(await cartera('confirmation', 'show', '1', '--json'))).toMatchObject({
    state: 'differs',
    answeredBy: 'Laura Peña',
    dispute: { id: 1 },
  })
  expect(await cartera('worklist', '--analyst', 'ana')).toContain('review: confirmation 1 of the balance')
  expect((await run(4, 'confirmation', 'show', '9')).err).toContain('There is no confirmation "9"')
})
