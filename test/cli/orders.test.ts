import { expect, onTestFinished, test } from 'vitest'
import { grantLine } from '../ledger/orders/orders.ts'
import { anyHour, freshLedger, testPolicy } from '../setup/ledger.ts'
import { loadItems } from '../setup/portfolio.ts'
import { startStack } from '../setup/stack.ts'

const inDays = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

test('a service agent asks, holds, releases and looks at orders, standing, groups and rates', {
  timeout: 300_000,
}, async () => {
  const ledger = await freshLedger([
    testPolicy({
      ...anyHour,
      orders: { rules: [{ rule: 'limit' }] },
      approvals: { matrix: [{ kinds: ['order_release'], levels: [] }] },
    }),
  ])
  const stack = await startStack(ledger)
  onTestFinished(() => stack.stop())
  await loadItems(
    ledger.database,
    [
      { document: 'F-1', due: inDays(20), amount: 400 },
      { document: 'F-2', customer: 'C-2', due: inDays(20), amount: 100 },
    ],
    Date.now(),
  )
  await grantLine(ledger.database, 'C-1', 1_000)
  const cartera = async (...args: string[]) => {
    const { code, out, err } = await stack.cartera(...args)
    expect({ args, code, err }).toEqual({ args, code: 0, err: '' })
    return out.trimEnd()
  }
  const order = ['--customer', 'C-1', '--amount']

  expect(await cartera('order', 'check', 'SO-1', ...order, '600')).toBe('order SO-1 of MX$600.00 released')
  expect(await cartera('order', 'check', 'SO-2', ...order, '50', '--lang', 'es-MX')).toBe(
    'pedido SO-2 de $50.00 retenido: el límite de $1,000.00 no alcanza: $1,000.00 usados, $50.00 pedidos',
  )
  expect(
    await cartera(
      'order',
      'release',
      'SO-2',
      '--if-paid',
      '50',
      '--by',
      `${inDays(1)}T17:00-06:00`,
      '--why',
      'x',
    ),
  ).toMatch(/^order SO-2 of MX\$50\.00 released if MX\$50\.00 is paid by .* 17:00, in spite of: the limit of/)
  expect(JSON.parse(await cartera('order', 'show', 'SO-2', '--json'))).toMatchObject({
    state: 'conditionally_released',
    reserved: '50.00',
    conditionAmount: '50.00',
  })
  expect(await cartera('order', 'show', 'SO-1')).toMatch(/state\s+released/)
  expect(await cartera('order', 'hold', 'SO-1', '--why', 'the address')).toBe(
    'order SO-1 of MX$600.00 held: held by ana',
  )
  expect(await cartera('order', 'list', '--state', 'held')).toContain('SO-1')
  expect(await cartera('order', 'release', 'SO-1', '--why', 'mended')).toMatch(
    /^order SO-1 of MX\$600\.00 released in spite of: the limit/,
  )
  expect(await cartera('order', 'change', 'SO-1', '--amount', '100', '--why', 'less')).toContain(
    'MX$100.00 released',
  )
  expect(await cartera('order', 'ship', 'SO-1')).toContain('released (the goods are out)')
  const refused = await stack.cartera('order', 'reject', 'SO-1', '--why', 'x')
  expect(refused).toMatchObject({ code: 3, err: expect.stringContaining('The goods of order SO-1 are out') })
  expect((await stack.cartera('order', 'show', 'SO-9')).code).toBe(4)

  expect(JSON.parse(await cartera('customer', 'standing', 'C-1', '--json'))).toMatchObject({
    standing: 'ok',
    owed: '400.00',
    reserved: '150.00',
    exposure: '550.00',
    limit: '1000.00',
    available: '450.00',
  })
  expect(await cartera('customer', 'standing', 'C-2')).toMatch(/limit\s+no limit/)
  expect(await cartera('customer', 'standing', 'C-1', '--set', 'stop', '--why', 'bankruptcy')).toBe(
    'standing of C-1: stop',
  )
  expect(
    await cartera('group', 'join', 'C-2', '--head', 'C-1', '--own-limit', '200', '--why', 'one owner'),
  ).toBe('C-2 joins the group of C-1, with a limit of its own of MX$200.00')
  expect(await cartera('group', 'show', 'C-1')).toContain('C-2')
  expect(await cartera('group', 'leave', 'C-2', '--why', 'sold')).toBe('C-2 leaves the group of C-1')
  expect(
    await cartera('rate', 'set', 'usd/mxn=18.4523', '--on', inDays(-2), '--source', 'Banxico'),
  ).toContain('USD/MXN 18.4523')
  expect(await cartera('rate', 'list')).toContain('18.4523')
  expect((await stack.cartera('rate', 'set', 'USD=1', '--on', inDays(-2), '--source', 'x')).code).toBe(2)
})
