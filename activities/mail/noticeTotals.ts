import {
  type Breakdown,
  breakDown,
  type Language,
  type Notice,
  type NoticeItem,
  type NoticeSection,
} from '../../domain/notice.ts'
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

/** From what is open to what is asked for. */
const deductions = (part: Breakdown, labels: Labels): Line[] => [
  [labels.lessCredits, -part.creditMinor],
  [labels.lessUnapplied, -part.cashMinor],
  [labels.lessDisputed, -part.disputedMinor],
  [labels.lessWaiting, -part.waitingMinor],
]

/** The arithmetic of a section: each strong line is what the lines above it add up to; interest stands beside it. */
export function totalsOf(section: NoticeSection, notice: Notice, labels: Labels): TotalRow[] {
  const items = allItemsOf(section)
  const all = breakDown(items)
  const overdue = breakDown(items.filter((item) => item.daysLate > 0))
  const toPay = (first: string, part: Breakdown, last: string): Line[] => {
    const less = deductions(part, labels).filter(([, minor]) => minor !== 0n)
    return less.length === 0 && first === labels.dueSoon
      ? [[first, part.openMinor, 'strong']]
      : [[first, part.openMinor], ...less, [last, part.payableMinor, 'strong']]
  }
  const reminder = (): Line[] =>
    overdue.openMinor > 0n
      ? [
          ...toPay(labels.overdue, overdue, labels.toPay),
          [labels.dueSoon, all.payableMinor - overdue.payableMinor],
        ]
      : toPay(labels.dueSoon, all, labels.toPay)
  const statement = (): Line[] => [
    [labels.totalOpen, all.openMinor],
    [labels.lessCredits, -all.creditMinor],
    [labels.lessUnapplied, -all.cashMinor],
    [labels.balance, all.openMinor - all.creditMinor - all.cashMinor, 'strong'],
    ...(overdue.openMinor > 0n ? toPay(labels.overdueDocuments, overdue, labels.toPayNow) : []),
  ]
  const creditMinor = section.credits.reduce((sum, credit) => sum + credit.usedMinor, 0n)
  const cashMinor = notice.confirmation?.cash.find((c) => c.currency === section.currency)?.minor ?? 0n
  const confirmation = (): Line[] => [
    [labels.totalOpen, all.openMinor],
    [labels.lessCredits, -creditMinor],
    [labels.lessUnapplied, -cashMinor],
    [labels.balance, all.openMinor - creditMinor - cashMinor, 'strong'],
  ]
  const lines = {
    statement,
    reminder,
    promise_reminder: reminder,
    promise_confirmation: reminder,
    confirmation,
    demand: reminder,
  }[notice.template]()
  return rowsOf([...lines, [labels.interest, section.interestMinor ?? 0n]], section.currency, notice.language)
}

/** The section's whole list; throws when it was cut and the rest is nowhere. */
export function allItemsOf(section: NoticeSection): NoticeItem[] {
  if (section.notListed.count > 0 && !section.allItems) {
    throw new Error(
      `${section.notListed.count} items in ${section.currency} aren't listed and allItems is missing`,
    )
  }
  return section.allItems ?? section.items
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
