import { z } from 'zod'
import { timeZoneOf } from './calendar.ts'
import { ENCODINGS } from './csvDecode.ts'
import { dateReader } from './dateFormat.ts'
import { isCurrency } from './money.ts'
import { LANGUAGES } from './notice.ts'
import { RECEIVABLE_KINDS } from './openItem.ts'
import { parseYaml, problemText, type YamlProblem } from './yamlFile.ts'

/** Name of a column in the file's header. */
const header = z.string().trim().min(1).max(200)
/** A code that goes into a key: short and on one line. */
const code = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{Cc}]*$/u, 'must not have control characters')

/** What a column can hold, in the order in which Cartera writes them. */
const columnsSchema = z.strictObject({
  customer: header,
  customer_name: header.exactOptional(),
  document: header,
  tranche: header.exactOptional(),
  kind: header.exactOptional(),
  currency: header.exactOptional(),
  original: header,
  open: header.exactOptional(),
  issued: header,
  due: header,
  presented: header.exactOptional(),
  site: header.exactOptional(),
  site_email: header.exactOptional(),
  order_number: header.exactOptional(),
  segment: header.exactOptional(),
  branch: header.exactOptional(),
  language: header.exactOptional(),
  time_zone: header.exactOptional(),
  review_days: header.exactOptional(),
  analyst: header.exactOptional(),
  payer: header.exactOptional(),
  contact_name: header.exactOptional(),
  email: header.exactOptional(),
  phone: header.exactOptional(),
  // What an initial load carries over of the time before.
  stage: header.exactOptional(),
  last_step: header.exactOptional(),
  last_step_on: header.exactOptional(),
  promise_due: header.exactOptional(),
  promise_amount: header.exactOptional(),
  promise_made: header.exactOptional(),
  broken_promises: header.exactOptional(),
  dispute_reason: header.exactOptional(),
  dispute_amount: header.exactOptional(),
  dispute_opened: header.exactOptional(),
  settled: header.exactOptional(),
})

export type ProfileField = keyof z.infer<typeof columnsSchema>
export const PROFILE_FIELDS: readonly ProfileField[] = columnsSchema.keyof().options

/** Without these there is no open item. */
export const ALWAYS_NEEDED: readonly ProfileField[] = ['customer', 'document', 'original', 'issued', 'due']

/** Taken where the file has no column or the cell is empty. */
const defaultsSchema = z.strictObject({
  currency: z.string().refine(isCurrency, 'must be a currency code of ISO 4217').exactOptional(),
  kind: z.enum(RECEIVABLE_KINDS).exactOptional(),
  tranche: code.exactOptional(),
  language: z.enum(LANGUAGES).exactOptional(),
  segment: code.exactOptional(),
  branch: code.exactOptional(),
  timeZone: z
    .string()
    .overwrite((name) => timeZoneOf(name) ?? name)
    .refine((name) => timeZoneOf(name) !== null, 'must be an IANA name such as America/Mexico_City')
    .exactOptional(),
  analyst: code.exactOptional(),
})

/**
 * How to read one source's open items, CSV or XLSX. Every cell is text: leading zeros are always kept. Encoding and
 * delimiter are those of CSV; dates and amounts that a workbook has as text are read in the formats said here too.
 */
export const profileSchema = z
  .strictObject({
    /** Name of the system that the items come from. */
    source: code,
    /** Who is the book of record for money: the source, or Cartera. */
    authority: z.enum(['source', 'cartera']),
    encoding: z.enum(ENCODINGS),
    delimiter: z.enum([',', ';', '\t', '|']),
    /** Name of the workbook's sheet; the only one with data when not said. */
    sheet: z.string().min(1).max(31).exactOptional(),
    dateFormat: z
      .string()
      .refine(
        (format) => dateReader(format) !== null,
        'must be made of YYYY, MM, M or MMM, DD or D, such as DD/MM/YYYY',
      ),
    decimal: z.enum(['.', ',']),
    /** Between thousands; without it amounts have no such mark. */
    grouping: z.enum([',', '.', ' ', "'"]).exactOptional(),
    /** Code of the company whose receivables these are, when the load doesn't say. */
    company: code.exactOptional(),
    defaults: defaultsSchema.exactOptional(),
    columns: columnsSchema,
    /** Columns that a file may lack; every other column named above must be there. */
    optionalColumns: z.array(z.enum(PROFILE_FIELDS)).exactOptional(),
    /** The source's word for a kind → Cartera's; without it the file uses Cartera's words. */
    kinds: z.record(z.string(), z.enum(RECEIVABLE_KINDS)).exactOptional(),
    /** Whether the amounts of credits come negative (as when not said) or positive. */
    creditSign: z.enum(['negative', 'positive']).exactOptional(),
  })
  .superRefine((profile, context) => {
    const refuse = (path: string[], message: string): void =>
      context.addIssue({ code: 'custom', path, message })
    const { columns, defaults } = profile
    if (profile.grouping === profile.decimal) refuse(['grouping'], 'must differ from the decimal mark')
    for (const field of ['currency', 'kind'] as const)
      if (columns[field] === undefined && defaults?.[field] === undefined)
        refuse(['columns'], `needs a column for ${field}, or a value under defaults.${field}`)
    if (profile.kinds && columns.kind === undefined) refuse(['kinds'], 'needs columns.kind')
    for (const [i, field] of (profile.optionalColumns ?? []).entries()) {
      if (columns[field] === undefined)
        refuse(['optionalColumns', String(i)], `${field} is not among the columns`)
      if (ALWAYS_NEEDED.includes(field))
        refuse(['optionalColumns', String(i)], `${field} is needed in every file`)
    }
  })

export type Profile = z.infer<typeof profileSchema>

/** What is wrong in a profile, and where. */
export type ProfileError = YamlProblem

export type ParsedProfile = { ok: true; profile: Profile } | { ok: false; errors: ProfileError[] }

/** Reads a profile from YAML. `fileName` only names the file in errors. */
export function parseProfile(yamlText: string, fileName: string): ParsedProfile {
  const parsed = parseYaml(yamlText, fileName, profileSchema, {
    unknownSetting: 'is not a setting of a profile; check its spelling',
  })
  return parsed.ok ? { ok: true, profile: parsed.value } : { ok: false, errors: parsed.problems }
}

/** `profile.yaml:12:3: columns.due: …` */
export const profileErrorText = problemText
