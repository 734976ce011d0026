import { z } from 'zod'
import { isLocalDate, type LocalDate } from './calendar.ts'
import { addControl, type ControlTotals, type LoadReport } from './load.ts'
import { parseYaml, type YamlProblem } from './yamlFile.ts'

/**
 * A feed: a folder into which a source puts its files again and again, and `feed.yaml` in it, which says how they are
 * named and read.
 */

/** Parts of a file's name: a date, `*` for anything, the rest as it is. */
const DATE = /YYYY-MM-DD|YYYYMMDD|YYYY_MM_DD/
const codes = z.array(z.string().min(1)).min(1)

export const feedSchema = z
  .strictObject({
    profile: z
      .string()
      .min(1)
      .describe('how to read the files: a name of config/profiles, or a path from this folder'),
    kind: z.enum(['snapshot', 'delta']),
    files: z
      .string()
      .min(1)
      .refine((name) => !name.includes('/') && !name.includes('\\'), 'must be a name without folders')
      .describe('the name of a file, with its day as YYYY-MM-DD, YYYYMMDD or YYYY_MM_DD, and * for anything'),
    scope: z.strictObject({ branches: codes.exactOptional(), customers: codes.exactOptional() }).prefault({}),
    control: z
      .enum(['required', 'optional'])
      .default('optional')
      .describe('whether a file waits until its control totals (NAME.control.yaml) are there'),
    settle_seconds: z
      .int()
      .min(0)
      .max(3600)
      .default(10)
      .describe('a file that was written to more recently may still be growing'),
  })
  .refine((feed) => feed.kind !== 'snapshot' || DATE.test(feed.files), {
    path: ['files'],
    error: 'must have the day that a snapshot tells of in it, such as items-YYYY-MM-DD.csv',
  })
export type Feed = z.infer<typeof feedSchema>

export const FEED_FILE = 'feed.yaml'
export const controlFileOf = (name: string): string => `${name}.control.yaml`

export const parseFeed = (text: string): { ok: true; value: Feed } | { ok: false; problems: YamlProblem[] } =>
  parseYaml(text, FEED_FILE, feedSchema, { unknownSetting: 'is not a setting of a feed; check its spelling' })

/** The day in a file's name; undefined when the name isn't one of the feed's, null when the feed's names have no day. */
export function dayInName(feed: Pick<Feed, 'files'>, name: string): LocalDate | null | undefined {
  let hasDay = false
  const pattern = feed.files
    .split(/(YYYY-MM-DD|YYYYMMDD|YYYY_MM_DD|\*)/)
    .map((part) => {
      if (part === '*') return '.*'
      if (!DATE.test(part)) return part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&')
      if (hasDay) return part
      hasDay = true
      return part.replace(/YYYY/, '(?<y>\\d{4})').replace(/MM/, '(?<m>\\d\\d)').replace(/DD/, '(?<d>\\d\\d)')
    })
    .join('')
  const found = new RegExp(`^${pattern}$`).exec(name)
  if (!found) return undefined
  if (!hasDay) return null
  const { y, m, d } = found.groups!
  const day = `${y}-${m}-${d}`
  return isLocalDate(day) ? day : undefined
}

/** The order in which files are taken: by their day, then by name. */
export const byDay = (
  a: { asOf: LocalDate | null; name: string },
  b: { asOf: LocalDate | null; name: string },
): number => compare(a.asOf ?? '', b.asOf ?? '') || compare(a.name, b.name)

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Text or number: YAML may take an amount for either. */
const figure = z.union([z.string(), z.number()]).transform(String)
const controlSchema = z
  .strictObject({
    lines: z.int().min(0).exactOptional(),
    open: z.record(z.string(), figure).exactOptional(),
  })
  .refine(
    (control) => control.lines !== undefined || control.open !== undefined,
    'needs lines, or open by currency',
  )
  .transform((control, context): ControlTotals => {
    let totals: ControlTotals = control.lines === undefined ? {} : { lines: control.lines }
    for (const [currency, amount] of Object.entries(control.open ?? {})) {
      const added = addControl(totals, currency, amount)
      if (added) totals = added
      else
        context.addIssue({
          code: 'custom',
          path: ['open', currency],
          message: `"${amount}" is not an amount of a currency such as MXN: "1234.50"`,
        })
    }
    return totals
  })

/** Reads the control totals beside a file: `lines: 600` and `open: { MXN: "1234567.80" }`. */
export const parseControl = (
  text: string,
  fileName: string,
): { ok: true; value: ControlTotals } | { ok: false; problems: YamlProblem[] } =>
  parseYaml(text, fileName, controlSchema, { unknownSetting: 'is not a control total; write lines or open' })

/** A file that waits in the folder. */
export interface FeedFile {
  name: string
  /** Day that the name says; null when the feed's names have none. */
  asOf: LocalDate | null
  /** `growing`: written to a moment ago. `no-control`: its control totals aren't there yet. */
  state: 'ready' | 'growing' | 'no-control'
}

/** What came of one file of a feed. */
export interface FedFile {
  name: string
  asOf: LocalDate | null
  /** `unreadable`: its control totals or its feed can't be read, so it wasn't even tried. */
  outcome: 'done' | 'refused' | 'unreadable'
  /** Another of its name came while it was taken: it wasn't filed away, and the next run takes that one. */
  replaced: boolean
  load: LoadReport | null
}

export interface FeedRun {
  folder: string
  files: FedFile[]
  /** Not taken yet: still being written, without control totals, replaced, or behind a delta that was refused or replaced. */
  waiting: FeedFile[]
  /** A refused delta that later ones wait for: it has to be mended, or taken out of `refused`. */
  blockedBy: string | null
}
