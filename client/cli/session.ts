import { randomUUID } from 'node:crypto'
import type { Environment } from '../../config/environment.ts'
import type { Language } from '../../domain/notice.ts'
import type { Database } from '../../ledger/database.ts'
import { shownUrl } from '../failures.ts'
import type { Door, TemporalConnection } from '../temporal.ts'
import { createSpeech, type Speech } from '../words/speech.ts'
import { languageOf, wordsOf } from '../words/tell.ts'
import type { Words } from '../words/words.ts'
import type { Addresses } from './exit.ts'
import type { Io } from './io.ts'

/** Options that every command takes. */
export interface GlobalOptions {
  json?: boolean
  as?: string
  key?: string
  lang?: Language
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
  #env: Promise<Environment> | undefined
  #database: Promise<Database> | undefined
  #temporal: Promise<TemporalConnection> | undefined
  #addresses: Addresses = { ledger: '', temporal: '' }

  constructor(io: Io, options: GlobalOptions) {
    this.io = io
    this.json = options.json ?? false
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

  /** Says the result: as JSON when that was asked for, else what a person reads. */
  show(value: unknown, human: () => string): void {
    const text = this.json ? JSON.stringify(value, jsonValue, 2) : human()
    if (text !== '') this.io.out(`${text}\n`)
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
  return typeof value === 'number' && (key === 'at' || key.endsWith('At'))
    ? new Date(value).toISOString()
    : value
}
