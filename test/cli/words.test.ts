import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answerLines } from '../../client/words/answers.ts'
import { en } from '../../client/words/en.ts'
import { esMX } from '../../client/words/es-MX.ts'
import { createSpeech } from '../../client/words/speech.ts'
import {
  tellEffect,
  tellEvent,
  tellReason,
  tellRefusal,
  tellSubject,
  tellWhy,
} from '../../client/words/tell.ts'
import { EVENTS, TASK_EVENTS } from '../../client/words/words.ts'
import { shippedFile } from '../../config/paths.ts'
import { EFFECTS } from '../../domain/approval.ts'
import { Refusal, type RefusalName, type Refusals } from '../../domain/refusal.ts'
import { ENDS_SNOOZE } from '../../domain/worklist.ts'
import { TASK_KINDS } from '../../ledger/tasks.ts'

const inEnglish = createSpeech('en')
const inSpanish = createSpeech('es-MX')

const examples: { [N in RefusalName]: Refusals[N] } = {
  AlreadyPlaced: { document: 'F-1', placement: 3 },
  NothingToPlace: { customer: 'C-1' },
  NotPlaceable: { what: 'NC-1', because: 'credit' },
  SpeaksForOther: { person: 'pablo', agency: 'norte' },
  OwnPeopleOnly: { person: 'pablo' },
  RemitsTooMuch: { held: '10.00', owed: '1.00', given: '12.00' },
  ClockRuns: { document: 'F-1', clock: 2 },
  NoTerm: { instrument: 'pagare', known: ['invoice'] },
  KeyConflict: { key: 'k-1', command: 'recordPromise' },
  NotFound: { what: 'receivable', id: 'F-1' },
  ConfirmationExists: { case: 'C-1', confirmation: 7 },
  AnswerUnclear: { confirmation: 7 },
  CaseMoved: { to: 'C-1:site:Nave 7' },
  InvalidAmount: { value: 'x', currency: 'MXN' },
  InvalidDate: { field: 'valueOn', value: '2026-11-30', must: 'not be after 2026-11-25' },
  WrongCurrency: { document: 'F-1', expected: 'MXN', given: 'USD' },
  WrongCustomer: { document: 'F-1', customer: 'C-2' },
  AlreadyClosed: { document: 'F-1', closedAs: 'paid' },
  OverApplied: { document: 'F-1', open: '100.00', given: '120.00' },
  NotEnoughUnapplied: { available: '10.00', given: '1200.00' },
  AlreadyReversed: { receipt: 'R-1' },
  DuplicateReceipt: { receipt: 'R-1', trackingKey: 'T-9' },
  DuplicateDocument: { document: 'F-1' },
  BooksClosed: { through: '2026-10-31' },
  PromiseExists: { document: 'F-1', promise: 7 },
  PromiseTooFar: { latest: '2026-12-25' },
  PromiseExceedsOpen: { open: '100.00', given: '101.00' },
  TooManyBroken: { broken: 3, allowed: 2 },
  NotOpen: { what: 'promise', id: '7', state: 'partially_kept' },
  DisputeExceedsOpen: { document: 'F-1', open: '1.00', given: '2.00' },
  NoInterest: { customer: 'C-1', open: '1.00', minimum: '50.00' },
  UnknownCode: { list: 'reason', code: 'weather', known: ['quantity', 'other'] },
  SplitsAll: { dispute: 3 },
  RebillsOne: { documents: ['F-1', 'F-2'] },
  EndsWithDispute: { task: '5', dispute: '3' },
  PresentationNotNeeded: { customer: 'C-1' },
  PresentationBlocked: { document: 'F-1', dispute: 3 },
  AlreadyPresented: { document: 'F-1', on: '2026-11-25' },
  PauseOverlaps: { from: '2026-11-01', to: '2026-11-30' },
  PauseNotActive: { id: '4' },
  LoggedByContact: { task: '5', kind: 'call' },
  SameActor: { actor: 'ana' },
  HasApplications: { document: 'F-1' },
  UnknownResult: { result: 'maybe', known: 'reached, promised' },
  AbsenceOverlaps: { person: 'ana', from: '2026-11-01', to: '2026-11-30' },
  StandInNeeded: { person: 'ana' },
  ProvisionalExceedsOpen: { open: '100.00', given: '101.00' },
  WrongReceipt: { receipt: 'R-1', must: 'large enough', available: '10.00 MXN' },
  NotCounted: { promise: 7, state: 'kept' },
  ProvisionalOpen: { provisional: 31 },
  NegotiationExists: { document: 'F-1', negotiation: 4 },
  NothingClaimed: { document: 'F-1' },
  AwaitsPresentation: { document: 'F-1' },
  TermsExceedClaim: { part: 'discount', claim: '100.00', given: '101.00' },
  DiscountNotPaid: { payable: '90.00', given: '80.00' },
  TermsBeyondPolicy: { term: 'furthest', limit: '2026-12-25', given: '2027-01-25' },
  ApprovalExists: { approval: 17 },
  AlreadyVoted: { approval: 17, person: 'ana' },
  NotAnApprover: { approval: 17, person: 'ana', role: 'manager' },
  NotTheRequester: { approval: 17, requester: 'ana' },
  NotLower: { line: 1, currency: 'MXN', current: '100.00', given: '120.00' },
  GuaranteeExists: { guarantee: 1, reference: 'P-1' },
  CoverageTooHigh: { kind: 'pagare', most: 50, given: 60 },
  GuaranteeTooSmall: { guarantee: 1, currency: 'MXN', available: '10.00', given: '20.00' },
  OrderOver: { order: 'SO-1', state: 'rejected' },
  OrderShipped: { order: 'SO-1' },
  OrderNotHeld: { order: 'SO-1', state: 'released' },
  DeadlinePassed: { by: '2026-11-25T23:00:00.000Z', timeZone: 'America/Mexico_City' },
  OrderGrown: { order: 'SO-1', approved: '1000.00', amount: '1200.00' },
  OrderMoreAgainst: { order: 'SO-1', reasons: [{ code: 'by_hand', data: { actor: 'ana' } }] },
  NotAGroup: { customer: 'C-1', head: 'C-2', because: 'has a head' },
  InGroup: { customer: 'C-1', head: 'C-2' },
}

