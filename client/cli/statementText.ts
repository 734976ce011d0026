import { toDecimal } from '../../domain/money.ts'
import { type Statement, type StatementSection, statementTotals } from '../../domain/statement.ts'
import { tellCode } from '../words/tell.ts'
import type { Session } from './session.ts'
import { type Cell, pairs } from './table.ts'

/** A statement with amounts as decimal strings: what `--json` gives. */
export const statementView = (statement: Statement) => ({
  ...statement,
  sections: undefined,
  currencies: statement.sections.map((section) => currencyView(section, statement.asOf)),
})
export type StatementView = ReturnType<typeof statementView>

function currencyView(section: StatementSection, asOf: string) {
  const { currency } = section
  const decimal = (minor: bigint) => toDecimal(minor, currency)
  const totals = statementTotals(section, asOf)
  const amounts = <T extends { minor: bigint }>(list: readonly T[]) =>
    list.map(({ minor, ...one }) => ({ ...one, amount: decimal(minor) }))
  return {
    currency,
    open: decimal(totals.openMinor),
    credits: decimal(totals.creditMinor),
    unapplied: decimal(totals.cashMinor),
    balance: decimal(totals.balanceMinor),
    overdue: decimal(totals.overdueMinor),
    disputed: decimal(totals.disputedMinor),
    interest: decimal(totals.interestMinor),
    aging: amounts(totals.aging),
    items: section.items.map(({ originalMinor, openMinor, coveredMinor, disputedMinor, ...item }) => ({
      ...item,
      original: decimal(originalMinor),
      open: decimal(openMinor),
      covered: decimal(coveredMinor),
      disputed: decimal(disputedMinor),
    })),
    openCredits: amounts(section.credits),
    downPayments: amounts(section.downPayments),
    cash: amounts(section.cash),
    unchargedInterest: amounts(section.interest),
    disputes: amounts(section.disputes),
    promises: amounts(section.promises),
  }
}

export function statementText(session: Session, view: StatementView): string {
  const { phrases, speech, words, table } = session
  const { labels } = phrases
  const heading = `${view.customer.code} ${view.customer.name}, ${speech.date(view.asOf)}`
  if (view.currencies.length === 0) return `${heading}\n${phrases.nothing}`
  const items = view.currencies.flatMap(({ currency, items }) =>
    items.map((item): Cell[] => [
      item.document,
      item.site ?? '',
      { date: item.issuedOn },
      item.unpresented ? words.stages.unpresented : { date: item.dueOn },
      { count: Math.max(0, item.daysLate) },
      { amount: item.original, currency },
      { amount: item.open, currency },
      Number(item.disputed) === 0 ? '' : { amount: item.disputed, currency },
      item.promisedOn === null ? '' : { date: item.promisedOn },
    ]),
  )
  const totals = view.currencies.map((c) => {
    const amount = (decimal: string) => speech.amount(decimal, c.currency)
    const unlessZero = (decimal: string) => (Number(decimal) === 0 ? '' : amount(decimal))
    return pairs([
      [labels.open, amount(c.open)],
      [labels.credits, unlessZero(c.credits)],
      [labels.unapplied, unlessZero(c.unapplied)],
      [labels.balance, amount(c.balance)],
      [labels.overdue, unlessZero(c.overdue)],
      [phrases.interest.beside, unlessZero(c.interest)],
      ...c.aging
        .filter((age) => Number(age.amount) !== 0)
        .map((age): [string, string] => [`  ${tellCode(words.stages, age.bucket)}`, amount(age.amount)]),
    ])
  })
  return [
    heading,
    '',
    table(
      [
        { title: labels.document },
        { title: labels.site, cut: true },
        { title: labels.issued },
        { title: labels.due },
        { title: labels.daysLate, right: true },
        { title: labels.original, right: true },
        { title: labels.open, right: true },
        { title: labels.disputed, right: true },
        { title: labels.promises },
      ],
      items,
    ),
    ...totals.flatMap((text) => ['', text]),
  ].join('\n')
}
