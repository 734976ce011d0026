import type { Cost } from './meter.ts'
import type { Findings } from './report.ts'

/** The lifecycle's figures as bars: receivables per second, and CPU per receivable by process. */

const COLOURS = { worker: '#2f6f9f', temporal: '#c9822b', postgres: '#5b8c5a', client: '#9a9a9a' } as const
const LABELS = {
  worker: 'worker',
  temporal: 'Temporal',
  postgres: 'PostgreSQL',
  client: 'client and mail server',
} as const
const PROCESSES = ['worker', 'temporal', 'postgres', 'client'] as const

const NAMES_WIDTH = 190
const BARS_WIDTH = 420
const ROW_HEIGHT = 24
const WIDTH = NAMES_WIDTH + BARS_WIDTH + 80

const text = (x: number, y: number, said: string, more = ''): string =>
  `<text x="${x}" y="${y}"${more}>${said}</text>`
const bar = (x: number, y: number, width: number, colour: string): string =>
  `<rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.5, width).toFixed(1)}" height="16" fill="${colour}"/>`

export function picture({ pairs, byInvoice }: NonNullable<Findings['lifecycle']>): string {
  const costs: { name: string; cost: Cost; ours: boolean }[] = [
    ...pairs.flatMap(({ ours, baseline }) => [
      { name: `Cartera, ${ours.receivables.toLocaleString('en')}`, cost: ours, ours: true },
      { name: `baseline, ${baseline.receivables.toLocaleString('en')}`, cost: baseline, ours: false },
    ]),
    {
      name: `a case per invoice, ${byInvoice.receivables.toLocaleString('en')}`,
      cost: byInvoice,
      ours: true,
    },
  ]
  const fastest = Math.max(...costs.map((c) => c.cost.perSecond))
  const dearest = Math.max(...costs.map((c) => c.cost.cpuMsEach.total))
  const cpuTop = 50 + costs.length * ROW_HEIGHT + 40
  const drawn = costs.flatMap(({ name, cost, ours }, index) => {
    const y = 40 + index * ROW_HEIGHT
    const cpuY = cpuTop + index * ROW_HEIGHT
    const speed = (cost.perSecond / fastest) * BARS_WIDTH
    let x = NAMES_WIDTH
    const stacked = PROCESSES.map((process) => {
      const width = (cost.cpuMsEach[process] / dearest) * BARS_WIDTH
      const one = bar(x, cpuY, width, COLOURS[process])
      x += width
      return one
    })
    return [
      text(NAMES_WIDTH - 8, y + 13, name, ' text-anchor="end"'),
      bar(NAMES_WIDTH, y, speed, ours ? COLOURS.worker : COLOURS.client),
      text(NAMES_WIDTH + speed + 6, y + 13, String(Math.round(cost.perSecond))),
      text(NAMES_WIDTH - 8, cpuY + 13, name, ' text-anchor="end"'),
      ...stacked,
      text(x + 6, cpuY + 13, cost.cpuMsEach.total.toFixed(1)),
    ]
  })
  const legendY = cpuTop + costs.length * ROW_HEIGHT + 14
  const legend = PROCESSES.flatMap((process, index) => [
    `<rect x="${NAMES_WIDTH + index * 105}" y="${legendY}" width="10" height="10" fill="${COLOURS[process]}"/>`,
    text(NAMES_WIDTH + index * 105 + 14, legendY + 9, LABELS[process]),
  ])
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${legendY + 24}" font-family="sans-serif" font-size="12" fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
${text(NAMES_WIDTH, 24, 'Receivables per second', ' font-weight="bold"')}
${text(NAMES_WIDTH, cpuTop - 14, 'CPU per receivable, ms', ' font-weight="bold"')}
${[...drawn, ...legend].join('\n')}
</svg>
`
}
