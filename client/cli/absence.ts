import type { Command } from 'commander'
import type { Absence } from '../../ledger/absences.ts'
import { examples } from './examples.ts'
import { readDate, readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

const PLACES = {
  person: 'PERSON',
  standIn: '--stand-in',
  from: '--from',
  to: '--to',
  backOn: '--back',
  why: '--why',
}

/** Who is away, and in whose worklist the tasks are meanwhile. */
export function addAbsences(program: Command, runs: Runs): void {
  const absence = program
    .command('absence')
    .description("Who is away and who stands in: the tasks are in the stand-in's worklist meanwhile.")
  examples(
    absence
      .command('record <person>')
      .description('Somebody is away from a day to a day. Without a stand-in the supervisor has the tasks.')
      .option('--stand-in <person>', 'who has the tasks meanwhile')
      .requiredOption('--from <date>', 'first day')
      .requiredOption('--to <date>', 'last day')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(
          async (
            session,
            person: string,
            { standIn, from, to, why }: { standIn?: string; from: string; to: string; why: string },
          ) => {
            const { sendToTeam } = await import('./send.ts')
            const content = {
              person,
              from: readDate(from, '--from', session.phrases),
              to: readDate(to, '--to', session.phrases),
              why,
              ...(standIn === undefined ? {} : { standIn }),
            }
            await sendToTeam(session, { name: 'recordAbsence', content }, PLACES)
          },
        ),
      ),
    'absence record ana --stand-in bea --from 2026-12-21 --to 2026-12-31 --why holidays',
  )
  examples(
    absence
      .command('end <id>')
      .description('Somebody is back sooner: from that day the tasks are their own again.')
      .requiredOption('--back <date>', 'first day back')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { back, why }: { back: string; why: string }) => {
          const { sendToTeam } = await import('./send.ts')
          const content = {
            absence: readId(id, 'ID', session.phrases),
            backOn: readDate(back, '--back', session.phrases),
            why,
          }
          await sendToTeam(session, { name: 'endAbsence', content }, PLACES)
        }),
      ),
    'absence end 3 --back 2026-12-28 --why "came back early"',
  )
  examples(
    absence
      .command('list', { isDefault: true })
      .description('Show who is away today and later.')
      .option('--all', 'past ones too')
      .action(
        runs(async (session, { all }: { all?: boolean }) => {
          const [{ absences }, { companyToday }] = await Promise.all([
            import('../../ledger/absences.ts'),
            import('../../ledger/company.ts'),
          ])
          const [sql, company] = [await session.ledger(), await session.company()]
          const rows = await absences(
            sql,
            company,
            await companyToday(sql, company, Date.now()),
            all ?? false,
          )
          session.show(rows, () => listText(session, rows))
        }),
      ),
    'absence list --all --json',
  )
}

function listText({ phrases, speech, table }: Session, rows: readonly Absence[]): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.number, right: true },
      { title: labels.person },
      { title: labels.from },
      { title: labels.until },
      { title: labels.standIn },
      { title: labels.why, cut: true },
    ],
    rows.map((row) => [
      { count: row.id },
      row.person,
      { date: row.from },
      row.backOn === null ? { date: row.to } : phrases.backOn(speech.date(row.backOn)),
      row.standIn ?? phrases.theSupervisor,
      row.why,
    ]),
    phrases.nothing,
  )
}
