import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import type { Command } from 'commander'
import type { WorkingCalendar } from '../../domain/calendar.ts'
import type { PlanRow } from '../../domain/explain.ts'
import type { Policy } from '../../domain/policy.ts'
import { tellAction, tellCode, tellWhy } from '../words/tell.ts'
import { examples } from './examples.ts'
import { Ended, EXIT, UsageError } from './exit.ts'
import { readDate, readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { plainLines } from './table.ts'

interface Sample {
  issued?: string
  due?: string
  loaded?: string
  matrix?: boolean
}

const TERM_DAYS = 30

/** Policies: checked, told by date, taken on by customers. */
export function addPolicies(program: Command, runs: Runs): void {
  const policy = program
    .command('policy')
    .description('Check and explain policies; have customers take on the current version.')
  examples(
    policy
      .command('check <files...>')
      .description('Check policy files: every mistake with its line and column.')
      .action(runs(checkFiles)),
    'policy check config/policies/*.yaml',
  )
  examples(
    policy
      .command('explain [policy]')
      .description(
        'Tell by date what a policy does about an invoice that nobody pays: a file, or the id of a policy in use (default: the company’s).',
      )
      .option('--issued <date>', 'issue date (default: today)')
      .option('--due <date>', `due date (default: ${TERM_DAYS} days after the issue)`)
      .option('--loaded <date>', 'first day on which it is known, when that is later')
      .option('--matrix', 'instead: who has to agree to what, the first row that fits')
      .action(runs(explain)),
    'policy explain',
    'policy explain --matrix',
    'policy explain config/policies/standard.yaml --issued 2026-11-02 --due 2026-12-02',
  )
  examples(
    policy
      .command('publish <files...>')
      .description(
        'Publish changed policies as new versions. The first version of a policy holds at once, a later one when somebody else agrees.',
      )
      .action(runs(publish)),
    'policy publish config/policies/standard.yaml',
  )
  examples(
    policy
      .command('activate <policy> <version>')
      .description('Ask again for a published version to hold, after it was refused or withdrawn.')
      .action(
        runs(async (session, id: string, version: string) => {
          const { sendDecision } = await import('./send.ts')
          const content = { policy: id, version: readId(version, 'VERSION', session.phrases) }
          await sendDecision(session, { name: 'activatePolicy', content }, { policy: 'POLICY' })
        }),
      ),
    'policy activate standard 3',
  )
  examples(
    policy
      .command('adopt [documents...]')
      .description(
        'Have live receivables of a customer take on the current version of their policy; their progress is kept.',
      )
      .requiredOption('--customer <code>', 'the customer')
      .action(
        runs(async (session, documents: string[], { customer }: { customer: string }) => {
          const { sendToCase } = await import('./send.ts')
          await sendToCase(
            session,
            { customer },
            'adoptPolicy',
            documents.length === 0 ? {} : { documents },
            { documents: 'DOC' },
          )
        }),
      ),
    'policy adopt --customer C-100',
  )
  examples(
    program
      .command('regroup <customer>')
      .description("Move a customer's receivables to the cases that its current policy groups them into.")
      .action(
        runs(async (session, customer: string) => {
          const { sendToCase } = await import('./send.ts')
          await sendToCase(session, { customer }, 'regroup', {}, {})
        }),
      ),
    'regroup C-100',
  )
}

async function checkFiles(session: Session, files: string[]): Promise<void> {
  const { readPolicyFile, PolicyFileError } = await import('../../config/policyFiles.ts')
  const calendarOf = await calendars(session)
  const results = files.map((file) => {
    try {
      const { id, steps, calendar } = readPolicyFile(file)
      calendarOf(calendar)
      return { file, ok: true as const, id, steps: steps.length }
    } catch (error) {
      if (error instanceof PolicyFileError) return { file, ok: false as const, message: error.message }
      if (error instanceof UsageError)
        return { file, ok: false as const, message: `${basename(file)}: calendar: ${error.message}` }
      throw error
    }
  })
  session.show(results, () =>
    results
      .map((r) => (r.ok ? session.phrases.policyGood(r.file, r.id, r.steps) : plainLines(r.message)))
      .join('\n'),
  )
  if (results.some((r) => !r.ok)) throw new Ended(EXIT.badInput)
}

async function publish(session: Session, files: string[]): Promise<void> {
  const { readPolicyFile, PolicyFileError } = await import('../../config/policyFiles.ts')
  const { sendDecision } = await import('./send.ts')
  try {
    const content = { policies: files.map((file) => readPolicyFile(file)) }
    await sendDecision(session, { name: 'publishPolicies', content }, {})
  } catch (error) {
    if (error instanceof PolicyFileError) throw new UsageError(error.message, { cause: error })
    throw error
  }
}

async function explain(session: Session, wanted: string | undefined, options: Sample): Promise<void> {
  const { phrases, speech } = session
  const [{ explainPolicy }, { addDays, localDateOf }] = await Promise.all([
    import('../../domain/explain.ts'),
    import('../../domain/calendar.ts'),
  ])
  const policy = await findPolicy(session, wanted)
  if (options.matrix) {
    const { matrixText } = await import('./matrixText.ts')
    return session.show({ policy: policy.id, approvals: policy.approvals }, () => matrixText(session, policy))
  }
  const calendar = (await calendars(session))(policy.calendar)
  const timeZone = session.io.env.CARTERA_TIME_ZONE ?? 'America/Mexico_City'
  const issuedOn =
    options.issued === undefined
      ? localDateOf(Date.now(), timeZone)
      : readDate(options.issued, '--issued', phrases)
  const dueOn =
    options.due === undefined ? addDays(issuedOn, TERM_DAYS) : readDate(options.due, '--due', phrases)
  const sample = {
    issuedOn,
    dueOn,
    ...(options.loaded === undefined ? {} : { from: readDate(options.loaded, '--loaded', phrases) }),
  }
  const rows = explainPolicy(policy, calendar, { timeZone, ...policy.contact_hours }, sample)
  session.show({ policy: policy.id, issuedOn, dueOn, plan: rows, interest: policy.interest ?? null }, () =>
    [
      phrases.policyExplained(policy.name, speech.date(issuedOn), speech.date(dueOn)),
      '',
      planTable(session, rows, timeZone),
      '',
      phrases.interest.title,
      ...(policy.interest ? phrases.interest.rule(policy.interest, speech) : [phrases.interest.noRule]).map(
        (line) => `  ${line}`,
      ),
    ].join('\n'),
  )
}

/** The plan as a table, a line for each step. */
export function planTable(
  { words, phrases, speech, table }: Pick<Session, 'words' | 'phrases' | 'speech' | 'table'>,
  rows: readonly PlanRow[],
  timeZone: string,
): string {
  const { labels } = phrases
  const clock = new Intl.DateTimeFormat(words.language, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  return table(
    [
      { title: labels.date },
      { title: labels.weekday },
      { title: labels.hour },
      { title: labels.daysAfterDue, right: true },
      { title: labels.step },
      { title: labels.action, cut: true },
      { title: labels.channel },
      { title: labels.severity },
      { title: labels.moved, cut: true },
    ],
    rows.map((row) => [
      { date: row.on },
      speech.weekday(row.on),
      clock.format(row.at),
      { count: row.daysAfterDue, signed: true },
      row.step,
      tellAction(words, row.action),
      row.channel === null ? '' : tellCode(words.channels, row.channel),
      row.severity === null ? '' : words.severities[row.severity],
      row.movedBecause === null ? '' : tellWhy(words, row.movedBecause),
    ]),
  )
}

async function findPolicy(session: Session, wanted: string | undefined): Promise<Policy> {
  const { readPolicies, readPolicyFile } = await import('../../config/policyFiles.ts')
  if (wanted !== undefined && existsSync(wanted)) return readPolicyFile(wanted)
  const policies = readPolicies((await folders(session)).policies)
  const found =
    policies.find((p) => (wanted === undefined ? p.applies_to.company : p.id === wanted)) ??
    (wanted === undefined ? policies[0] : undefined)
  if (!found)
    throw new UsageError(session.phrases.noSuchPolicy(wanted ?? '', policies.map((p) => p.id).join(', ')))
  return found
}

/** Calendars by id; a file with mistakes, or an id that there isn't, is bad input. */
async function calendars(session: Session): Promise<(id: string) => WorkingCalendar> {
  const { readCalendars } = await import('../../config/calendarFiles.ts')
  const { calendars: folder } = await folders(session)
  const said = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
    }
  }
  const calendarOf = said(() => readCalendars(folder))
  return (id) => said(() => calendarOf(id))
}

/** Policies and calendars are files: they are told also while no server runs. */
async function folders(session: Session): Promise<{ policies: string; calendars: string }> {
  const { shippedFile } = await import('../../config/paths.ts')
  try {
    const { CARTERA_POLICIES, CARTERA_CALENDARS } = await session.env()
    return { policies: CARTERA_POLICIES, calendars: CARTERA_CALENDARS }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'EnvironmentError')) throw error
    const { env } = session.io
    return {
      policies: env.CARTERA_POLICIES ?? shippedFile('config', 'policies'),
      calendars: env.CARTERA_CALENDARS ?? shippedFile('config', 'calendars'),
    }
  }
}
