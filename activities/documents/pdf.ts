import pdfmake from 'pdfmake'
import type { Content, TableCell, TDocumentDefinitions } from 'pdfmake/interfaces.js'
import { shippedFile } from '../../config/paths.ts'
import type { LocalDate } from '../../domain/calendar.ts'
import type { Look } from '../../domain/look.ts'

/** Documents on paper: the page, its header and foot, and the tables that they are made of. */

const NOTO = shippedFile('node_modules', '@expo-google-fonts', 'noto-sans')
const FONTS = {
  Noto: {
    normal: `${NOTO}/400Regular/NotoSans_400Regular.ttf`,
    bold: `${NOTO}/700Bold/NotoSans_700Bold.ttf`,
  },
}
pdfmake.setFonts(FONTS)
// A logo comes as data: whatever a name in a document says, no file is read for it and nobody is asked on the network.
pdfmake.setUrlAccessPolicy(() => false)
pdfmake.setLocalAccessPolicy((path) => Object.values(FONTS.Noto).includes(path))

export const MARGIN = 40
const PAGE_WIDTHS = { Letter: 612, A4: 595.28 }
/** What is left of a page between its margins, in points. */
export const widthOf = (look: Look): number => PAGE_WIDTHS[look.paper] - 2 * MARGIN

export interface Paper {
  title: string
  author: string
  language: string
  /** Equal content of the same day gives equal bytes: nothing is taken from the clock. */
  day: LocalDate
  /** On top of every page but the first. */
  running: string
  /** On the left of the foot. */
  foot: string
  page: (page: number, pages: number) => string
  content: Content[]
}

export async function makePdf(look: Look, paper: Paper): Promise<Buffer> {
  const { colours } = look
  const definition: TDocumentDefinitions = {
    pageSize: look.paper.toUpperCase() as 'LETTER' | 'A4',
    pageMargins: [MARGIN, 50, MARGIN, 54],
    language: paper.language,
    displayTitle: true,
    info: { title: paper.title, author: paper.author, creationDate: new Date(`${paper.day}T12:00:00Z`) },
    defaultStyle: { font: 'Noto', fontSize: 8.5, color: colours.text, lineHeight: 1.15 },
    header: (page) =>
      page === 1
        ? ''
        : { text: paper.running, color: colours.faint, fontSize: 7.5, margin: [MARGIN, 26, MARGIN, 0] },
    footer: (page, pages) => ({
      margin: [MARGIN, 14, MARGIN, 0],
      fontSize: 7.5,
      color: colours.faint,
      columns: [
        { text: paper.foot, width: '*' },
        { text: paper.page(page, pages), width: 'auto', alignment: 'right' },
      ],
      columnGap: 16,
    }),
    content: paper.content,
  }
  return pdfmake.createPdf(definition).getBuffer()
}

/** A list no longer than this goes to the next page as a whole. */
const SHORT_LIST = 8
const LONG_WORD = 20

/** A name without blanks, however long, must not push what is beside it off the page: it may break anywhere. */
export const breakLong = (text: string): string =>
  text.replace(/\S+/gu, (word) => (word.length > LONG_WORD ? [...word].join('\u200b') : word))

export interface PdfColumn {
  title: string
  width: number | 'auto' | '*'
  right?: boolean
}

export type PdfCell = string | { text: string; color?: string; bold?: boolean }

/**
 * Rows under a title and a head that every page repeats, so that neither stands alone at the foot of one; the last row
 * stands out when it is a total.
 */
export function pdfTable(
  look: Look,
  title: string,
  columns: readonly PdfColumn[],
  rows: readonly (readonly PdfCell[])[],
  options: { total?: boolean } = {},
): Content {
  const { colours } = look
  const HEADS = 2
  const last = rows.length + HEADS - 1
  const isTotal = (row: number) => options.total === true && row === last
  const body: TableCell[][] = [
    columns.map(
      (_, at): TableCell =>
        at === 0
          ? { text: title, bold: true, fontSize: 8.5, colSpan: columns.length, margin: [-4, 0, 0, 1] }
          : '',
    ),
    columns.map((column) => ({ text: column.title, bold: true, color: '#ffffff', ...aligned(column) })),
    ...rows.map((row, index) =>
      columns.map((column, at) => {
        const cell = row[at] ?? ''
        return {
          ...(typeof cell === 'string' ? { text: breakLong(cell) } : { ...cell, text: breakLong(cell.text) }),
          ...aligned(column),
          ...(isTotal(index + HEADS) ? { bold: true } : {}),
        }
      }),
    ),
  ]
  return {
    fontSize: 8,
    margin: [0, 0, 0, 10],
    unbreakable: rows.length <= SHORT_LIST,
    table: {
      headerRows: HEADS,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: columns.map((column) => column.width),
      body,
    },
    layout: {
      hLineWidth: (line) => (line <= HEADS ? 0 : isTotal(line) ? 0.8 : 0.4),
      vLineWidth: () => 0,
      hLineColor: (line) => (isTotal(line) ? colours.text : colours.rule),
      fillColor: (row) => (row === 1 ? colours.accent : isTotal(row) ? colours.tint : null),
      paddingTop: () => 2.5,
      paddingBottom: () => 2.5,
      paddingLeft: () => 4,
      paddingRight: () => 4,
    },
  }
}

const aligned = (column: PdfColumn) => (column.right === true ? ({ alignment: 'right' } as const) : {})
