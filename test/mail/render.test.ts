import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { renderNotice } from '../../activities/mail/render.ts'
import { wordsOf } from '../../activities/mail/words.ts'
import { composeMail } from '../../activities/smtp.ts'
import { CONFIRMATION_MODES } from '../../domain/confirmation.ts'
import { LANGUAGES, SEVERITIES } from '../../domain/notice.ts'
import { both, item, notice, section } from './notices.ts'

describe.each(LANGUAGES)('in %s', (language) => {
  test.each(SEVERITIES)('a reminder of severity %s has its own subject and introduction', (severity) => {
    const daysLate = severity === 'courtesy' ? -5 : 12
    const sections = [section('MXN', [item('F-100', daysLate, { severity })])]
    const rendered = renderNotice(notice({ language, severity, sections }))
    expect(rendered.subject).toContain('$1,500.00 MXN')
    expect(rendered.subject).toContain('Distribuidora Ñandú')
    expect(rendered.subject).not.toMatch(/[\u00a0\p{Cc}]/u)
    expect(rendered.html).toContain(`<html lang="${language}">`)
    const { title } = wordsOf(language).reminder[severity]
    for (const content of both(rendered)) {
      for (const part of [
        title,
        'F-100',
        '$2,000.00',
        '$1,500.00',
        'María José Íñiguez',
        '+52 81 8888 1234',
      ]) {
        expect(content).toContain(part)
      }
      expect(content).toContain('CLABE 012 580 00123456789 7 Referencia 00045871')
      expect(content).not.toMatch(/undefined|\[object|NaN|null|\{\{|\{%/)
    }
    const others = SEVERITIES.filter((other) => other !== severity)
    for (const other of others)
      expect(rendered.subject).not.toContain(wordsOf(language).reminder[other].title)
    expect(rendered.attachments).toEqual([])
  })

  test('a word about promises says which payment is near, and what it is for', () => {
    const rendered = renderNotice(
      notice({
        language,
        template: 'promise_reminder',
        severity: 'courtesy',
        promised: [
          { dueOn: '2026-11-26', currency: 'MXN', minor: 70_000n },
          { dueOn: '2026-11-26', currency: 'USD', minor: 1_000n },
        ],
        sections: [
          section('MXN', [item('F-1', 12), item('F-2', -3)]),
          section('USD', [item('E-1', 2, { waits: { kind: 'announced', on: null } })]),
        ],
      }),
    )
    if (process.env.CARTERA_TEST_VERBOSE) console.log(rendered.subject, rendered.text)
    expect(rendered.subject).toContain('$700.00 MXN')
    for (const content of both(rendered)) {
      for (const part of [
        wordsOf(language).promise.title,
        '$700.00 MXN',
        '10.00',
        '2026',
        'F-1',
        'F-2',
        'E-1',
        'CLABE 012',
      ])
        expect(content).toContain(part)
      // What isn't part of the promise isn't asked for.
      expect(content).not.toContain(wordsOf(language).labels.toPay)
      expect(content).not.toMatch(/undefined|\[object|NaN|null|\{\{|\{%/)
    }
  })

  test.each(CONFIRMATION_MODES)('a %s of the balance says which answer is wanted', (mode) => {
    const confirmation = {
      id: 7,
      mode,
      asOf: '2026-10-31',
      again: false,
      closesOn: mode === 'notification' ? '2026-12-09' : null,
      cash: [{ currency: 'MXN', minor: 70000n }],
    }
    const sections =
      mode === 'request'
        ? []
        : [
            section('MXN', [item('F-1', 12), item('F-2', -3)], {
              credits: [{ document: 'NC-9', issuedOn: '2026-10-02', usedMinor: 12345n }],
            }),
          ]
    const about = notice({ language, template: 'confirmation', severity: 'courtesy', confirmation, sections })
    const rendered = renderNotice(about)
    const { title } = wordsOf(language).confirmation[mode]
    expect(rendered.subject).toMatch(/31 oct 2026|31 Oct 2026/)
    for (const content of both(rendered)) {
      expect(content).toContain(title)
      expect(content).not.toMatch(/undefined|\[object|NaN|null|\{\{|\{%/)
      // Nobody is asked for money.
      expect(content).not.toContain('CLABE')
      expect(content).not.toContain(wordsOf(language).labels.toPay)
      if (mode === 'request') expect(content).not.toContain('F-1')
      else
        for (const part of ['F-1', 'F-2', '$3,000.00', 'NC-9', '$123.45', '$700.00', '$2,176.55'])
          expect(content).toContain(part)
      if (mode === 'notification') expect(content).toMatch(/9 de diciembre de 2026|9 December 2026/)
    }
    const again = renderNotice({ ...about, confirmation: { ...confirmation, again: true } })
    const reminder = language === 'en' ? /^Reminder: / : /^Recordatorio: /
    // Silence is an answer to a notification: nobody is reminded of it.
    if (mode !== 'notification') expect(again.subject).toMatch(reminder)
    expect(rendered.subject).not.toMatch(reminder)
    for (const content of both(again)) expect(content).toContain(wordsOf(language).shared.again)
  })

  test('a balance of nothing is asked about too', () => {
    const confirmation = {
      id: 7,
      mode: 'confirmation' as const,
      asOf: '2026-10-31',
      again: false,
      closesOn: null,
      cash: [],
    }
    const rendered = renderNotice(
      notice({ language, template: 'confirmation', severity: 'courtesy', confirmation, sections: [] }),
    )
    for (const content of both(rendered)) {
      expect(content).toMatch(/no tenía saldo pendiente|owed us nothing/)
      expect(content).not.toContain(wordsOf(language).shared.nothingOpen)
    }
  })

  test('a statement says everything of every currency', () => {
    const sections = [
      section(
        'MXN',
        [
          item('F-1', 95),
          item('F-2', 61),
          item('F-3', 60, { disputedMinor: 40000n }),
          item('F-4', 1, { creditMinor: 12345n, cashMinor: 50000n }),
          item('F-5', 0),
        ],
        { credits: [{ document: 'NC-9', issuedOn: '2026-11-02', usedMinor: 12345n }] },
      ),
      section('USD', [
        item('E-1', -3, { waits: { kind: 'promised', on: '2026-12-01' }, tranche: '2', site: 'Torre Ñ' }),
      ]),
      section('JPY', [item('J-1', 31, { openMinor: 7000n })]),
    ]
    const rendered = renderNotice(notice({ language, template: 'statement', sections }))
    for (const content of both(rendered)) {
      for (const part of ['F-1', 'F-5', 'NC-9', '$123.45', '$500.00', '$400.00', 'E-1', 'Torre Ñ', '7,000']) {
        expect(content).toContain(part)
      }
      expect(content).toContain(wordsOf(language).labels.agingOver90)
      expect(content).not.toMatch(/undefined|\[object|NaN|null|\{\{|\{%/)
    }
  })

  test('nothing open is said in one sentence, and payment is not asked for', () => {
    const sections = [section('MXN', [])]
    const rendered = renderNotice(notice({ language, template: 'statement', sections }))
    for (const content of both(rendered)) {
      expect(content).toContain(wordsOf(language).shared.nothingOpen)
      expect(content).not.toContain('CLABE')
      expect(content).not.toContain(wordsOf(language).shared.alreadyPaid)
      expect(content).not.toContain('MXN')
    }
  })

  test('what is zero or unknown is left out', () => {
    const company = { name: 'Norte', replyTo: '', phone: '', bankReference: '' }
    const changes = { language, company, analystName: '', recipient: { name: '', email: 'x@y.example' } }
    const { labels, shared } = wordsOf(language)
    for (const content of both(renderNotice(notice(changes)))) {
      for (const label of [
        'credits',
        'lessCredits',
        'lessUnapplied',
        'lessDisputed',
        'lessWaiting',
        'waiting',
        'dueSoon',
        'phone',
      ] as const) {
        expect(content).not.toContain(labels[label])
      }
      expect(content).not.toContain(shared.payTo)
      expect(content).not.toMatch(/undefined|\[object|NaN|null| ,|\(\)/)
    }
  })
})

describe('the remark of an item', () => {
  const sections = [
    section('MXN', [
      item('F-1', 70, { severity: 'final' }),
      item('F-2', 40, { severity: 'firm', disputedMinor: 25000n }),
      item('F-3', 20, { severity: 'reminder', cashMinor: 10000n }),
      item('F-4', 5),
      item('F-5', 0, { severity: 'courtesy' }),
      item('F-6', -1, { severity: 'courtesy' }),
    ]),
  ]
  const lines = renderNotice(notice({ severity: 'final', sections }))
    .text.split(/^(?=F-\d)/m)
    .slice(1)

  test('is worded by its own severity, by what covers it and by what is in dispute', () => {
    expect(lines[0]).toContain('* Último aviso\n')
    expect(lines[1]).toContain('* Requiere su pago inmediato; En aclaración: $250.00\n')
    expect(lines[2]).toContain('* Le pedimos su pago; Cubierto con pagos o saldos a su favor: $100.00\n')
    expect(lines[3]).not.toContain('*')
    expect(lines[4]).toContain('* Vence hoy\n')
    expect(lines[5]).toContain('* Vence mañana\n')
  })

  test('stands beside dates and days late as people write them', () => {
    expect(lines[0]).toContain('Emisión: 17 ago 2026 | Vencimiento: 16 sep 2026 | Días de atraso: 70')
    expect(lines[5]).toContain('Días de atraso: —')
    expect(renderNotice(notice({ language: 'en', sections })).text).toContain('Due: 26 Nov 2026')
    expect(renderNotice(notice()).text).toContain('Fecha: 25 de noviembre de 2026')
  })
})

const allParts = [
  item('F-1', 40, { creditMinor: 10000n, cashMinor: 20000n, disputedMinor: 30000n }),
  item('F-2', 30, { waits: { kind: 'promised', on: '2026-12-05' } }),
  item('F-3', 20, { waits: { kind: 'announced', on: null }, disputedMinor: 50000n }),
  item('F-4', 10, { waits: { kind: 'cheque', on: '2026-12-10' } }),
  item('F-5', -5, { waits: { kind: 'paused', on: null } }),
]

test('the totals lead from overdue to what is asked for', () => {
  expect(renderNotice(notice({ sections: [section('MXN', allParts)] })).text).toContain(
    [
      'Resumen:',
      '  Vencido: $6,000.00 MXN',
      '  Menos saldos a su favor: -$100.00 MXN',
      '  Menos pagos recibidos, aún no aplicados: -$200.00 MXN',
      '  Menos importes en aclaración: -$800.00 MXN',
      '  Menos documentos con pago acordado o en espera: -$4,000.00 MXN',
      '  Importe a pagar: $900.00 MXN',
    ].join('\n'),
  )
})

test('a statement adds up twice: to the net balance, and to what is overdue and asked for', () => {
  const rendered = renderNotice(
    notice({ template: 'statement', language: 'en', sections: [section('MXN', allParts)] }),
  )
  expect(rendered.text).toContain(
    [
      'Summary:',
      '  Open documents: $7,500.00 MXN',
      '  Less credits in your favour: -$100.00 MXN',
      '  Less payments received, not yet applied: -$200.00 MXN',
      '  Net balance: $7,200.00 MXN',
      '  Overdue documents: $6,000.00 MXN',
      '  Less credits in your favour: -$100.00 MXN',
      '  Less payments received, not yet applied: -$200.00 MXN',
      '  Less amounts in dispute: -$800.00 MXN',
      '  Less documents with payment agreed or on hold: -$4,000.00 MXN',
      '  Overdue amount to pay: $900.00 MXN',
    ].join('\n'),
  )
})

// 2026-11-25: promised, announced and paused items were listed and summed with those that were asked for.
test('what is promised, announced or on hold stands apart, with its state, and is not asked for', () => {
  const { subject, text, html } = renderNotice(notice({ sections: [section('MXN', allParts)] }))
  expect(subject).toContain('$900.00 MXN')
  const [asked, apart] = text.split('Con pago acordado o en espera (no se requieren por ahora):')
  expect(asked).toContain('F-1')
  expect(asked).not.toMatch(/F-[2-5]/)
  for (const line of [
    'F-2 | Vencimiento: 26 oct 2026 | Saldo: $1,500.00\n  * Pago prometido para el 5 dic 2026',
    'F-3 | Vencimiento: 5 nov 2026 | Saldo: $1,500.00\n  * Pago anunciado; en espera de recibirlo; En aclaración: $500.00',
    '* Cheque recibido con fecha 10 dic 2026',
    '* En espera',
  ])
    expect(apart).toContain(line)
  expect(html.indexOf('no se requieren por ahora')).toBeGreaterThan(html.indexOf('F-1'))
  expect(html.indexOf('F-2')).toBeGreaterThan(html.indexOf('no se requieren por ahora'))
})

test('when everything overdue is agreed, nobody is asked to pay', () => {
  const sections = [section('MXN', [item('F-2', 30, { waits: { kind: 'promised', on: '2026-12-05' } })])]
  const { text, subject } = renderNotice(notice({ template: 'statement', language: 'en', sections }))
  expect(subject).not.toContain('$')
  expect(text).toContain('It shows an overdue balance of $1,500.00 MXN')
  expect(text).toContain('Overdue amount to pay: $0.00 MXN')
  expect(text).not.toContain('already paid')
})

test('the aging of a statement puts each day into one bucket, edges included', () => {
  const days = [-5, 0, 1, 30, 31, 60, 61, 90, 91, 400]
  const items = days.map((daysLate, index) =>
    item(`F-${index}`, daysLate, { openMinor: 100n * 2n ** BigInt(index) }),
  )
  const rendered = renderNotice(notice({ template: 'statement', sections: [section('MXN', items)] }))
  expect(rendered.text).toContain(
    [
      'Antigüedad de saldos:',
      '  Por vencer: $3.00',
      '  1–30 días: $12.00',
      '  31–60 días: $48.00',
      '  61–90 días: $192.00',
      '  Más de 90: $768.00',
      '  Total: $1,023.00',
    ].join('\n'),
  )
})

test('several currencies are named in the subject and never added', () => {
  const sections = ['MXN', 'USD', 'EUR'].map((currency) => section(currency, [item('F-1', 9)]))
  expect(renderNotice(notice({ sections })).subject).toContain('$1,500.00 MXN, USD 1,500.00 y EUR 1,500.00')
  expect(renderNotice(notice({ sections, language: 'en' })).subject).toContain('$1,500.00 MXN, $1,500.00 USD')
})

describe('customer data is only data', () => {
  const name = '<b>"Ñandú" & Cía</b>'

  test('escaped in HTML, raw in text', () => {
    const sections = [section('MXN', [item('<i>F</i>&1', 9, { severity: 'firm', site: "O'Brien <x>" })])]
    const rendered = renderNotice(notice({ customer: { code: 'C<1>', name }, sections }))
    expect(rendered.html).toContain('&lt;b&gt;&#34;Ñandú&#34; &amp; Cía&lt;/b&gt;')
    expect(rendered.html).not.toMatch(/<b>|<i>F|<x>|C<1>|&amp;amp;|&amp;lt;/)
    for (const content of both(rendered)) {
      for (const part of [name, '<i>F</i>&1', "O'Brien <x>", 'C<1>']) expect(content).toContain(part)
    }
    expect(rendered.subject).toContain(name)
  })

  test('Liquid in a name is not run', () => {
    const rendered = renderNotice(notice({ customer: { code: '1', name: '{{ company.name }}{% raw %}' } }))
    for (const content of [rendered.subject, ...both(rendered)])
      expect(content).toContain('{{ company.name }}{% raw %}')
  })

  test('line breaks start no header and no line of their own', async () => {
    const evil = 'Cía\r\nBcc: all@evil.example\r\n\r\nPague aquí\u2028\u202e'
    const { subject, html, text } = renderNotice(notice({ customer: { code: '1', name: evil } }))
    expect(subject).not.toMatch(/[\r\n\u2028\u202e]/)
    expect(text).not.toMatch(/^(Bcc|Pague aquí)/m)
    const from = 'a@norte.example'
    const fields = { messageId: '<1@x>', date: new Date(0), from, to: 'b@nandu.example', subject, html, text }
    const mail = await simpleParser((await composeMail(fields)).raw)
    expect(mail.bcc).toBeUndefined()
    expect(mail.subject).toBe(subject)
  })

  test('a very long name is cut from the subject, not in the message', () => {
    const long = 'Ñandú '.repeat(60).trim()
    const { subject, text } = renderNotice(notice({ customer: { code: '1', name: long } }))
    expect(subject.length).toBeLessThanOrEqual(161)
    expect(subject).toMatch(/Ñandú…$/)
    expect(text).toContain(long)
  })
})
