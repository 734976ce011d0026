import { type Command, Option } from 'commander'
import { LANGUAGES } from '../../domain/notice.ts'
import type { RoleHolder } from '../../ledger/roles.ts'
import { examples } from './examples.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

interface Granted {
  role: string
  branch?: string
  name?: string
  email?: string
  language?: (typeof LANGUAGES)[number]
}

const PLACES = {
  person: 'PERSON',
  role: '--role',
  branch: '--branch',
  name: '--name',
  email: '--email',
  language: '--language',
  why: '--why',
}

/** Who may decide what. */
export function addTeam(program: Command, runs: Runs): void {
  const team = program
    .command('team')
    .description(
      'Who holds which role, of a branch or of all: approvals are put to roles, and go to these people.',
    )
  examples(
    team
      .command('grant <person>')
      .description(
        'Give somebody a role, or say anew how they are reached. Nobody grants themselves anything.',
      )
      .requiredOption('--role <role>', 'as the policy’s matrix names it, such as supervisor')
      .option('--branch <branch>', 'of this branch only')
      .option('--name <name>', 'as mails address them')
      .option('--email <address>', 'where approvals are mailed to')
      .addOption(new Option('--language <language>', 'of their mails').choices(LANGUAGES))
      .action(
        runs(async (session, person: string, options: Granted) => {
          const { sendToTeam } = await import('./send.ts')
          await sendToTeam(session, { name: 'grantRole', content: { person, ...options } }, PLACES)
        }),
      ),
    'team grant sofía --role supervisor --branch Norte --name "Sofía Íñiguez" --email sofia@example.com',
  )
  examples(
    team
      .command('revoke <person>')
      .description('Take a role back. What was decided stays decided; what waits is put to the others.')
      .requiredOption('--role <role>', 'which one')
      .option('--branch <branch>', 'the one of this branch')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, person: string, options: { role: string; branch?: string; why: string }) => {
          const { sendToTeam } = await import('./send.ts')
          await sendToTeam(session, { name: 'revokeRole', content: { person, ...options } }, PLACES)
        }),
      ),
    'team revoke sofía --role supervisor --branch Norte --why "moved to sales"',
  )
  examples(
    team
      .command('list', { isDefault: true })
      .description('Show who holds what.')
      .action(
        runs(async (session) => {
          const { roleHolders } = await import('../../ledger/roles.ts')
          const rows = await roleHolders(await session.ledger(), await session.company())
          session.show(rows, () => listText(session, rows))
        }),
      ),
    'team list --json',
  )
}

function listText({ phrases, table }: Session, rows: readonly RoleHolder[]): string {
  const { labels } = phrases
  return table(
    [
      { title: labels.role },
      { title: labels.branch },
      { title: labels.person },
      { title: labels.name, cut: true },
      { title: labels.address },
      { title: labels.by },
    ],
    rows.map((row) => [
      row.role,
      row.branch === '' ? phrases.everyBranch : row.branch,
      row.person,
      row.name,
      row.email === null ? '' : row.refused === null ? row.email : `${row.email} (${phrases.mailRefused})`,
      row.grantedBy,
    ]),
    phrases.nothing,
  )
}