test('every refusal is a sentence in both languages', () => {
  for (const [name, data] of Object.entries(examples)) {
    const refusal = new Refusal(name as RefusalName, data as never)
    for (const [words, speech] of [
      [en, inEnglish],
      [esMX, inSpanish],
    ] as const) {
      const sentence = tellRefusal(words, speech, refusal)
      expect(sentence, `${name} ${words.language}`).toMatch(/^[A-ZÁÉÍÓÚ"0-9].*\.$/)
      expect(sentence, `${name} ${words.language}`).not.toMatch(/undefined|\[object|\d{4}-\d\d-\d\d/)
    }
  }
})

test('a date that is refused says in Spanish what it must be', () => {
  const refusal = new Refusal('InvalidDate', examples.InvalidDate)
  expect(tellRefusal(esMX, inSpanish, refusal)).toBe(
    'La fecha valor 30 nov 2026 no puede ser posterior al 25 nov 2026.',
  )
  expect(tellRefusal(en, inEnglish, refusal)).toBe(
    'The value date Nov 30, 2026 must not be after Nov 25, 2026.',
  )
})

const ledgerSources = readdirSync(shippedFile('ledger'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(shippedFile('ledger', name), 'utf8'))
  .join('\n')

test('every date that the ledger refuses has a name, and in Spanish what it must be', () => {
  const refusals = [...ledgerSources.matchAll(/'InvalidDate', \{([\s\S]*?)\}\)/g)].map((m) => m[1]!)
  const named = refusals.flatMap((text) => [...text.matchAll(/field: '(\w+)'/g)].map((m) => m[1]!))
  expect(named).toEqual(expect.arrayContaining(['on', 'through', 'incurredOn', 'paidOn']))
  const musts = refusals.flatMap((text) =>
    [...text.matchAll(/`((?:not )?be [^`]*)`/g)].map((m) => m[1]!.replaceAll(/\$\{[^}]*\}/g, '2026-11-25')),
  )
  expect(musts).toContain('be from 2026-11-25 to 2026-11-25')
  for (const field of named)
    for (const must of musts) {
      const refusal = new Refusal('InvalidDate', { field, value: '2026-11-30', must })
      expect(tellRefusal(esMX, inSpanish, refusal)).not.toMatch(/^[a-z]|no se acepta/)
      expect(tellRefusal(en, inEnglish, refusal)).not.toMatch(/^[a-z]/)
    }
})

test('a yes that came too late says why', () => {
  const result = {
    approval: 7,
    kind: 'pause',
    agrees: true,
    state: 'stale',
    role: 'supervisor',
    by: 'sofía',
    why: 'more debt',
  }
  for (const [words, speech] of [
    [en, inEnglish],
    [esMX, inSpanish],
  ] as const)
    expect(answerLines(words, speech, 'decideApproval', { result }).at(-1)).toContain(
      `: ${tellWhy(words, 'more debt')}`,
    )
})

const tables = [
  'things',
  'taskKinds',
  'taskSubjects',
  'reasons',
  'skips',
  'stages',
  'closedAs',
  'actions',
  'kinds',
  'callResults',
  'priorities',
  'taskStates',
  'provisionalStates',
  'proofKinds',
  'channels',
  'disputeReasons',
  'loadStates',
  'messageStates',
  'whys',
  'approvalKinds',
  'approvalStates',
  'noticeReasons',
  'roles',
  'effects',
  'events',
  'taskEvents',
  'phrases',
  'refusals',
] as const

test('both languages have the same keys, none of them empty', () => {
  for (const table of tables) {
    expect(Object.keys(esMX[table]).sort(), table).toEqual(Object.keys(en[table]).sort())
    for (const value of [...Object.values(en[table]), ...Object.values(esMX[table])])
      expect(value).not.toBe('')
  }
  expect(Object.keys(esMX.phrases.labels).sort()).toEqual(Object.keys(en.phrases.labels).sort())
})

test('every effect that an approval may carry has a sentence', () => {
  const named = [...ledgerSources.matchAll(/\bon(?:Yes|No): \[([^\]]*)\]/g)].flatMap((m) =>
    [...m[1]!.matchAll(/\bcode: '(\w+)'/g)].map((n) => n[1]!),
  )
  expect(named).toEqual(expect.arrayContaining(['write_off', 'chasing_goes_on', 'credit_note']))
  expect(named.filter((code) => !(EFFECTS as readonly string[]).includes(code))).toEqual([])
  const data = {
    documents: ['F-1', 'F-2'],
    amount: '84200.50',
    currency: 'MXN',
    covers: 'F-1',
    number: 'NC-1',
    receipt: 'R-1',
    policy: 'standard',
    version: 2,
    order: 'SO-1',
    conditionAmount: '84200.50',
    conditionCurrency: 'MXN',
    conditionBy: '2026-11-25T23:00:00.000Z',
    timeZone: 'America/Mexico_City',
    customer: 'C-1',
    kind: 'pagare',
    reference: 'P-1',
    covered: '84200.50',
    coveragePercent: '80',
    lines: [{ document: 'F-1', amount: '10.00' }],
    negotiation: 7,
    terms: {
      currency: 'MXN',
      payments: [{ dueOn: '2026-12-31', amount: '10.00' }],
      dueDates: [],
      discount: null,
      waived: null,
      guarantee: null,
    },
  }
  const more = { from: '2026-11-25', to: '2026-12-31', days: 30, action: 'demand' }
  for (const code of EFFECTS)
    for (const [words, speech] of [
      [en, inEnglish],
      [esMX, inSpanish],
    ] as const)
      expect(tellEffect(words, speech, { code, data: { ...data, ...more } })).not.toMatch(
        /undefined|\[object|\d{4}-\d\d-\d\d/,
      )
})

test('a refusal that made an approval stale is told as a refusal', () => {
  const { message } = new Refusal('HasApplications', { document: 'F-1' })
  expect(tellWhy(en, message)).toBe(
    tellRefusal(en, inEnglish, new Refusal('HasApplications', { document: 'F-1' })),
  )
})

/** Events written out: in an entry (plainly or by a choice), in SQL, or handed to a module's own `journal`. */
function namedEvents(): string[] {
  const entries = [...ledgerSources.matchAll(/\bevent:\s*((?:[^'`;]|'[^']*')*?)\bactor\b/g)].flatMap((m) =>
    [...m[1]!.matchAll(/(?:^|[?:]\s+)'([a-z ]+)'/g)].map((n) => n[1]!),
  )
  const passed = [
    ...ledgerSources.matchAll(/'event',\s*'([a-z ]+)'/g),
    ...ledgerSources.matchAll(
      /\b(?:journalCommand\(\s*sql,\s*scope|receiptEntries\(\s*asking),\s*'([a-z ]+)'/g,
    ),
  ]
  return [...new Set([...entries, ...passed.map((m) => m[1]!)])]
}

test('every event that the ledger names has a sentence', () => {
  const named = namedEvents()
  expect(named).toEqual(
    expect.arrayContaining([
      'loaded',
      'call logged',
      'announced payment lapsed',
      'promise recorded',
      'paused',
      'receipt posted',
      'notice refused',
    ]),
  )
  expect(named.filter((event) => !(EVENTS as readonly string[]).includes(event))).toEqual([])
})

test('what ends a snooze is an event that the ledger names', () => {
  const tasks = TASK_KINDS.flatMap((kind) =>
    TASK_EVENTS.map((what) => `${kind.replaceAll('_', ' ')} task ${what}`),
  )
  const known: string[] = [...EVENTS, ...tasks]
  expect(ENDS_SNOOZE.filter((event) => !known.includes(event))).toEqual([])
})

test('a task event is told by its kind, and an unknown event by its name', () => {
  const data = { task: 12, subject: 'chase', owner: 'ana', dueOn: '2026-11-25' }
  for (const kind of TASK_KINDS)
    for (const what of ['opened', 'extended', 'overtaken', 'done']) {
      const event = `${kind.replace('_', ' ')} task ${what}`
      expect(tellEvent(en, inEnglish, event, data)).not.toBe(event)
    }
  expect(tellEvent(esMX, inSpanish, 'fix contact task opened', data)).toBe(
    'tarea 12: corregir el contacto, para ana, antes del 25 nov 2026',
  )
  expect(tellEvent(en, inEnglish, 'moon landing', {})).toBe('moon landing')
})

test('subjects and reasons of the engine are told; what a person wrote stays', () => {
  expect(tellSubject(en, 'broken promise 7')).toBe('promise 7 was not kept')
  expect(tellSubject(esMX, 'refused a@b.example')).toBe('el correo a a@b.example fue rechazado')
  expect(tellSubject(esMX, 'provisional 31')).toBe('el recibo provisional 31 aún no es un pago registrado')
  expect(tellSubject(en, 'after wrong_number')).toBe('after a conversation: wrong number')
  expect(tellSubject(en, 'after gatekeeper', { words: { en: 'the porter', 'es-MX': 'el portero' } })).toBe(
    'after a conversation: the porter',
  )
  expect(tellSubject(en, 'demand')).toBe('ask for a formal demand')
  expect(tellWhy(esMX, 'nothing left to say: promised, paused')).toBe(
    'ya no hay qué decir: prometido, en pausa',
  )
  expect(tellWhy(en, 'the warehouse burnt down')).toBe('the warehouse burnt down')
  expect(tellWhy(en, 'constructor')).toBe('constructor')
  expect(tellReason(en, 'contact_gap')).toBe('some days after the last message or call')
})

test('what a command did is told with its amounts and dates', () => {
  const result = {
    promise: 3,
    documents: ['F-1'],
    currency: 'MXN',
    instalments: [{ dueOn: '2026-12-04', amount: '5000.00', countsUntil: '2026-12-08' }],
  }
  expect(answerLines(en, inEnglish, 'recordPromise', { result })).toEqual([
    'promise 3: MX$5,000.00 on Dec 04, 2026',
  ])
  expect(answerLines(esMX, inSpanish, 'recordPromise', { result })).toEqual([
    'promesa 3: $5,000.00 el 04 dic 2026',
  ])
  const receipts = [
    {
      receipt: 'R-1',
      amount: '100.00',
      currency: 'USD',
      applied: [{ document: 'F-1', amount: '60.00' }],
      unapplied: '40.00',
      exceptions: [{ document: 'F-9', refusal: 'NotFound', data: {} }],
    },
  ]
  expect(answerLines(en, inEnglish, 'post', { result: { receipts } })).toEqual([
    'receipt R-1 of $100.00: applied to F-1 ($60.00), $40.00 unapplied; could not be applied to F-9',
  ])
  expect(answerLines(en, inEnglish, 'closeTask', { result: { task: 5, state: 'done' } })).toEqual([
    'task 5 done',
  ])
})

test('what can not be read as an amount or a date is repeated', () => {
  expect(inEnglish.amount('1234.5', 'XYZ')).toBe('1,234.5 XYZ')
  expect(inEnglish.amount('9007199254740991.00', 'MXN')).toBe('9007199254740991.00 MXN')
  expect(inEnglish.amount(undefined, undefined)).toBe('')
  expect(inEnglish.date('soon')).toBe('soon')
  expect(inSpanish.number('90071992547409.91')).toBe('90,071,992,547,409.91')
})
