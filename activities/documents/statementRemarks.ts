import type { Language } from '../../domain/notice.ts'
import type { StatementItem } from '../../domain/statement.ts'
import { formatAmount, formatDay } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'

/** What is to be known of an item beside its numbers. */
export function remarksOn(item: StatementItem, currency: string, language: Language): string[] {
  const { remarks, document } = wordsOf(language)
  const money = (minor: bigint) => formatAmount(minor, currency, language)
  return [
    item.unpresented && document.awaitsPresentation,
    item.promisedOn && phrase(remarks.promised, { on: formatDay(item.promisedOn, language).short }),
    item.announced && phrase(remarks.announced, {}),
    item.coveredMinor > 0n && phrase(remarks.covered, { covered: money(item.coveredMinor) }),
    item.disputedMinor > 0n && phrase(remarks.disputed, { disputed: money(item.disputedMinor) }),
  ].filter((remark) => typeof remark === 'string')
}

/** The name of an aging bucket. */
export function bucketName(bucket: string, language: Language): string {
  const { labels, document } = wordsOf(language)
  const names: Record<string, string> = {
    current: labels.agingCurrent,
    '1-30': labels.aging30,
    '31-60': labels.aging60,
    '61-90': labels.aging90,
    '90+': labels.agingOver90,
    unpresented: document.unpresented,
  }
  return names[bucket] ?? bucket
}

export const disputeReason = (reason: string, language: Language): string => {
  const { disputeReasons } = wordsOf(language)
  return disputeReasons[reason as keyof typeof disputeReasons] ?? disputeReasons.other
}
