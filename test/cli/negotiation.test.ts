import { expect, onTestFinished, test } from 'vitest'
import { freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

const inDays = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

test('an offer is simulated, made, countered and agreed to in one command each', {
  timeout: 240_000,
}, async () => {
  const ledger = await freshLedger([
    testPolicy({ approvals: { matrix: [{ kinds: ['negotiation'], levels: [] }] } }),
  ])
  const stack = await startStack(ledger)
  onTestFinished(() => stack.stop())
  await loadItems(
    ledger.database,
    ['F-1', 'F-2'].map((document) => ({ document, due: inDays(-40), amount: 1000 })),
    Date.now(),
  )
  const cartera = async (...args: string[]) => {
    const { code, out, err } = await stack.cartera(...args)
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' })
    return out
  }
  const refused = async (code: number, said: RegExp, ...args: string[]) => {
    const ended = await stack.cartera(...args)
    expect({ args, code: ended.code }).toEqual({ args, code })
    expect(ended.err).toMatch(said)
  }
  const pay = ['--pay', `${inDays(10)}=500`, '--pay', `${inDays(40)}=1500`]
  const before = await cartera('negotiation', 'simulate', 'F-1', 'F-2', ...pay)
  expect(before).toMatch(/Claim +MX\$2,000\.00 +MX\$2,000\.00/)
  expect(before).toMatch(/Cost of time at 18 % a year +MX\$\d\d\.\d0 +MX\$\d\d\.\d0/)
  const simulated = JSON.parse(await cartera('negotiation', 'simulate', 'F-1', 'F-2', ...pay, '--json'))
  expect(simulated).toMatchObject({
    customer: 'C-1',
    open: '0.00',
    cost: { ratePercent: '18' },
    beyondPolicy: [],
  })
  expect(await cartera('negotiation', 'list')).toContain('Nothing')

  await refused(2, /--pay, --extend/, 'negotiation', 'propose', 'F-1', '--person', 'Laura')
  await refused(
    2,
    /--discount/,
    'negotiation',
    'propose',
    'F-1',
    '--person',
    'L',
    '--discount',
    '120%',
    '--paid-by',
    inDays(5),
  )
  await refused(2, /--guarantee/, 'negotiation', 'propose', 'F-1', '--person', 'L', '--guarantee', 'car=100')
  await refused(
    3,
    /discount of MX\$50\.00/,
    'negotiation',
    'propose',
    'F-1',
    '--person',
    'L',
    '--discount',
    '8%',
    '--paid-by',
    inDays(5),
  )
  await refused(4, /negotiation "9"/, 'negotiation', 'show', '9')

  expect(await cartera('negotiation', 'propose', 'F-1', 'F-2', ...pay, '--person', 'Laura Peña')).toContain(
    'negotiation 1: offered to Laura Peña: MX$2,000.00 of F-1, F-2; pays MX$500.00',
  )
  expect(
    await cartera(
      'negotiation',
      'counter',
      '1',
      '--by',
      'customer',
      '--due',
      `F-1=${inDays(30)}`,
      '--guarantee',
      'pagare=1500',
      '--coverage',
      'signed by their owner',
      '--person',
      'Laura Peña',
      '--notes',
      'and no instalments',
    ),
  ).toMatch(/Laura Peña offers: .* new due date of F-1 .*pagaré of MX\$1,500\.00 \(signed by their owner\)/)
  expect(await cartera('negotiation', 'simulate', '--of', '1')).toMatch(/F-1 +MX\$1,000\.00/)
  expect(await cartera('negotiation', 'list', '--customer', 'C-1')).toMatch(
    /1 +C-1 +the customer offers +2 +MX\$2,000\.00 +2/,
  )
  expect(
    await cartera('negotiation', 'submit', '1', '--person', 'Laura Peña', '--why', 'their owner signs'),
  ).toContain('negotiation 1 agreed with Laura Peña: new due date of F-1')
  const shown = await cartera('negotiation', 'show', '1', '--lang', 'es-MX')
  expect(shown).toMatch(/Estado +acordada/)
  expect(shown).toMatch(/pagaré por \$1,500\.00/)
  await refused(3, /agreed/, 'negotiation', 'withdraw', '1', '--why', 'too late')
})
