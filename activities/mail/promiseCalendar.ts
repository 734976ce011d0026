import { createEvents } from 'ics'
import { addDays, type LocalDate } from '../../domain/calendar.ts'
import type { Notice } from '../../domain/notice.ts'
import { fileName, formatDay, formatWithCode, singleLine } from './noticeFormat.ts'
import type { RenderedAttachment } from './render.ts'
import { phrase, wordsOf } from './words.ts'

/**
 * The days of promised payments as a calendar file (RFC 5545). An instalment keeps its UID, so that opening the file
 * twice makes no second entry.
 */
export function promiseCalendar(notice: Notice): RenderedAttachment {
  const { promise, promiseMade } = wordsOf(notice.language)
  const company = { name: singleLine(notice.company.name) }
  const customer = { code: singleLine(notice.customer.code) }
  const { error, value } = createEvents(
    (notice.promised ?? []).map(({ id, dueOn, currency, minor }) => {
      const amount = formatWithCode(minor, currency, notice.language).replaceAll('\u00a0', ' ')
      const title = phrase(promiseMade.event, { company, amount })
      return {
        uid: `promise-${id}@${notice.company.replyTo.split('@')[1]}`,
        productId: 'Cartera',
        // All day: the end is the day after. Not a duration, which the library would write as "P1DT".
        start: partsOf(dueOn),
        end: partsOf(addDays(dueOn, 1)),
        title,
        description: notice.sections
          .flatMap((section) => section.allItems ?? section.items)
          .map((item) => singleLine(item.document))
          .join(', '),
        // They are free that day: it only has to be remembered.
        transp: 'TRANSPARENT' as const,
        busyStatus: 'FREE' as const,
        alarms: [
          { action: 'display' as const, description: promise.title, trigger: { hours: 15, before: true } },
        ],
      }
    }),
  )
  if (error || !value) throw error ?? new Error('a calendar without events')
  const said = phrase(promiseMade.filename, { customer, date: formatDay(notice.today, notice.language) })
  return {
    filename: fileName(said, 'ics'),
    contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
    content: value,
  }
}

const partsOf = (day: LocalDate): [number, number, number] =>
  day.split('-').map(Number) as [number, number, number]
