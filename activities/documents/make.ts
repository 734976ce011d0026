import type { LocalDate } from '../../domain/calendar.ts'
import type { KeptDocument, NewDocument } from '../../domain/document.ts'
import type { Look } from '../../domain/look.ts'
import { languageFor } from '../../domain/notice.ts'
import type { AttachmentFormat } from '../../domain/policy.ts'
import type { Statement } from '../../domain/statement.ts'
import type { Database } from '../../ledger/database.ts'
import { documentsMadeOf, keepDocuments } from '../../ledger/documents.ts'
import type { Doing } from '../../ledger/messages.ts'
import type { Minutes } from '../../ledger/minutes.ts'
import type { Demand } from '../../ledger/placements/demandLetter.ts'
import type { Evidence } from '../../ledger/placements/evidence.ts'
import type { DocumentStore } from '../../store/store.ts'
import { fileName, formatDay, singleLine } from '../mail/noticeFormat.ts'
import { phrase, wordsOf } from '../mail/words.ts'
import { demandPdf } from './demandPdf.ts'
import { type Exhibit, evidencePack } from './evidencePack.ts'
import type { DocumentSender } from './letter.ts'
import { minutesPdf } from './minutesPdf.ts'
import { printPack } from './printPack.ts'
import { sourceOf, sourceOfDemand, sourceOfEvidence, sourceOfMinutes } from './source.ts'
import { statementPdf } from './statementPdf.ts'
import { statementXlsx } from './statementXlsx.ts'

export interface MakingDeps {
  database: Database
  store: DocumentStore
  sender: DocumentSender
  look: Look
}

