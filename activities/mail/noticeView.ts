import type { LocalDate } from '../../domain/calendar.ts'
import {
  breakDown,
  type Language,
  type Notice,
  type NoticeItem,
  type NoticeSection,
  type Severity,
} from '../../domain/notice.ts'
import {
  bankLines,
  breakable,
  type DayView,
  formatAmount,
  formatDay,
  formatWithCode,
  singleLine,
  unbroken,
} from './noticeFormat.ts'
import { agingRow, allItemsOf, type TotalRow, totalsOf } from './noticeTotals.ts'
import { phrase, type Words, wordsOf } from './words.ts'

/*
 * The view is all that a template may name: words in the notice's language, amounts and dates formatted,
 * customer data on one line each. Nothing in it is escaped; the HTML engine escapes every output.
 */

export interface ItemView {
  document: string
  tranche: string | null
  site: string | null
  issuedOn: string
  dueOn: string
  /** '—' when not overdue. */
  daysLate: string
  original: string
  open: string
  remarks: string[]
  /** Its own step is due. */
  isDue: boolean
}

export interface SectionView {
  currency: string
  heading: string
  items: ItemView[]
  /** Not asked for now. */
  waiting: ItemView[]
  notListed: string | null
  credits: { document: string; issuedOn: string; used: string }[]
  totals: TotalRow[]
  aging: { label: string; amount: string }[]
}

export interface NoticeView {
  language: Language
  severity: Severity
  accent: string
  subject: string
  title: string
  preheader: string
  label: Words['labels']
  words: Record<
    'greeting' | 'intro' | 'nothingOpen' | 'payTo' | 'questions' | 'closing' | 'department',
    string
  > & {
    /** Null when nothing is asked for. */
    alreadyPaid: string | null
  }
  company: { name: string; replyTo: string; mailtoHref: string; phone: string; telHref: string }
  bankLines: string[]
  customer: { code: string; name: string }
  analystName: string
  date: DayView
  /** Payments that were promised for days to come. */
  promised: { dueOn: string; amount: string }[]
  sections: SectionView[]
}

/** Colour of the rule on top of the message; the words say how serious it is, the colour only helps. */
const ACCENTS: Record<Severity, string> = {
  courtesy: '#1f5f8b',
  reminder: '#1f5f8b',
  firm: '#a85b00',
  final: '#a61b1b',
}

const isShown = (section: NoticeSection): boolean =>
  section.items.length > 0 || section.notListed.count > 0 || section.credits.length > 0

/** `$1,000.00 MXN y USD 200.00`; null when there is none in any currency. */
function sumsInWords(notice: Notice, minorOf: (items: NoticeItem[]) => bigint): string | null {
  const sums = notice.sections
    .map((section) => ({ currency: section.currency, minor: minorOf(allItemsOf(section)) }))
    .filter(({ minor }) => minor > 0n)
    .map(({ currency, minor }) => formatWithCode(minor, currency, notice.language))
  if (sums.length === 0) return null
  return new Intl.ListFormat(notice.language, { type: 'conjunction' }).format(sums)
}

const isOverdue = (item: NoticeItem): boolean => item.daysLate > 0
const toPayMinor = (items: NoticeItem[]): bigint => breakDown(items.filter(isOverdue)).payableMinor
const dueSoonMinor = (items: NoticeItem[]): bigint =>
  breakDown(items.filter((item) => !isOverdue(item))).payableMinor
/** What is overdue whether or not it is asked for. */
function overdueMinor(items: NoticeItem[]): bigint {
  const { openMinor, creditMinor, cashMinor } = breakDown(items.filter(isOverdue))
  return openMinor - creditMinor - cashMinor
}

/** Why an item isn't asked for now; null when it is. */
export function waitInWords({ waits }: NoticeItem, language: Language): string | null {
  if (waits === null) return null
  const on = waits.on === null ? null : unbroken(formatDay(waits.on, language).short)
  return phrase(wordsOf(language).remarks[waits.kind], { on })
}

function itemView(item: NoticeItem, section: NoticeSection, notice: Notice, words: Words): ItemView {
  const { language } = notice
  const day = (on: LocalDate) => formatDay(on, language).short
  const money = (minor: bigint) => formatAmount(minor, section.currency, language)
  const coveredMinor = item.creditMinor + item.cashMinor
  const remarks = [
    item.severity && phrase(words.remarks[item.severity], { daysToDue: -item.daysLate }),
    waitInWords(item, notice.language),
    coveredMinor > 0n && phrase(words.remarks.covered, { covered: money(coveredMinor) }),
    item.disputedMinor > 0n && phrase(words.remarks.disputed, { disputed: money(item.disputedMinor) }),
  ].filter((remark) => typeof remark === 'string')
  return {
    document: singleLine(item.document),
    // '1' stands for documents that have no instalments.
    tranche:
      item.tranche === '1' ? null : phrase(words.labels.tranche, { tranche: singleLine(item.tranche) }),
    site: item.site === null ? null : singleLine(item.site),
    issuedOn: day(item.issuedOn),
    dueOn: day(item.dueOn),
    daysLate: item.daysLate > 0 ? String(item.daysLate) : '—',
    original: money(item.originalMinor),
    open: money(item.openMinor),
    remarks,
    isDue: item.severity !== null,
  }
}

