import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { isWorkbook } from '../../domain/fileKind.ts'
import {
  addControl,
  type ControlTotals,
  LOAD_KINDS,
  type LoadReport,
  type LoadScope,
  type NewLoad,
} from '../../domain/load.ts'
import type { LineError } from '../../domain/openItem.ts'
import type { Profile } from '../../domain/profile.ts'
import { tellLine } from '../words/tell.ts'
import { examples } from './examples.ts'
import { Ended, EXIT, UsageError } from './exit.ts'
import { readDate } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { plain } from './table.ts'

interface Loaded {
  profile: string
  kind: NewLoad['kind']
  asOf?: string
  scope?: LoadScope
  control?: ControlTotals
  hold?: boolean
  wait?: boolean
}

/** Files of open items. */
export function addLoads(program: Command, runs: Runs): void {
  const load = program
    .command('load')
    .usage('[options] FILE  |  release ID  |  show ID')
    .description('Bring a file of open items into the books: checked whole, then all of it or nothing.')
  examples(
    load
      .command('file <file>', { isDefault: true })
      .description(
        'Load a file, CSV or XLSX (the word "file" may be left out). The same file twice is one load.',
      )
      .requiredOption(
        '--profile <name>',
        'how to read it: a name of config/profiles, or the path of a YAML file',
      )
      .addOption(new Option('--kind <kind>', 'what the file holds').choices([...LOAD_KINDS]).default('delta'))
      .option('--as-of <date>', 'day on which the source stood like this')
      .option(
        '--scope <what=codes>',
        'all that the file speaks of, when it is not the whole source: branch=Norte,Sur or customer=C-1 (again for more)',
        readScope,
      )
      .option(
        '--control <what=total>',
        'what the sender says is in it: lines=600 or MXN=1234567.80 open (again for more); else it is refused',
        readControl,
      )
      .option('--hold', 'take it into the books, and chase nobody until it is released')
      .option('--wait', 'wait until every case of it was woken')
      .action(runs(loadFile)),
    'load items.csv --profile standard',
    'load cartera.xlsx --profile perfiles/sap.yaml',
    'load cartera-noviembre.csv --profile perfiles/sap.yaml --kind initial --hold',
    'load 2026-11-25.csv --profile perfiles/sap.yaml --kind snapshot --as-of 2026-11-25 --control lines=600 --control MXN=1234567.80',
  )
  examples(
    load
      .command('release <id>')
      .description('Let a held load go: its receivables are chased from now on.')
      .action(
        runs(async (session, id: string) => {
          const { releaseLoad } = await import('../loads.ts')
          const report = await releaseLoad(await session.door(), await session.ledger(), id, session.actor)
          session.show(report, () => session.phrases.load(report))
        }),
      ),
    'load release standard-3f2a9c01d4e5b677',
  )
  examples(
    load
      .command('show <id>')
      .description('Show what came of a load, with every line that has a mistake or a note.')
      .action(runs(showLoad)),
    'load show standard-3f2a9c01d4e5b677 --json',
  )
}

async function loadFile(session: Session, file: string, options: Loaded): Promise<void> {
  const { phrases } = session
  const asOf = options.asOf === undefined ? null : readDate(options.asOf, '--as-of', phrases)
  const content = readFileSync(file)
  const profile = await profileNamed(session, options.profile)
  const company = await session.company()
  if (profile.company !== undefined && profile.company !== company)
    throw new UsageError(phrases.otherCompany(profile.company, company))
  const loads = await import('../loads.ts')
  const [database, door] = [await session.ledger(), await session.door()]
  const { id, known } = await loads.startLoad(door, database, {
    content,
    fileName: basename(file),
    profile,
    kind: options.kind,
    asOf,
    scope: options.scope ?? {},
    control: options.control ?? null,
    hold: options.hold ?? false,
    actor: session.actor,
  })
  if (known?.state === 'released')
    return session.show(known, () => `${phrases.loadKnown(known)}\n${phrases.load(known)}`)

  const bar = await progressBar(session, content)
  let report: LoadReport
  try {
    report = await loads.watchLoad(door, database, id, bar.show)
  } finally {
    bar.stop()
  }
  if (report.state === 'refused') return refuse(session, report)
  if (options.wait && report.state === 'released') {
    session.note(phrases.loadWakes)
    await loads.waitForWakes(door, id)
  }
  const notes = report.notes > 0 ? await errorLines(session, id) : []
  session.show(report, () =>
    [
      ...notes,
      phrases.load(report),
      ...(report.state === 'held' ? [phrases.loadHeld(id)] : []),
      ...(options.wait && report.state === 'released' ? [phrases.loadWoke] : []),
    ].join('\n'),
  )
}

