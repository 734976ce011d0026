import { addDays, type LocalDate, localDateOf } from '../../domain/calendar.ts'
import { RECEIPT_COLUMNS } from '../../domain/receiptFile.ts'

/** Files as a supplier's system writes them: open items, and later what was paid. */

export const PER_CUSTOMER = 50
/** Customers go round among so many. */
export const ANALYSTS = 50

export interface Portfolio {
  /** Begins every customer's code and every document's number, so that portfolios don't mix. */
  prefix: string
  receivables: number
  segment?: string
  /** 50 when not said. */
  perCustomer?: number
  /** Days until an item falls due; five days ago when not said. */
  dueIn?: (index: number) => number
}

export const customersOf = ({ receivables, perCustomer = PER_CUSTOMER }: Portfolio): number =>
  Math.ceil(receivables / perCustomer)

const today = (): LocalDate => localDateOf(Date.now(), 'America/Mexico_City')
const customer = ({ prefix, perCustomer = PER_CUSTOMER }: Portfolio, index: number): string =>
  `${prefix}-C${Math.floor(index / perCustomer) + 1}`
const document = ({ prefix }: Portfolio, index: number): string => `${prefix}-F${index + 1}`
/** In cents; not all the same, so that sums can't hide a mix-up. */
const amountMinor = (index: number): number => 1_000_00 + (index % 997)
const pesos = (minor: number): string => (minor / 100).toFixed(2)

/** Five days late the standard policy's first reminder is due, and nothing else for days. */
export function openItemsFile(portfolio: Portfolio): Buffer {
  const { receivables, segment = '', dueIn = () => -5 } = portfolio
  const day = today()
  const lines = [
    'customer,customer_name,segment,branch,analyst,contact_name,email,document,currency,original,issued,due',
  ]
  for (let index = 0; index < receivables; index++) {
    const code = customer(portfolio, index)
    const due = addDays(day, dueIn(index))
    const analyst = `ana${Math.floor(index / (portfolio.perCustomer ?? PER_CUSTOMER)) % ANALYSTS}`
    lines.push(
      `${code},Ferretera ${code},${segment},Norte,${analyst},Pagos,${code.toLowerCase()}@example.com,${document(portfolio, index)},MXN,${pesos(amountMinor(index))},${addDays(due < day ? due : day, -30)},${due}`,
    )
  }
  return Buffer.from(`${lines.join('\n')}\n`)
}

/** Files of receipts: each customer pays all it owes by one transfer, some customers to a file. */
export function receiptFiles(portfolio: Portfolio, customersPerFile: number): Buffer[] {
  const paidOn = today()
  const files: Buffer[] = []
  const perFile = customersPerFile * PER_CUSTOMER
  for (let from = 0; from < portfolio.receivables; from += perFile) {
    const lines: string[] = [RECEIPT_COLUMNS.join(',')]
    for (let first = from; first < Math.min(from + perFile, portfolio.receivables); first += PER_CUSTOMER) {
      const indexes = Array.from(
        { length: Math.min(PER_CUSTOMER, portfolio.receivables - first) },
        (_, offset) => first + offset,
      )
      const total = indexes.reduce((sum, index) => sum + amountMinor(index), 0)
      const code = customer(portfolio, first)
      for (const index of indexes)
        lines.push(
          `R-${code},MXN,${pesos(total)},${paidOn},${code},,,transfer,T-${code},,${document(portfolio, index)},${pesos(amountMinor(index))}`,
        )
    }
    files.push(Buffer.from(`${lines.join('\n')}\n`))
  }
  return files
}
