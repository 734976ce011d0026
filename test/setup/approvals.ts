import type { LocalDate } from '../../domain/calendar.ts'
import type { Answer, TeamCommandName, TeamCommands } from '../../domain/command.ts'
import { toDecimal } from '../../domain/money.ts'
import type { Look } from '../../domain/process.ts'
import type { ApprovalState } from '../../ledger/approvals/approval.ts'
import { type AuthorityAsked, withAuthority } from '../../ledger/approvals/authority.ts'
import { once } from '../../ledger/commands.ts'
import type { Database } from '../../ledger/database.ts'
import { lookAt } from '../../ledger/looks.ts'
import { findReceivables } from '../../ledger/receivables.ts'
import { mustOpenCase } from '../../ledger/scope.ts'
import { commandTeam } from '../../ledger/teamCommands.ts'
import { COMPANY, calendars } from './ledger.ts'
import { noon } from './portfolio.ts'

/** Approvals of a command that stands for any other: it cancels a document of a customer. */

let keys = 0
export interface Requested {
  /** An instant, or noon of a day. */
  on: LocalDate | number
  actor?: string
  document?: string
  customer?: string
  asked?: Partial<AuthorityAsked>
}

const instant = (on: LocalDate | number): number => (typeof on === 'number' ? on : noon(on))

/** Asks for the cancellation of a document as if that needed authority; what it answers. */
export function requestCancellation(database: Database, request: Requested): Promise<Answer> {
  const { on, actor = 'ana', document = 'F-1', customer = 'C-1', asked = {} } = request
  const asking = { company: COMPANY, now: instant(on), actor, key: `request-${++keys}` }
  return once(database, asking, 'request', { document }, async (sql) => {
    const scope = await mustOpenCase(sql, { asking, calendars }, customer)
    const [receivable] = await findReceivables(sql, COMPANY, [document])
    const { id, balance_minor: minor, currency } = receivable!
    const data = { documents: [document], amount: toDecimal(minor, currency), currency }
    return withAuthority(
      sql,
      scope,
      {
        kind: 'write_off',
        command: 'cancel',
        input: { document, why: 'duplicated' },
        items: [{ receivable: id, ceilingMinor: minor }],
        amount: { currency, minor },
        onYes: [{ code: 'write_off', data }],
        onNo: [{ code: 'chasing_goes_on', data }],
        why: 'duplicated',
        ...asked,
      },
      async () => ({ result: { done: document }, cases: [] }),
    )
  })
}

/** The same, as the approval's number. */
export const requested = async (database: Database, request: Requested): Promise<number> =>
  (await requestCancellation(database, request)).result.approval as number

/** Looks at an approval without a workflow. */
export const lookAtApproval = (database: Database, approval: number, on: LocalDate | number): Promise<Look> =>
  lookAt(database, calendars, COMPANY, `approval:${approval}`, instant(on))

export const team = <N extends TeamCommandName>(
  database: Database,
  name: N,
  content: TeamCommands[N],
  on: LocalDate | number,
  actor = 'admin',
): Promise<Answer> =>
  commandTeam(
    database,
    { company: COMPANY, actor, now: instant(on), key: `team-command-${++keys}` },
    name,
    content,
  )

/** Somebody is away from a day to a day. */
export const away = (
  database: Database,
  person: string,
  standIn: string | null,
  [from, to]: readonly [LocalDate, LocalDate],
  on: LocalDate | number = from,
): Promise<Answer> =>
  team(
    database,
    'recordAbsence',
    { person, from, to, why: 'vacaciones', ...(standIn === null ? {} : { standIn }) },
    on,
  )

export const stateOf = async (
  database: Database,
  approval: number,
): Promise<{ state: ApprovalState; role: string; why: string | null }> => {
  const row = await database.one<{ state: ApprovalState; role: string; why: string | null }>(
    `SELECT state, levels -> level ->> 'role' AS role, closed_why AS why FROM approval WHERE id = $1`,
    [approval],
  )
  return row!
}

/** Who was told what of an approval, in the order in which they were told. */
export const told = async (database: Database, approval: number): Promise<string[]> =>
  (
    await database.rows<{ line: string }>(
      `SELECT person || CASE WHEN holder = person THEN '' ELSE ' for ' || holder END || ' ' || reason AS line FROM approval_notice WHERE approval_id = $1 ORDER BY id`,
      [approval],
    )
  ).map((r) => r.line)

/** What the journal says of it: the company's hour, what happened, and who was asked or reminded. */
export const diaryOf = async (database: Database, approval: number): Promise<string[]> => {
  const rows = await database.rows<{ entry: string }>(
    `SELECT entry FROM journal WHERE (entry::jsonb -> 'data' ->> 'approval')::int = $1 AND event LIKE 'approval %' ORDER BY chain, seq`,
    [approval],
  )
  const text = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'America/Mexico_City',
    dateStyle: 'short',
    timeStyle: 'short',
  })
  return rows.map(({ entry }) => {
    const { at, event, data } = JSON.parse(entry) as {
      at: string
      event: string
      data: { to?: string; people?: string[]; by?: string }
    }
    const who = data.to ?? data.by ?? data.people?.join(', ') ?? ''
    return `${text.format(new Date(at))} ${event.replace('approval ', '')} ${who}`.trim()
  })
}