function sectionView(section: NoticeSection, notice: Notice, words: Words): SectionView {
  const { language } = notice
  const { notListed, currency } = section
  const viewsOf = (items: NoticeItem[]) => items.map((item) => itemView(item, section, notice, words))
  return {
    currency,
    heading: phrase(words.labels.amountsIn, { currency }),
    items: viewsOf(section.items.filter((item) => item.waits === null)),
    waiting: viewsOf(section.items.filter((item) => item.waits !== null)),
    notListed:
      notListed.count > 0
        ? phrase(words.shared.notListed, {
            count: notListed.count,
            amount: formatWithCode(notListed.openMinor, currency, language),
          })
        : null,
    credits: section.credits.map((credit) => ({
      document: singleLine(credit.document),
      issuedOn: formatDay(credit.issuedOn, language).short,
      used: formatAmount(credit.usedMinor, currency, language),
    })),
    totals: totalsOf(section, notice, words.labels),
    aging:
      notice.template === 'statement' ? agingRow(section, allItemsOf(section), language, words.labels) : [],
  }
}

/** Long subjects are cut by mail clients anyway; here it's done between words and shown. */
const shorten = (subject: string): string =>
  subject.length <= 160
    ? subject
    : `${[...subject]
        .slice(0, 160)
        .join('')
        .replace(/\s+\S*$/u, '')}…`

function letterOf(notice: Notice, words: Words): Words['statement'] {
  if (notice.template === 'statement') return words.statement
  if (notice.template === 'demand') return words.demand
  if (notice.template === 'promise_confirmation') return words.promiseMade
  return notice.template === 'promise_reminder' ? words.promise : words.reminder[notice.severity]
}

const accentOf = ({ template, severity }: Notice): Severity => {
  if (template === 'statement' || template === 'confirmation') return 'courtesy'
  return template === 'demand' ? 'final' : severity
}

/** All that the templates of a notice may name. */
export function noticeView(notice: Notice): NoticeView {
  const words = wordsOf(notice.language)
  const asked = notice.confirmation
  const letter = asked ? words.confirmation[asked.mode] : letterOf(notice, words)
  const promised = (notice.promised ?? []).map(({ dueOn, currency, minor }) => ({
    dueOn: formatDay(dueOn, notice.language).long,
    amount: formatWithCode(minor, currency, notice.language),
  }))
  const company = {
    name: singleLine(notice.company.name),
    replyTo: singleLine(notice.company.replyTo),
    phone: singleLine(notice.company.phone),
  }
  const customer = { code: singleLine(notice.customer.code), name: singleLine(notice.customer.name) }
  const scope = {
    company: { ...company, phone: unbroken(company.phone) },
    customer,
    recipient: { name: singleLine(notice.recipient.name) },
    date: formatDay(notice.today, notice.language),
    toPay: sumsInWords(notice, toPayMinor),
    overdue: sumsInWords(notice, overdueMinor),
    dueSoon: sumsInWords(notice, dueSoonMinor),
    asOf: asked && formatDay(asked.asOf, notice.language),
    closesOn: asked?.closesOn ? formatDay(asked.closesOn, notice.language).long : null,
    again: asked?.again ?? false,
    payBy: notice.payBy ? formatDay(notice.payBy, notice.language).long : null,
    sections: notice.sections.filter(isShown).length,
    promised: new Intl.ListFormat(notice.language, { type: 'conjunction' }).format(
      promised.map((p) => phrase(words.promise.part, p)),
    ),
  }
  const say = (source: string) => phrase(source, scope)
  const intro = asked?.again ? `${say(words.shared.again)} ${say(letter.intro)}` : say(letter.intro)
  return {
    language: notice.language,
    severity: notice.severity,
    accent: ACCENTS[accentOf(notice)],
    subject: shorten(singleLine(breakable(say(letter.subject)))),
    title: say(letter.title),
    preheader: intro,
    label: words.labels,
    words: {
      greeting: say(words.shared.greeting),
      intro,
      // Whoever has nothing open is still asked whether that is right.
      nothingOpen: asked ? intro : say(words.shared.nothingOpen),
      payTo: say(words.shared.payTo),
      alreadyPaid:
        !asked && (scope.toPay || notice.template === 'promise_reminder')
          ? say(words.shared.alreadyPaid)
          : null,
      questions: say(words.shared.questions),
      closing: say(words.shared.closing),
      department: say(words.shared.department),
    },
    company: {
      ...company,
      mailtoHref: `mailto:${encodeURIComponent(company.replyTo).replaceAll('%40', '@')}`,
      telHref: `tel:${company.phone.replace(/[^+\d]/g, '')}`,
    },
    bankLines: asked ? [] : bankLines(notice.company.bankReference, customer),
    customer,
    analystName: singleLine(notice.analystName),
    date: scope.date,
    promised,
    sections: notice.sections.filter(isShown).map((section) => sectionView(section, notice, words)),
  }
}
