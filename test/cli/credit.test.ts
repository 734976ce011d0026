import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { creditPolicy } from '../ledger/credit/credit.ts'
import { freshLedger } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'
import { seedTeam } from '../setup/team.ts'

const inDays = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

test('lines and guarantees are asked for, lowered and looked at in one command each', {
  timeout: 240_000,
}, async () => {
  const ledger = await freshLedger([creditPolicy({ calendar: 'every-day' })])
  const stack = await startStack(ledger)
  onTestFinished(() => stack.stop())
  await loadItems(ledger.database, [{ document: 'F-1', due: inDays(20), amount: 100 }], Date.now())
  await seedTeam(ledger.database)
  const folder = mkdtempSync(join(tmpdir(), 'cartera-paper-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const paper = join(folder, 'poliza.pdf')
  writeFileSync(paper, 'the policy')
  const cartera = async (...args: string[]) => {
    const { code, out, err } = await stack.cartera(...args)
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' })
    return out
  }

  expect(await cartera('line', 'request', 'C-1', '--amount', '50000', '--why', 'x')).toMatch(
    /^credit line 1 of MX\$50,000\.00 from .*; review on /,
  )
  expect(await cartera('line', 'request', 'C-1', '--amount', '150000', '--why', 'more')).toContain(
    'approval 1 asked for: credit line of MX$150,000.00; waits for carlos',
  )
  expect(
    await cartera(
      'line',
      'request',
      'C-1',
      '--amount',
      '5000',
      '--temporary',
      '--to',
      inDays(10),
      '--why',
      'x',
    ),
  ).toMatch(/^temporary limit 2 of MX\$5,000\.00/)
  expect(await cartera('line', 'reduce', '1', '--amount', '40000', '--why', 'late')).toContain(
    'reduced from MX$50,000.00 to MX$40,000.00',
  )
  expect(await cartera('line', 'review', '1', '--why', 'seen')).toContain('stays; next review on')
  const register = [
    ...['guarantee', 'register', 'C-1', '--kind', 'insurance', '--reference', 'P-1', '--by', 'Seguros'],
    ...['--amount', '20000', '--to', inDays(200), '--why', 'x', '--proof', paper],
  ]
  expect(await cartera(...register)).toContain('MX$20,000.00, of which MX$18,000.00 (90 %) count')
  expect((await stack.cartera(...register)).err).toContain('"P-1" is registered already, as guarantee 1.')
  expect(await cartera('guarantee', 'document', '1', '--signed', paper)).toContain('poliza.pdf')
  expect(await cartera('guarantee', 'realise', '1', '--amount', '10000', '--why', 'F-1')).toContain(
    'MX$10,000.00 called in',
  )
  expect(await cartera('guarantee', 'renew', '1', '--to', inDays(565), '--why', 'paid')).toContain('renewed')

  const shown = await cartera('line', 'show', 'C-1')
  expect(shown).toMatch(/MX\$54,000\.00 +MX\$45,000\.00 +MX\$9,000\.00/)
  expect(shown).toMatch(/by ana; because: late/)
  expect(JSON.parse(await cartera('line', 'show', 'C-1', '--on', inDays(15), '--json')).limits).toEqual([
    { currency: 'MXN', limit: '49000.00', lines: '40000.00', guarantees: '9000.00' },
  ])
  expect(await cartera('guarantee', 'show', '1')).toMatch(/Proof +.*other poliza\.pdf \(document \d+\)/)
  expect(await cartera('guarantee', 'list', '--by', inDays(300))).toContain('Nothing')
  expect(await cartera('guarantee', 'list', '--by', inDays(600))).toMatch(/P-1 +Seguros +MX\$10,000\.00 +90/)
  expect(await cartera('line', 'list', '--limit', '1')).toContain("--after '1'")
  expect(await cartera('guarantee', 'release', '1', '--why', 'over')).toContain('given back')
  expect(await cartera('line', 'close', '1', '--why', 'over')).toContain('closed on')
  expect(await stack.cartera('line', 'close', '1', '--why', 'over')).toMatchObject({ code: 3 })
  expect(await stack.cartera('erp', 'retry', '7', '--why', 'x')).toMatchObject({ code: 4 })
  expect(await cartera('erp', 'calls', '--open')).not.toBe('')
  expect(await cartera('--lang', 'es-MX', 'line', 'show', 'C-1')).toContain('límite temporal')
})
