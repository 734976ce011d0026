import type { CanvasElement, Content } from 'pdfmake/interfaces.js'
import type { Look } from '../../domain/look.ts'
import type { Statement, StatementSection, StatementTotals } from '../../domain/statement.ts'
import { formatAmount } from '../mail/noticeFormat.ts'
import { wordsOf } from '../mail/words.ts'
import { widthOf } from './pdf.ts'
import { bucketName } from './statementRemarks.ts'

const BAR_HEIGHT = 9
/** What is there is seen, however small its share. */
const LEAST_WIDTH = 2

/** What is open by age: a bar, and under it each age with its amount and share. */
export function agingPicture(
  section: StatementSection,
  { aging, openMinor }: StatementTotals,
  { language }: Statement,
  look: Look,
): Content[] {
  if (openMinor <= 0n) return []
  const { labels } = wordsOf(language)
  const { colours } = look
  const colourOf = (at: number): string => look.aging[at] ?? colours.rule
  const widths = barWidths(
    aging.map(({ minor }) => minor),
    widthOf(look),
  )
  let x = 0
  const bar = widths.flatMap((w, at): CanvasElement[] => {
    const from = x
    x += w
    return w === 0 ? [] : [{ type: 'rect', x: from, y: 0, w, h: BAR_HEIGHT, color: colourOf(at) }]
  })
  const cells = aging.map(({ bucket, minor }, at) => ({
    stack: [
      {
        columns: [
          {
            width: 9,
            canvas: [{ type: 'rect' as const, x: 0, y: 2.5, w: 6, h: 6, color: colourOf(at) }],
          },
          { text: bucketName(bucket, language), color: colours.faint, fontSize: 7.5 },
        ],
      },
      { text: formatAmount(minor, section.currency, language), fontSize: 8.5 },
      { text: share(minor, openMinor, language), color: colours.faint, fontSize: 7.5 },
    ],
  }))
  return [
    { text: labels.aging, bold: true, margin: [0, 2, 0, 4] },
    { canvas: bar, margin: [0, 0, 0, 4] },
    {
      margin: [0, 0, 0, 10],
      table: { widths: cells.map(() => '*'), body: [cells] },
      layout: { hLineWidth: () => 0, vLineWidth: () => 0, paddingLeft: () => 0, paddingRight: () => 4 },
    },
  ]
}

/** Of a bar so wide, the part of each amount; together they are the bar. */
export function barWidths(minors: readonly bigint[], width: number): number[] {
  const total = minors.reduce((sum, minor) => sum + minor, 0n)
  const raw = minors.map((minor) =>
    minor <= 0n ? 0 : Math.max(LEAST_WIDTH, (Number((minor * 100_000n) / total) / 100_000) * width),
  )
  const scale = width / raw.reduce((sum, w) => sum + w, 0)
  return raw.map((w) => w * scale)
}

const share = (minor: bigint, total: bigint, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(
    Number((minor * 100_000n) / total) / 100_000,
  )
