import type { Command } from 'commander'
import { GUARANTEE_KINDS } from '../../domain/credit/limit.ts'
import type { Offer } from '../../domain/negotiation/offer.ts'
import { collect } from './examples.ts'
import { UsageError } from './exit.ts'
import { readDate, readDateAmount, readId, readMoney } from './given.ts'
import type { Session } from './session.ts'

/** What is offered, as options. */
export interface OfferOptions {
  pay?: string[]
  extend?: string
  due?: string[]
  discount?: string
  paidBy?: string
  waive?: string
  guarantee?: string
  coverage?: string
}

/** Where in a command's content each option goes. */
export const OFFER_PLACES = {
  'offer.instalments': '--pay',
  'offer.extension.days': '--extend',
  'offer.extension': '--due',
  'offer.discount.paidBy': '--paid-by',
  'offer.discount': '--discount',
  'offer.waiver': '--waive',
  'offer.guarantee.coverage': '--coverage',
  'offer.guarantee': '--guarantee',
}

export const withOffer = (command: Command): Command =>
  command
    .option('--pay <date=amount>', 'an instalment; several in the order of their dates', collect)
    .option('--extend <days>', 'so many days more for each document')
    .option('--due <date>', 'a new due date for all, or DOC=DATE for one', collect)
    .option('--discount <what>', 'an amount, or 5%, given when the rest is paid in time')
    .option('--paid-by <date>', "the discount's date")
    .option('--waive <what>', 'an amount, or 50%, of the interest that has accrued')
    .option('--guarantee <kind=amount>', `offered by the customer: ${GUARANTEE_KINDS.join(', ')}`)
    .option('--coverage <text>', 'what the guarantee is and covers')

/** The offer that the options say; undefined when they say none. */
export function readOffer(
  { phrases }: Pick<Session, 'phrases'>,
  options: OfferOptions,
  currency: string,
): Offer | undefined {
  const money = (text: string, option: string) => readMoney(text, currency, option, phrases)
  const part = (text: string, option: string) => {
    const [, percent] = /^\s*([\d.]+)\s*%$/.exec(text) ?? []
    return percent === undefined ? { amount: money(text, option) } : { percent }
  }
  if ((options.discount === undefined) !== (options.paidBy === undefined))
    throw new UsageError(phrases.sayOneOf('--discount, --paid-by'))
  if (options.extend !== undefined && options.due !== undefined)
    throw new UsageError(phrases.notBoth('--extend, --due'))
  if (options.coverage !== undefined && options.guarantee === undefined)
    throw new UsageError(phrases.sayOneOf('--guarantee'))
  const offer: Offer = {
    ...(options.pay === undefined
      ? {}
      : {
          instalments: options.pay.map((text) => {
            const { on, amount } = readDateAmount(text, '--pay', phrases)
            return { dueOn: on, amount: money(amount ?? '', '--pay') }
          }),
        }),
    ...(options.extend === undefined
      ? {}
      : { extension: { days: readId(options.extend, '--extend', phrases) } }),
    ...(options.due === undefined ? {} : { extension: dueDates(options.due, phrases) }),
    ...(options.discount === undefined
      ? {}
      : {
          discount: {
            ...part(options.discount, '--discount'),
            paidBy: readDate(options.paidBy!, '--paid-by', phrases),
          },
        }),
    ...(options.waive === undefined ? {} : { waiver: part(options.waive, '--waive') }),
    ...(options.guarantee === undefined ? {} : { guarantee: guarantee(options, money) }),
  }
  return Object.keys(offer).length === 0 ? undefined : offer
}

/** One day for all, or one for each document: its name may hold `=` itself. */
function dueDates(texts: readonly string[], phrases: Session['phrases']): NonNullable<Offer['extension']> {
  const [first, ...more] = texts
  if (more.length === 0 && !first!.includes('=')) return { dueOn: readDate(first!, '--due', phrases) }
  return {
    each: texts.map((text) => {
      const at = text.lastIndexOf('=')
      if (at <= 0) throw new UsageError(phrases.notADate('--due', text))
      return { document: text.slice(0, at), dueOn: readDate(text.slice(at + 1), '--due', phrases) }
    }),
  }
}

function guarantee(
  { guarantee: text, coverage }: OfferOptions,
  money: (text: string, option: string) => { currency: string; minor: number },
): NonNullable<Offer['guarantee']> {
  const [kind, amount] = text!.split('=')
  return {
    kind: kind as (typeof GUARANTEE_KINDS)[number],
    amount: money(amount ?? '', '--guarantee'),
    ...(coverage === undefined ? {} : { coverage }),
  }
}
