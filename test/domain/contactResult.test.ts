import { expect, test } from 'vitest'
import { contactResultsSchema, effectOf } from '../../domain/contactResult.ts'
import { testPolicy } from '../setup/ledger.ts'

const rule = (result: string) => testPolicy().contact_results.find((r) => r.result === result)!

test('who was reached closes the task', () => {
  expect(effectOf(rule('promised'), 'call', 1)).toEqual({
    closes: true,
    returnsAfter: null,
    makes: null,
    takesOver: false,
  })
})

test('nobody answered: it comes back on the next working day, and the third time a visit takes its place', () => {
  expect(effectOf(rule('no_answer'), 'call', 1)).toMatchObject({
    closes: false,
    returnsAfter: 1,
    makes: null,
  })
  expect(effectOf(rule('no_answer'), 'call', 2)).toMatchObject({
    closes: false,
    returnsAfter: 1,
    makes: null,
  })
  expect(effectOf(rule('no_answer'), 'call', 3)).toEqual({
    closes: false,
    returnsAfter: null,
    makes: 'visit',
    takesOver: true,
  })
})

test('a visit where nobody was met comes back itself', () => {
  expect(effectOf(rule('no_answer'), 'visit', 3)).toMatchObject({ returnsAfter: 1, makes: null })
})

test('what is made beside a task that stays is made once', () => {
  expect(effectOf(rule('wrong_number'), 'call', 1)).toMatchObject({ returnsAfter: 1, makes: 'fix_contact' })
  expect(effectOf(rule('wrong_number'), 'call', 2)).toMatchObject({ returnsAfter: 1, makes: null })
})

test('a conversation that no task asked for can still make one', () => {
  expect(effectOf(rule('wrong_number'), null, 1)).toMatchObject({ returnsAfter: null, makes: 'fix_contact' })
  expect(effectOf(rule('no_answer'), null, 1)).toMatchObject({ returnsAfter: null, makes: null })
})

test('a list of results says what is wrong with it', () => {
  const complaints = (results: unknown[]) =>
    contactResultsSchema.safeParse(results).error?.issues.map((i) => `${i.path.join('.')} ${i.message}`)
  expect(complaints([{ result: 'gatekeeper' }])).toEqual([
    '0.words must be given in es-MX and en: the program has no words for "gatekeeper"',
  ])
  expect(complaints([{ result: 'reached' }, { result: 'reached' }])).toEqual([
    '1.result must differ from the results before it',
  ])
  expect(complaints([{ result: 'no_answer', reached: false }])).toEqual([
    '0.task must be "returns" when nobody was reached: the step would count as done',
  ])
  expect(
    complaints([{ result: 'gatekeeper', words: { 'es-MX': 'atendió recepción', en: 'reception answered' } }]),
  ).toBeUndefined()
})
