import { addDays } from '../../domain/calendar.ts'
import type { Notice, NoticeItem, NoticeSection } from '../../domain/notice.ts'

/* Notices for the tests, as small as they can be; each test changes what it is about. */

export const today = '2026-11-25'

export const item = (document: string, daysLate: number, changes: Partial<NoticeItem> = {}): NoticeItem => ({
  document,
  tranche: '1',
  issuedOn: addDays(today, -daysLate - 30),
  dueOn: addDays(today, -daysLate),
  daysLate,
  originalMinor: 200000n,
  openMinor: 150000n,
  creditMinor: 0n,
  cashMinor: 0n,
  disputedMinor: 0n,
  severity: null,
  waits: null,
  site: null,
  ...changes,
})

export const sumOf = (items: NoticeItem[]): bigint =>
  items.reduce((sum, { openMinor }) => sum + openMinor, 0n)

export const section = (
  currency: string,
  items: NoticeItem[],
  changes: Partial<NoticeSection> = {},
): NoticeSection => ({ currency, items, notListed: { count: 0, openMinor: 0n }, credits: [], ...changes })

export const notice = (changes: Partial<Notice> = {}): Notice => ({
  template: 'reminder',
  severity: 'reminder',
  language: 'es-MX',
  company: {
    name: 'Cementos del Norte, S.A. de C.V.',
    replyTo: 'cobranza@norte.example',
    phone: '+52 81 8888 1234',
    bankReference: 'CLABE 012 580 00123456789 7\nReferencia 00045871',
  },
  customer: { code: 'C-0045', name: 'Distribuidora Ñandú' },
  recipient: { name: 'Verónica Muñoz', email: 'pagos@nandu.example' },
  analystName: 'María José Íñiguez',
  today,
  sections: [section('MXN', [item('F-100', 12, { severity: 'reminder' })])],
  ...changes,
})

/** What a person sees of the HTML: tags dropped, entities read, blanks collapsed. */
const visible = (html: string): string =>
  html
    .replace(/<style[\s\S]*?<\/style>|<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&#34;|&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/[\s\u00a0]+/g, ' ')

export const both = (rendered: { html: string; text: string }): string[] => [
  visible(rendered.html),
  rendered.text.replace(/\s+/g, ' '),
]
