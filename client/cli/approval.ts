import { type Command, Option } from 'commander'
import { APPROVAL_KINDS, type ApprovalKind } from '../../domain/authority.ts'
import { examples } from './examples.ts'
import { readId } from './given.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'

interface Listed {
  all?: boolean
  branch?: string
  kind?: ApprovalKind
  limit: string
  after?: string
}

/** What waits for somebody's yes, and how it is given. */
export function addApprovals(program: Command, runs: Runs): void {
  const approvals = program
    .command('approvals')
    .usage('[options]')
    .description(
      'What waits for a yes: who is asked says the matrix of the policy. Who asks doesn’t decide, nobody decides twice, and silence decides nothing.',
    )
  examples(
    approvals
      .command('list', { isDefault: true })
      .description(
        'Those that wait for you, or for whom you stand in, oldest first (the word "list" may be left out).',
      )
      .option('--all', 'those that wait for anybody')
      .option('--branch <branch>', 'only of this branch')
      .addOption(new Option('--kind <kind>', 'only of this kind').choices(APPROVAL_KINDS))
      .option('--limit <n>', 'how many', '50')
      .option('--after <id>', 'those after this one')
      .action(runs(list)),
    'approvals --as sofía',
    'approvals --all --branch Norte --kind write_off --output waiting.xlsx',
  )
  examples(
    approvals
      .command('show <id>')
      .description(
        'Everything about one: what happens on yes and on no, what it covers, who was asked, who answered.',
      )
      .action(
        runs(async (session, id: string) => {
          const [{ readApproval }, { approvalText }] = await Promise.all([
            import('../../ledger/approvals/show.ts'),
            import('./approvalText.ts'),
          ])
          const number = readId(id, 'ID', session.phrases)
          const view = await readApproval(await session.ledger(), await session.company(), number, Date.now())
          session.show(view, () => approvalText(session, view))
        }),
      ),
    'approvals show 17',
  )
  for (const agrees of [true, false]) addAnswer(approvals, runs, agrees)
  examples(
    approvals
      .command('withdraw <id>')
      .description('Take back what you asked for.')
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          const { sendDecision } = await import('./send.ts')
          const content = { approval: readId(id, 'ID', session.phrases), why }
          await sendDecision(session, { name: 'withdrawApproval', content }, PLACES)
        }),
      ),
    'approvals withdraw 17 --why "the customer paid"',
  )
}

const PLACES = { approval: 'ID', why: '--why' }

function addAnswer(approvals: Command, runs: Runs, agrees: boolean): void {
  const word = agrees ? 'yes' : 'no'
  examples(
    approvals
      .command(`${word} <id>`)
      .description(
        agrees
          ? 'Agree, in your own place or of whom you stand in for. The last yes that it takes carries it out.'
          : 'Refuse: one no ends it.',
      )
      .requiredOption('--why <text>', 'the reason')
      .action(
        runs(async (session, id: string, { why }: { why: string }) => {
          const { sendDecision } = await import('./send.ts')
          const content = { approval: readId(id, 'ID', session.phrases), agrees, why }
          await sendDecision(session, { name: 'decideApproval', content }, PLACES)
        }),
      ),
    agrees
      ? 'approvals yes 17 --why "nothing left to seize"'
      : 'approvals no 17 --why "the guarantor has not been asked"',
  )
}

async function list(session: Session, { all = false, branch, kind, limit, after }: Listed): Promise<void> {
  const { phrases } = session
  const [{ waitingApprovals }, { waitingText }] = await Promise.all([
    import('../../ledger/approvals/waiting.ts'),
    import('./approvalText.ts'),
  ])
  const size = readId(limit, '--limit', phrases)
  const rows = await waitingApprovals(await session.ledger(), {
    company: await session.company(),
    now: Date.now(),
    limit: size,
    ...(all ? {} : { person: session.actor }),
    ...(branch === undefined ? {} : { branch }),
    ...(kind === undefined ? {} : { kind }),
    ...(after === undefined ? {} : { after: readId(after, '--after', phrases) }),
  })
  const timeZone = (await session.env()).CARTERA_TIME_ZONE
  session.show(rows, () => waitingText(session, rows, { timeZone, all, more: rows.length === size }))
}
