import { expect, test } from 'vitest'
import { agingText } from '../../client/cli/aging.ts'
import { caseText } from '../../client/cli/caseText.ts'
import { diary } from '../../client/cli/diary.ts'
import { doubledIds } from '../../client/cli/inbox.ts'
import type { Io } from '../../client/cli/io.ts'
import { planTable } from '../../client/cli/policy.ts'
import { Session } from '../../client/cli/session.ts'
import { pairs, table } from '../../client/cli/table.ts'
import { worklistText } from '../../client/cli/worklist.ts'
import { languageOf } from '../../client/words/tell.ts'
import type { AgingReport } from '../../ledger/aging.ts'
import type { CaseView, ReceivableView } from '../../ledger/show.ts'
import type { WorklistRow } from '../../ledger/worklist.ts'

const heard: string[] = []
const io: Io = {
  out: (text) => heard.push(text),
  err: () => {},
  env: {},
  isTerminal: { out: false, err: false },
  columns: null,
  user: () => 'ana',
}
const english = new Session(io, { lang: 'en' })
const spanish = new Session(io, { lang: 'es-MX' })
const lines = (text: string) => text.split('\n')

test('columns are as wide as their widest cell; numbers stand on the right', () => {
  expect(
    lines(
      table(
        [{ title: 'Doc' }, { title: 'Open', right: true }],
        [
          ['F-1', '1.00'],
          ['Ñandú-22', '1,000.00'],
        ],
      ),
    ),
  ).toEqual(['Doc           Open', '────────  ────────', 'F-1           1.00', 'Ñandú-22  1,000.00'])
})

test('the widest column that may be cut gives way to a narrow terminal, the others never', () => {
  const text = table(
    [{ title: 'Code' }, { title: 'Name', cut: true }],
    [['C-1', 'Comercializadora de Materiales Núñez']],
    24,
  )
  expect(lines(text).at(-1)).toBe('C-1   Comercializadora …')
  expect(Math.max(...lines(text).map((line) => [...line].length))).toBe(24)
})

test('a name can not write over the screen', () => {
  expect(lines(table([{ title: 'N' }], [['evil\u001b[2J\nname\u202e']])).at(-1)).toBe('evil [2J name')
  expect(
    pairs([
      ['a', 'x\u0007y'],
      ['empty', ''],
    ]),
  ).toBe('a  x y')
})

const aging: AgingReport = {
  asOf: '2026-11-25',
  currencies: [
    {
      currency: 'MXN',
      open: { count: 3, amount: '1234.50' },
      buckets: [
        { bucket: 'current', count: 1, amount: '1000.00' },
        { bucket: '1-30', count: 2, amount: '234.50' },
        { bucket: 'unpresented', count: 0, amount: '0.00' },
      ],
      credits: { count: 1, amount: '20.00' },
      unappliedCash: '5.00',
    },
  ],
}

test('the aging in both languages', () => {
  expect(lines(agingText(english, aging)).map((line) => line.trimEnd())).toEqual([
    'Date: Nov 25, 2026',
    '',
    'Currency  Age               Count       Amount',
    '────────  ────────────────  ─────  ───────────',
    'MXN       not due               1  MX$1,000.00',
    'MXN       1-30                  2    MX$234.50',
    'MXN       not accepted yet      0      MX$0.00',
    'MXN       Open                  3  MX$1,234.50',
    'MXN       Credits               1     MX$20.00',
    'MXN       Unapplied cash               MX$5.00',
  ])
  expect(agingText(spanish, aging)).toContain('MXN     por vencer              1  $1,000.00')
  expect(agingText(spanish, { asOf: '2026-11-25', currencies: [] })).toBe('Nada.')
})

test('the aging by branch has a line for each', () => {
  const text = agingText(english, {
    ...aging,
    groups: [{ group: 'Norte', name: 'Norte', currencies: aging.currencies }],
  })
  expect(lines(text).at(-1)).toMatch(/^Norte +MXN +1,000\.00 +234\.50 +0\.00 +1,234\.50 +20\.00 +5\.00$/)
})

