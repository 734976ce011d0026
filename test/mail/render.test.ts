import { simpleParser } from 'mailparser'
import { describe, expect, test } from 'vitest'
import { renderNotice } from '../../activities/mail/render.ts'
import { wordsOf } from '../../activities/mail/words.ts'
import { composeMail } from '../../activities/smtp.ts'
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

  test('a statement says everything of every currency', () => {
    const sections = [
      section(
        'MXN',
        [
          item('F-1', 95),
          item('F-2', 61),
          item('F-3', 60, { disputedMinor: 40000n }),
          item('F-4', 1),
          item('F-5', 0),
        ],
        {
          credits: [{ document: 'NC-9', issuedOn: '2026-11-02', openMinor: 12345n }],
          unappliedMinor: 50000n,
        },
      ),
      section('USD', [item('E-1', -3, { promisedOn: '2026-12-01', tranche: '2', site: 'Torre Ñ' })]),
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
    section(
      'MXN',
      [
        item('F-1', 70, { severity: 'final' }),
        item('F-2', 40, { severity: 'firm', disputedMinor: 25000n }),
        item('F-3', 20, { promisedOn: '2026-11-30' }),
        item('F-4', 5),
        item('F-5', 0, { severity: 'courtesy' }),
        item('F-6', -1, { severity: 'courtesy' }),
      ],
      { disputedMinor: 25000n, payableMinor: 575000n },
    ),
  ]
  const lines = renderNotice(notice({ severity: 'final', sections }))
    .text.split(/^(?=F-\d)/m)
    .slice(1)

  test('is worded by its own severity, dispute and promise', () => {
    expect(lines[0]).toContain('* Último aviso\n')
    expect(lines[1]).toContain('* Requiere su pago inmediato; En aclaración: $250.00\n')
    expect(lines[2]).toContain('* Pago prometido para el 30 nov 2026\n')
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

test('the totals lead from overdue to what is asked for', () => {
  const sections = [
    section('MXN', [item('F-1', 40)], {
      credits: [{ document: 'NC-9', issuedOn: '2026-11-02', openMinor: 10000n }],
      unappliedMinor: 20000n,
      disputedMinor: 30000n,
      payableMinor: 90000n,
    }),
  ]
  expect(renderNotice(notice({ sections })).text).toContain(
    [
      'Resumen:',
      '  Vencido: $1,500.00 MXN',
      '  Menos saldos a su favor: -$100.00 MXN',
      '  Menos pagos recibidos, aún no aplicados: -$200.00 MXN',
      '  Menos importes en aclaración: -$300.00 MXN',
      '  Importe a pagar: $900.00 MXN',
    ].join('\n'),
  )
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