function readScope(text: string, before: LoadScope = {}): LoadScope {
  const [what, codes] = text.split('=', 2)
  const values = (codes ?? '').split(',').map((code) => code.trim())
  if ((what !== 'branch' && what !== 'customer') || values.includes(''))
    throw new InvalidArgumentError('Write branch=CODE,CODE or customer=CODE,CODE.')
  return { ...before, [what === 'branch' ? 'branches' : 'customers']: values }
}

function readControl(text: string, before: ControlTotals = {}): ControlTotals {
  const [name, value] = text.split('=', 2)
  const totals = addControl(before, name ?? '', value ?? '')
  if (totals === null)
    throw new InvalidArgumentError(
      'Write lines=N, or a currency and what is open of it, such as MXN=1234.50.',
    )
  return totals
}

/** Every bad line, then what came of it. */
async function refuse(session: Session, report: LoadReport): Promise<never> {
  const { errorsOf } = await import('../../ledger/loads.ts')
  const errors = await errorsOf(await session.ledger(), report.id)
  session.show({ ...report, errorList: errors }, () => session.phrases.load(report))
  if (!session.json) for (const error of errors) session.note(lineOf(session, error))
  if (!session.json) session.note(session.phrases.badFile(report.errors))
  throw new Ended(EXIT.badInput)
}

async function showLoad(session: Session, id: string): Promise<void> {
  const [{ reportOf, errorsOf }, { Refusal }] = await Promise.all([
    import('../../ledger/loads.ts'),
    import('../../domain/refusal.ts'),
  ])
  const sql = await session.ledger()
  const report = await reportOf(sql, id)
  if (!report) throw new Refusal('NotFound', { what: 'load', id })
  const errors = await errorsOf(sql, id)
  session.show({ ...report, errorList: errors }, () =>
    [
      session.phrases.load(report),
      ...errors.map((error) => lineOf(session, error)),
      ...(report.state === 'held' ? [session.phrases.loadHeld(id)] : []),
    ].join('\n'),
  )
}

async function errorLines(session: Session, id: string): Promise<string[]> {
  const { errorsOf } = await import('../../ledger/loads.ts')
  return (await errorsOf(await session.ledger(), id)).map((error) => lineOf(session, error))
}

const lineOf = ({ words }: Session, error: LineError & { fatal: boolean }): string =>
  plain(tellLine(words, error))

/** A profile by its name or its path. */
export async function profileNamed({ phrases }: Session, name: string): Promise<Profile> {
  const { ProfileFileError, readProfile } = await import('../../config/profileFiles.ts')
  try {
    return readProfile(name)
  } catch (error) {
    if (!(error instanceof ProfileFileError)) throw error
    throw new UsageError(error.known ? phrases.noProfile(name, error.known.join(', ')) : error.message)
  }
}

interface Bar {
  show(stage: 'waiting' | 'staging', lines: number): void
  stop(): void
}

/** On the error output, and only when a person looks at it. */
async function progressBar({ io, phrases }: Session, content: Uint8Array): Promise<Bar> {
  // How many rows a workbook has isn't known before it is read.
  if (!io.isTerminal.err || isWorkbook(content)) return { show: () => {}, stop: () => {} }
  const { SingleBar } = await import('cli-progress')
  const total = linesIn(content)
  const bar = new SingleBar({
    format: '{bar} {what}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(total, 0, { what: phrases.loadWaits })
  return {
    show: (stage, lines) =>
      bar.update(Math.min(lines, total), {
        what: stage === 'waiting' ? phrases.loadWaits : phrases.loadReads(Math.min(lines, total), total),
      }),
    stop: () => bar.stop(),
  }
}

const NEWLINE = 10
const linesIn = (content: Uint8Array): number => {
  let lines = 1
  for (const byte of content) if (byte === NEWLINE) lines++
  return lines
}