test('the worklist has a line for each task, and the customer once', () => {
  const task = {
    id: 12,
    kind: 'call' as const,
    subject: 'chase',
    detail: {},
    case: 'C-1',
    owner: 'ana',
    dueOn: '2026-11-25',
    documents: ['F-1', 'F-2'],
    count: 7,
  }
  const row: WorklistRow = {
    customer: 'C-1',
    name: 'Materiales Núñez',
    branch: 'Norte',
    owner: 'ana',
    points: 31,
    why: [
      { reason: 'amount', points: 9, most: 30, value: 0.3 },
      { reason: 'days_late', points: 7, most: 20, value: 20 },
      { reason: 'broken_promises', points: 5, most: 15, value: 1 },
      { reason: 'resubmission', points: 3, most: 15, value: 1 },
      { reason: 'payer_risk', points: 4, most: 10, value: 12.5 },
      { reason: 'expected_effect', points: 3, most: 10, value: 0.3 },
    ],
    dueOn: '2026-11-25',
    overdue: [
      { currency: 'MXN', amount: '1000.00', askable: '600.00' },
      { currency: 'USD', amount: '5.00', askable: '5.00' },
    ],
    oldestDaysLate: 20,
    promises: { kept: 2, broken: 1 },
    habit: {
      currency: 'MXN',
      lastYear: { payments: 40, averageDaysLate: 12.5 },
      yearBefore: { payments: 1, averageDaysLate: -3 },
    },
    snooze: null,
    cases: [{ key: 'C-1', open: 9, stages: { overdue: 9 } }],
    tasks: [
      task,
      {
        ...task,
        id: 13,
        kind: 'review' as const,
        subject: 'loaded late',
        documents: ['F-1'],
        count: 1,
      },
    ],
  }
  const text = lines(worklistText(english, { rows: [row], next: 'abc' }))
  expect(text[2]).toMatch(
    /^ +31 +C-1 +Materiales Núñez +MX\$1,000\.00 \+ \$5\.00 +20 +ana +Nov 25, 2026 +12 +call: due by the policy +F-1, F-2 … \(7\)$/,
  )
  expect(text[3]).toMatch(
    /^ +Nov 25, 2026 +13 +review: loaded after its time: decide whether to hold orders or escalate +F-1$/,
  )
  expect(text[4]).toBe("More: --after 'abc'")
  expect(worklistText(spanish, { rows: [], next: null })).toBe('Nada por hacer.')

  expect(lines(worklistText(english, { rows: [row], next: null }, true)).slice(4)).toEqual([
    '',
    'C-1 Materiales Núñez: 31 points',
    '  9/30  MX$1,000.00 + $5.00 overdue',
    '  7/20  the oldest is 20 days late',
    '  5/15  1 promise not kept',
    '  3/15  to be done by Nov 25, 2026',
    '  4/10  the payer pays 12.5 days late on average (40 payments in 12 months), 3 days early in the year before (1 payment)',
    '  3/10  MX$600.00 + $5.00 can be asked for; 2 of 3 promises kept',
  ])
  expect(lines(worklistText(spanish, { rows: [row], next: null }, true)).slice(5)).toEqual([
    'C-1 Materiales Núñez: 31 puntos',
    '  9/30  $1,000.00 + USD\u00a05.00 vencidos',
    '  7/20  lo más antiguo tiene 20 días de atraso',
    '  5/15  1 promesa sin cumplir',
    '  3/15  por hacer antes del 25 nov 2026',
    '  4/10  el pagador paga 12.5 días tarde en promedio (40 pagos en 12 meses), 3 días antes el año anterior (1 pago)',
    '  3/10  se pueden pedir $600.00 + USD\u00a05.00; cumplió 2 de 3 promesas',
  ])
  const asleep = { until: '2026-12-01', why: 'their buyer is away', by: 'ana', back: null }
  const back = { event: 'promise broken', at: 0, data: { promise: 7 } }
  const last = (snooze: WorklistRow['snooze']) =>
    lines(worklistText(english, { rows: [{ ...row, snooze }], next: null })).at(-1)
  expect(last(asleep)).toMatch(/^ +snoozed until Dec 01, 2026 by ana: their buyer is away$/)
  expect(last({ ...asleep, back })).toMatch(/^ +back before Dec 01, 2026: promise 7 broken$/)
})

const receivable: ReceivableView = {
  document: 'F-1',
  kind: 'invoice',
  customer: { code: 'C-1', name: 'Materiales Núñez', timeZone: 'America/Mexico_City' },
  case: 'C-1',
  currency: 'MXN',
  original: '1000.00',
  open: '1000.00',
  disputed: '0.00',
  interest: null,
  stage: 'overdue',
  closedAs: null,
  issuedOn: '2026-10-01',
  dueOn: '2026-10-31',
  presentedOn: null,
  reviewOn: null,
  daysLate: 25,
  site: '',
  orderNumber: null,
  held: false,
  load: 'l-1',
  policy: { id: 'standard', version: 2 },
  replaces: null,
  replacedBy: null,
  suspensions: [{ kind: 'promised', until: '2026-12-08' }],
  steps: [
    { step: 'first', action: 'remind', state: 'done', on: '2026-11-03', why: null },
    { step: 'call', action: 'call', state: 'ahead', on: '2026-12-09', why: 'promised' },
  ],
  next: { step: 'call', at: Date.UTC(2026, 11, 9, 15, 0), reason: 'promised' },
  timeline: [
    {
      at: '2026-11-03T15:05:00.000Z',
      event: 'reminder sent',
      actor: 'cartera',
      why: null,
      data: { to: 'pagos@example.com', message: 3, steps: { 'F-1': 'first' } },
    },
    {
      at: '2026-11-25T01:00:00.000Z',
      event: 'promise recorded',
      actor: 'ana',
      why: 'they paid late before',
      data: {
        promise: 3,
        madeBy: 'Laura',
        currency: 'MXN',
        instalments: [{ dueOn: '2026-12-04', amount: '1000.00' }],
      },
    },
  ],
}