const MEDIA_TYPES: Record<AttachmentFormat, string> = {
  pdf: 'application/pdf',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/**
 * The documents of a statement, one of each format: made, put into the store, and then written down; what was made of
 * the same before is found. Returns their ids in the order of the formats.
 */
export async function statementDocuments(
  { database, store, sender, look }: MakingDeps,
  doing: Doing,
  customerId: number,
  statement: Statement,
  formats: readonly AttachmentFormat[],
): Promise<number[]> {
  const sources = formats.map((format) => sourceOf(statement, format, sender, look))
  const known = await documentsMadeOf(database, customerId, sources)
  const made: NewDocument[] = []
  for (const [at, format] of formats.entries()) {
    const source = sources[at]!
    if (known.has(source)) continue
    const bytes =
      format === 'pdf'
        ? await statementPdf(statement, sender, look)
        : await statementXlsx(statement, sender.name)
    made.push({
      kind: 'statement',
      name: nameOf(statement, format),
      mediaType: MEDIA_TYPES[format],
      hash: await store.put(bytes),
      bytes: bytes.length,
      source,
      asOf: statement.asOf,
    })
  }
  const ids =
    made.length === 0 ? [] : await database.transaction((sql) => keepDocuments(sql, doing, customerId, made))
  const idOf = new Map(made.map(({ source }, at) => [source, ids[at]!]))
  return sources.map((source) => known.get(source) ?? idOf.get(source)!)
}

/** Statements on paper, one behind the other, as one document of nobody's: made of the same statements, it is the same. */
export async function packDocument(
  { database, store, sender }: MakingDeps,
  doing: Doing,
  of: { name: string; day: LocalDate },
  statements: readonly KeptDocument[],
): Promise<number> {
  const bytes: Buffer[] = []
  for (const { hash } of statements) bytes.push(await store.get(hash))
  const pack = await printPack(bytes, { title: of.name, author: singleLine(sender.name), day: of.day })
  const document: NewDocument = {
    kind: 'print_pack',
    name: fileName(of.name, 'pdf'),
    mediaType: MEDIA_TYPES.pdf,
    hash: await store.put(pack),
    bytes: pack.length,
    source: null,
    asOf: of.day,
  }
  const [id] = await database.transaction((sql) => keepDocuments(sql, doing, null, [document]))
  return id!
}

/** The minutes of a reconciliation to sign; made of the same answer, they are the same. */
export async function minutesDocument(
  { database, store, sender, look }: MakingDeps,
  doing: Doing,
  customerId: number,
  minutes: Minutes,
): Promise<number> {
  const source = sourceOfMinutes(minutes, sender, look)
  const known = (await documentsMadeOf(database, customerId, [source])).get(source)
  if (known !== undefined) return known
  const bytes = await minutesPdf(minutes, sender, look)
  const language = languageFor(minutes.language)
  const name = phrase(wordsOf(language).minutes.filename, {
    customer: { code: singleLine(minutes.customer.code) },
    date: formatDay(minutes.asOf, language),
  })
  const document: NewDocument = {
    kind: 'minutes',
    name: fileName(name, 'pdf'),
    mediaType: MEDIA_TYPES.pdf,
    hash: await store.put(bytes),
    bytes: bytes.length,
    source,
    asOf: minutes.asOf,
  }
  const [id] = await database.transaction((sql) => keepDocuments(sql, doing, customerId, [document]))
  return id!
}

/** The letter of a formal demand; made of the same, it is the same. */
export async function demandDocument(
  { database, store, sender, look }: MakingDeps,
  doing: Doing,
  customerId: number,
  demand: Demand,
): Promise<number> {
  const source = sourceOfDemand(demand, sender, look)
  const known = (await documentsMadeOf(database, customerId, [source])).get(source)
  if (known !== undefined) return known
  const bytes = await demandPdf(demand, sender, look)
  const name = phrase(wordsOf(demand.language).demandLetter.filename, {
    customer: { code: singleLine(demand.customer.code) },
    date: formatDay(demand.asOf, demand.language),
  })
  const document: NewDocument = {
    kind: 'demand',
    name: fileName(name, 'pdf'),
    mediaType: MEDIA_TYPES.pdf,
    hash: await store.put(bytes),
    bytes: bytes.length,
    source,
    asOf: demand.asOf,
  }
  const [id] = await database.transaction((sql) => keepDocuments(sql, doing, customerId, [document]))
  return id!
}

/** A placement's pack of evidence, as PDF and as archive; made of the same, it is the same. */
export async function evidenceDocuments(
  { database, store, sender, look }: MakingDeps,
  doing: Doing,
  evidence: Evidence,
): Promise<number[]> {
  const sources = (['pdf', 'zip'] as const).map((format) => sourceOfEvidence(evidence, format, sender, look))
  const known = await documentsMadeOf(database, evidence.customerId, sources)
  if (sources.every((source) => known.has(source))) return sources.map((source) => known.get(source)!)
  const exhibits: Exhibit[] = []
  for (const document of evidence.documents)
    exhibits.push({ document, content: await store.get(document.hash) })
  const made = await evidencePack(evidence, exhibits, sender, look)
  const name = phrase(wordsOf(evidence.language).evidence.filename, {
    placement: evidence.placement.id,
    customer: { code: singleLine(evidence.customer.code) },
    date: formatDay(evidence.asOf, evidence.language),
  })
  const documents: NewDocument[] = []
  for (const [at, [format, bytes]] of Object.entries(made).entries())
    documents.push({
      kind: 'evidence',
      name: fileName(name, format),
      mediaType: format === 'pdf' ? MEDIA_TYPES.pdf : 'application/zip',
      hash: await store.put(bytes),
      bytes: bytes.length,
      source: sources[at]!,
      asOf: evidence.asOf,
    })
  return database.transaction((sql) => keepDocuments(sql, doing, evidence.customerId, documents))
}

function nameOf({ customer, language, asOf }: Statement, format: AttachmentFormat): string {
  const said = phrase(wordsOf(language).document.filename, {
    customer: { code: singleLine(customer.code) },
    date: formatDay(asOf, language),
  })
  return fileName(said, format)
}
