import type { Language, Notice, NoticeItem, NoticeSection } from '../../domain/notice.ts'
import { formatAmount, formatWithCode } from './noticeFormat.ts'
import type { Words } from './words.ts'

export interface TotalRow {
  label: string
  amount: string
  /** The line that a hurried reader must see. */
  strong: boolean
}

type Labels = Words['labels']
type Line = [label: string, minor: bigint, strong?: 'strong']

/** Lines that are zero say nothing and are left out; the strong ones stay, they are the answer. */
const rowsOf = (lines: Line[], currency: string, language: Language): TotalRow[] =>
  lines
    .filter(([, minor, strong]) => minor !== 0n || strong)
    .map(([label, minor, strong]) => ({
      label,
      amount: formatWithCode(minor, currency, language),
      strong: strong !== undefined,
    }))

const creditsMinor = (section: NoticeSection): bigint =>
  section.credits.reduce((sum, credit) => sum + credit.openMinor, 0n)

/** The arithmetic of a section, from what is open to what is asked for. */
export function totalsOf(
  section: NoticeSection,
  dueSoonMinor: bigint,
  notice: Notice,
  labels: Labels,
): TotalRow[] {
  const credits = creditsMinor(section)
  const unapplied = section.unappliedMinor
  const deductions: Line[] = [
    [labels.lessCredits, -credits],
    [labels.lessUnapplied, -unapplied],
  ]
  const reminder: Line[] =
    section.overdueMinor > 0n
      ? [
          [labels.overdue, section.overdueMinor],
          ...deductions,
          [labels.lessDisputed, -section.disputedMinor],
          [labels.toPay, section.payableMinor, 'strong'],
          [labels.dueSoon, dueSoonMinor],
        ]
      : [[labels.dueSoon, dueSoonMinor, 'strong'], ...deductions, [labels.disputed, section.disputedMinor]]
  const overdue: Line[] =
    section.overdueMinor > 0n
      ? [
          [labels.overdueDocuments, section.overdueMinor],
          [labels.disputed, section.disputedMinor],
          [labels.toPayNow, section.payableMinor, 'strong'],
        ]
      : [[labels.disputed, section.disputedMinor]]
  const statement: Line[] = [
    [labels.totalOpen, section.openMinor],
    ...deductions,
    [labels.balance, section.openMinor - credits - unapplied, 'strong'],
    ...overdue,
  ]
  const lines = notice.template === 'statement' ? statement : reminder
  return rowsOf(lines, section.currency, notice.language)
}

/** Open amounts by days after the due date; credits and unapplied cash aren't aged here. */
export function agingRow(
  section: NoticeSection,
  items: NoticeItem[],
  language: Language,
  labels: Labels,
): { label: string; amount: string }[] {
  const buckets: [label: string, from: number, to: number][] = [
    [labels.agingCurrent, Number.NEGATIVE_INFINITY, 0],
    [labels.aging30, 1, 30],
    [labels.aging60, 31, 60],
    [labels.aging90, 61, 90],
    [labels.agingOver90, 91, Number.POSITIVE_INFINITY],
    [labels.agingTotal, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  ]
  if (items.length === 0) return []
  return buckets.map(([label, from, to]) => ({
    label,
    amount: formatAmount(
      items.reduce(
        (sum, item) => (item.daysLate >= from && item.daysLate <= to ? sum + item.openMinor : sum),
        0n,
      ),
      section.currency,
      language,
    ),
  }))
}