test('a receivable is told as a diary in the time of its customer', () => {
  const text = diary(spanish, receivable)
  expect(text).toContain('03 nov 2026, 09:05  recordatorio enviado a pagos@example.com\n')
  expect(text).toContain('automático')
  expect(text).toContain('24 nov 2026, 19:00  promesa 3 de Laura: $1,000.00 el 04 dic 2026\n')
  expect(text).toContain('por ana; motivo: they paid late before')
  expect(text).toContain('vencido; prometido (hasta 08 dic 2026)')
  expect(lines(text).slice(-2)).toEqual(['Después', '  09 dic 2026, 09:00  llamar (call) (prometido)'])
  expect(lines(diary(english, { ...receivable, closedAs: 'paid', stage: 'closed' })).at(-1)).toBe(
    '  Nothing.',
  )
})

test('a case tells what there is of it and leaves out what there is not', () => {
  const view: CaseView = {
    key: 'C-1',
    confirmations: [
      {
        id: 7,
        case: 'C-1',
        customer: { code: 'C-1', name: 'Materiales Núñez' },
        mode: 'confirmation',
        state: 'asked',
        asOf: '2026-10-31',
        askedOn: '2026-11-20',
        nextOn: '2026-11-27',
        answeredOn: null,
        answeredBy: null,
      },
    ],
    grouping: 'customer',
    site: '',
    today: '2026-11-25',
    customer: {
      code: 'C-1',
      name: 'Materiales Núñez',
      segment: '',
      branch: 'Norte',
      language: 'es-MX',
      timeZone: 'America/Mexico_City',
      analyst: 'ana',
      payer: 'C-1',
      habit: { currency: 'MXN', lastYear: { payments: 4, averageDaysLate: 3 }, yearBefore: null },
      brokenPromises: 1,
    },
    stages: { overdue: 1 },
    totals: [{ currency: 'MXN', open: '1000.00', overdue: '1000.00', count: 1 }],
    interest: [],
    nextWakeAt: null,
    behind: false,
    lastNoticeOn: null,
    lastCallOn: null,
    receivables: [],
    notListed: 0,
    credits: [],
    unappliedCash: [],
    promises: [
      {
        id: 3,
        documents: ['F-1'],
        currency: 'MXN',
        madeOn: '2026-11-24',
        madeBy: 'Laura',
        instalments: [{ no: 1, dueOn: '2026-12-04', countsUntil: '2026-12-08', amount: '1000.00' }],
        promised: '1000.00',
        paid: '0.00',
      },
    ],
    provisionals: [
      {
        number: 8,
        documents: ['F-1'],
        currency: 'MXN',
        amount: '500.00',
        issuedBy: 'ana',
        convertBy: '2026-11-27',
      },
    ],
    announcements: [],
    disputes: [],
    pauses: [],
    tasks: [],
    messages: [],
    contacts: [
      {
        site: '',
        name: 'Pagos',
        email: 'pagos@example.com',
        phone: null,
        rank: 1,
        refused: '550 no such user',
      },
    ],
  }
  const text = caseText(english, view)
  expect(text).toContain('3  Laura: MX$1,000.00 Dec 04, 2026 (counts until Dec 08, 2026); F-1')
  expect(text).toContain('Pagos, pagos@example.com, ✗ 550 no such user')
  expect(text).toContain('1 promise not kept')
  expect(text).not.toMatch(/Disputes|Pauses|Tasks|Payer/)
})

test('a policy is told by date', () => {
  const row = {
    on: '2026-12-07',
    weekday: 1,
    at: Date.UTC(2026, 11, 7, 15),
    step: 'first',
    action: 'remind' as const,
    severity: 'reminder' as const,
    channel: 'mail' as const,
    movedBecause: 'weekend',
    daysAfterDue: 3,
  }
  expect(lines(planTable(spanish, [row], 'America/Mexico_City')).at(-1)).toMatch(
    /^07 dic 2026 +lun +09:00 +\+3 +first +recordar por correo +correo +recordatorio +fin de semana$/,
  )
})

test('Message-IDs that came twice are told', () => {
  expect(doubledIds(['<a>', '<b>', '<a>', '', ''])).toEqual([{ messageId: '<a>', times: 2 }])
})

test('the language is what was set, else what the system speaks', () => {
  expect(languageOf({ CARTERA_LANGUAGE: 'en', LANG: 'es_MX.UTF-8' })).toBe('en')
  expect(languageOf({ LANG: 'es_ES.UTF-8' })).toBe('es-MX')
  expect(languageOf({ CARTERA_LANGUAGE: '', LANG: 'C.UTF-8' })).toBe('en')
  expect(languageOf({})).toBe('en')
})

test('JSON has instants in ISO 8601 and amounts as they are', () => {
  heard.length = 0
  new Session(io, { json: true }).show(
    { nextWakeAt: 0, at: 1_000, answerBy: 2_000, amount: '1.00', minor: 5n, nextAt: null },
    () => 'not this',
  )
  expect(JSON.parse(heard.join(''))).toEqual({
    nextWakeAt: '1970-01-01T00:00:00.000Z',
    at: '1970-01-01T00:00:01.000Z',
    answerBy: '1970-01-01T00:00:02.000Z',
    amount: '1.00',
    minor: 5,
    nextAt: null,
  })
})
