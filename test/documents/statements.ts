import { addDays, type LocalDate } from '../../domain/calendar.ts'
import { type Look, lookSchema } from '../../domain/look.ts'
import type { Statement, StatementItem, StatementSection } from '../../domain/statement.ts'

/* Statements for the tests, as small as they can be; each test changes what it is about. */

export const asOf: LocalDate = '2026-11-25'

export const sender = {
  name: 'Cementos del Norte, S.A. de C.V.',
  replyTo: 'cobranza@norte.example',
  phone: '+52 81 8888 1234',
  bankReference: 'CLABE 012 580 00123456789 7\nRef. {{ customer.code }}',
}

export const look = (changes: Partial<Look> = {}): Look => ({
  ...lookSchema.parse({ bank_reference: 'in the sender' }),
  logo: null,
  ...changes,
})

export const item = (
  document: string,
  daysLate: number,
  changes: Partial<StatementItem> = {},
): StatementItem => ({
  document,
  site: null,
  issuedOn: addDays(asOf, -daysLate - 30),
  dueOn: addDays(asOf, -daysLate),
  daysLate,
  unpresented: false,
  originalMinor: 200_000n,
  openMinor: 150_000n,
  coveredMinor: 0n,
  disputedMinor: 0n,
  promisedOn: null,
  announced: false,
  ...changes,
})

export const section = (changes: Partial<StatementSection> = {}): StatementSection => ({
  currency: 'MXN',
  items: [item('F-100', 12), item('F-101', -5)],
  credits: [],
  downPayments: [],
  cash: [],
  interest: [],
  disputes: [],
  promises: [],
  ...changes,
})

export const statement = (changes: Partial<Statement> = {}): Statement => ({
  customer: { code: 'C-0045', name: 'Distribuidora Ñandú y Hermanos' },
  language: 'es-MX',
  analystName: 'María José Íñiguez',
  asOf,
  sections: [section()],
  ...changes,
})

/** With everything that a statement can say. */
export const full = (changes: Partial<Statement> = {}): Statement =>
  statement({
    sections: [
      section({
        items: [
          item('F-20001', 104, { site: 'Torre Ámbar', disputedMinor: 12_000n }),
          item('F-20007', 75, { coveredMinor: 45_050n }),
          item('F-20012', 44, { promisedOn: '2026-12-04', openMinor: 1_234_567n, originalMinor: 1_234_567n }),
          item('F-20013/2', 12, { announced: true }),
          item('F-20020', -5, { site: 'Planta Querétaro' }),
          item('F-20021', 0, { unpresented: true }),
        ],
        credits: [{ document: 'NC-77', issuedOn: '2026-11-03', minor: 25_050n }],
        cash: [{ receipt: 'R-9001', receivedOn: '2026-11-20', minor: 20_000n }],
        interest: [
          { document: 'F-20001', dueOn: '2026-08-13', minor: 10_400n },
          { document: 'F-19987', dueOn: '2026-07-31', minor: 3_333n },
        ],
        downPayments: [{ document: 'ANT-5', issuedOn: '2026-11-10', minor: 500_000n }],
        disputes: [
          { document: 'F-20001', reason: 'price_or_discount', openedOn: '2026-11-12', minor: 12_000n },
        ],
        promises: [
          { on: '2026-12-04', minor: 600_000n, documents: ['F-20012'], by: 'Sra. Peña' },
          { on: '2026-12-18', minor: 634_567n, documents: ['F-20012'], by: 'Sra. Peña' },
        ],
      }),
      section({ currency: 'USD', items: [item('E-1', 3, { openMinor: 99_999n })] }),
    ],
    ...changes,
  })

/** A long one: so many items, each of another amount. */
export const long = (items: number, changes: Partial<Statement> = {}): Statement =>
  statement({
    sections: [
      section({
        items: Array.from({ length: items }, (_, i) =>
          item(`F-${30_000 + i}`, 400 - i, {
            openMinor: BigInt(100_001 + i * 337),
            originalMinor: BigInt(200_003 + i * 337),
            disputedMinor: i % 50 === 7 ? 5_000n : 0n,
          }),
        ),
      }),
    ],
    ...changes,
  })
