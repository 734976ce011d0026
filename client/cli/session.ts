import { randomUUID } from 'node:crypto'
import type { Environment } from '../../config/environment.ts'
import type { Language } from '../../domain/notice.ts'
import type { Database } from '../../ledger/database.ts'
import { shownUrl } from '../failures.ts'
import type { Door, TemporalConnection } from '../temporal.ts'
import { createSpeech, type Speech } from '../words/speech.ts'
import { languageOf, wordsOf } from '../words/tell.ts'
import type { Words } from '../words/words.ts'
import { type Addresses, UsageError } from './exit.ts'
import type { Io } from './io.ts'
import type { ListFile } from './listFile.ts'
import { type Cell, type Column, table } from './table.ts'

/** Options that every command takes. */
export interface GlobalOptions {
  json?: boolean
  as?: string
  key?: string
  lang?: Language
  /** Where lists are written to. */
  output?: string
}

/**
 * One run of a command: who asks, in which language, and the servers, each reached when it is first needed.
 */
export class Session {
  readonly io: Io
  readonly words: Words
  readonly speech: Speech
  readonly json: boolean
  readonly actor: string
  /** Under which a command is asked; the same key again changes nothing. */
  readonly key: string
  /** Something was asked under the key, and may have been done. */
  asked = false
  readonly #output: string | undefined
  readonly #lists: ListFile['lists'] = []
  readonly #left: string[] = []
  #env: Promise<Environment> | undefined
  #database: Promise<Database> | undefined
  #temporal: Promise<TemporalConnection> | undefined
  #addresses: Addresses = { ledger: '', temporal: '' }

  constructor(io: Io, options: GlobalOptions) {
    this.io = io
    this.json = options.json ?? false
    this.#output = options.output
    this.actor = options.as ?? nonEmpty(io.env.CARTERA_ACTOR) ?? io.user()
    this.key = options.key ?? randomUUID()
    this.words = wordsOf(options.lang ?? languageOf(io.env))
    this.speech = createSpeech(this.words.language)
  }

  get phrases(): Words['phrases'] {
    return this.words.phrases
  }

  get addresses(): Addresses {
    return this.#addresses
  }

  env(): Promise<Environment> {
    this.#env ??= import('../../config/environment.ts').then(({ readEnvironment }) => {
      const env = readEnvironment(this.io.env)
      this.#addresses = { ledger: shownUrl(env.DATABASE_URL), temporal: env.TEMPORAL_ADDRESS }
      return env
    })
    return this.#env
  }

  async company(): Promise<string> {
    return (await this.env()).CARTERA_COMPANY
  }

  /** The ledger, for reading; refuses one whose schema isn't this program's. */
  ledger(): Promise<Database> {
    this.#database ??= this.#openLedger()
    return this.#database
  }

  async #openLedger(): Promise<Database> {
    const env = await this.env()
    const [{ openDatabase }, { checkSchema }] = await Promise.all([
      import('../../ledger/database.ts'),
      import('../../ledger/migrate.ts'),
    ])
    const database = openDatabase(env.DATABASE_URL, { max: 2, applicationName: 'cartera-cli' })
    try {
      await checkSchema(database)
      return database
    } catch (error) {
      await database.close()
      throw error
    }
  }

  temporal(): Promise<TemporalConnection> {
    this.#temporal ??= this.env().then(async (env) => {
      const { connectTemporal } = await import('../temporal.ts')
      return connectTemporal(env)
    })
    return this.#temporal
  }

  async door(): Promise<Door> {
    const { client } = await this.temporal()
    return { client, company: await this.company() }
  }

  /** Says the result: as JSON when that was asked for, else what a person reads; a list may go to a file instead. */
  show(value: unknown, human: () => string): void {
    const said = this.json && this.#output === undefined ? '' : human()
    const isWritten = this.#output !== undefined && this.#lists.length > 0
    const text = this.json ? JSON.stringify(value, jsonValue, 2) : isWritten ? '' : said
    if (text !== '') this.io.out(`${text}\n`)
  }

  /** A list as text; `nothing` is said when it has no rows. It is what `--output` writes. */
  readonly table = (columns: readonly Column[], rows: readonly (readonly Cell[])[], nothing = ''): string => {
    this.#lists.push({ columns, rows })
    if (rows.length === 0 && nothing !== '') return nothing
    return table(
      columns,
      rows.map((row) => row.map((cell) => this.#told(cell))),
      this.io.columns,
    )
  }

  #told(cell: Cell): string {
    if (typeof cell === 'string') return cell
    if ('amount' in cell)
      return cell.currency === undefined
        ? this.speech.number(cell.amount)
        : this.speech.amount(cell.amount, cell.currency)
    if ('date' in cell) return this.speech.date(cell.date)
    if ('count' in cell) return `${cell.signed && cell.count > 0 ? '+' : ''}${cell.count}`
    return ''
  }

  /** A sentence about what a list leaves out: said under it, and when it goes to a file. */
  readonly left = (sentence: string): string => {
    this.#left.push(sentence)
    return sentence
  }

  /** Writes the lists to the file that was asked for. */
  async writeLists(name: string): Promise<void> {
    if (this.#output === undefined) return
    if (this.#lists.length === 0) {
      if (this.asked) return this.note(this.phrases.noList)
      throw new UsageError(this.phrases.noList)
    }
    const { writeListFile } = await import('./listFile.ts')
    const rows = await writeListFile(this.#output, {
      name,
      lists: this.#lists,
      currency: this.phrases.labels.currency,
    })
    if (rows === null) throw new UsageError(this.phrases.severalLists)
    for (const sentence of this.#left) this.note(sentence)
    this.note(this.phrases.written(rows, this.#output))
  }

  /** Says something beside the result: never on the output that a script reads. */
  note(text: string): void {
    this.io.err(`${text}\n`)
  }

  async close(): Promise<void> {
    const closing = [
      this.#database?.then((d) => d.close()),
      this.#temporal?.then((t) => t.connection.close()),
    ]
    await Promise.allSettled(closing)
  }
}

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)

/** Instants are milliseconds inside the program, and ISO 8601 for whoever reads the JSON. */
function jsonValue(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'number' && (key === 'at' || key === 'answerBy' || key.endsWith('At'))
    ? new Date(value).toISOString()
    : value
}
