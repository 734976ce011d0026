import { expect, test } from 'vitest'
import { makeCalendar } from '../../domain/calendar.ts'
import { dueAfterAcceptance, isReviewDays, nextReviewDay, plainReviewDays } from '../../domain/reviewDays.ts'

const mx = makeCalendar({
  id: 'mx',
  country: 'MX',
  types: ['public', 'bank'],
  weekend: [6, 7],
  overrides: [],
})

test.each([
  ['', true],
  ['mon', true],
  ['mon,thu', true],
  ['1mon,3mon', true],
  ['6mon', false],
  ['monday', false],
  ['mon,', false],
  ['lun', false],
])('"%s" names review days: %s', (text, is) => expect(isReviewDays(text)).toBe(is))

test('what is typed is kept plainly', () => expect(plainReviewDays(' Mon, 3THU ')).toBe('mon,3thu'))

// 2026: 11-16 and 11-02 are holidays, Mondays; 12-25 is a Friday.
test.each([
  ['tue,thu', '2026-11-25', '2026-11-26', 'the next of the week'],
  ['tue,thu', '2026-11-26', '2026-11-26', 'the day itself'],
  ['mon', '2026-11-10', '2026-11-17', 'a holiday is held on the next working day'],
  ['mon', '2026-11-17', '2026-11-17', 'also asked on the day it was put off to'],
  ['fri', '2026-12-20', '2026-12-28', 'over a holiday before a weekend'],
  ['1mon,3mon', '2026-11-04', '2026-11-17', 'the third Monday, a holiday'],
  ['1mon,3mon', '2026-11-18', '2026-12-07', 'the first of the next month'],
  ['5thu', '2026-11-25', '2026-12-31', 'a fifth one, in a month that has it'],
  ['', '2026-11-14', '2026-11-17', 'any working day'],
])('%s asked on %s: %s, %s', (days, from, expected) => expect(nextReviewDay(days, from, mx)).toBe(expected))

test('the term runs from acceptance and ends on a working day', () => {
  expect(dueAfterAcceptance('2026-10-17', 30, mx, true)).toBe('2026-11-17')
  expect(dueAfterAcceptance('2026-10-17', 30, mx, false)).toBe('2026-11-16')
  expect(dueAfterAcceptance('2026-10-18', 30, mx, true)).toBe('2026-11-17')
})
