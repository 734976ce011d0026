import type { MoneyJson } from '../../domain/money.ts'
import { findReceivables, type Receivable } from '../../ledger/receivables.ts'
import { UsageError } from './exit.ts'
import { readCurrency, readDocumentAmount, readMoney } from './given.ts'
import type { Session } from './session.ts'

/** The receivables that were named, as the ledger has them: their currency, and what is open. */
export const namedReceivables = async (
  session: Session,
  documents: readonly string[],
): Promise<Receivable[]> => findReceivables(await session.ledger(), await session.company(), documents)

export interface Line {
  document: string
  amount?: MoneyJson
}

/** `DOC` and `DOC=AMOUNT`, the amounts in the currency of their document, or in the one that is given. */
export async function readLines(
  session: Session,
  texts: readonly string[],
  place: string,
  currency?: string,
): Promise<Line[]> {
  const read = texts.map(readDocumentAmount)
  const priced = read.filter((line) => line.amount !== null)
  const currencies =
    currency === undefined && priced.length > 0
      ? await namedReceivables(
          session,
          priced.map((line) => line.document),
        )
      : []
  return read.map(({ document, amount }) => {
    if (amount === null) return { document }
    return {
      document,
      amount: readMoney(
        amount,
        currency ?? currencies[priced.findIndex((line) => line.document === document)]!.currency,
        `${place} ${document}`,
        session.phrases,
      ),
    }
  })
}

/** The currency that was said, else that of the first document. */
export async function currencyFor(
  session: Session,
  said: string | undefined,
  documents: readonly string[],
): Promise<string> {
  if (said !== undefined) return readCurrency(said, '--currency', session.phrases)
  if (documents.length === 0) throw new UsageError(session.phrases.sayOneOf('--currency'))
  return (await namedReceivables(session, documents.slice(0, 1)))[0]!.currency
}
