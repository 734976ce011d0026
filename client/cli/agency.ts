import { type Command, Option } from 'commander'
import { LANGUAGES, type Language } from '../../domain/notice.ts'
import { AGENCY_KINDS } from '../../domain/placementCommand.ts'
import { collect, examples } from './examples.ts'
import { moneyOf, sendPlacement } from './placement.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import type { Cell } from './table.ts'

const PLACES = {
  code: 'CODE',
  name: '--name',
  email: '--email',
  commission: '--commission',
  people: '--person',
  'amounts.from': '--from',
  'amounts.to': '--to',
}

interface Registered {
  name: string
  email: string
  kind: (typeof AGENCY_KINDS)[number]
  segment?: string[]
  branch?: string[]
  from?: string
  to?: string
  currency?: string
  commission: string
  language: Language
  person?: string[]
  inactive?: boolean
}

/** Agencies and lawyers. */
export function addAgencies(program: Command, runs: Runs): void {
  const agency = program.command('agency').description('Agencies and lawyers that placements are offered to.')
  examples(
    agency
      .command('register <code>')
      .description('Register one, or say anew all that is known of it.')
      .requiredOption('--name <name>', 'its name')
      .requiredOption('--email <address>', 'where it is written to')
      .addOption(
        new Option('--kind <kind>', 'who goes to court is a lawyer').choices(AGENCY_KINDS).default('agency'),
      )
      .option('--segment <segment>', 'takes only these; may be given again', collect)
      .option('--branch <branch>', 'takes only these; may be given again', collect)
      .option('--from <amount>', 'takes placements from this total')
      .option('--to <amount>', 'takes placements up to this total')
      .option('--currency <code>', 'of these totals (default: MXN)')
      .option('--commission <percent>', 'of what it brings in', '0')
      .addOption(
        new Option('--language <language>', 'of what is written to it').choices(LANGUAGES).default('es-MX'),
      )
      .option('--person <user>', 'a user who speaks for it; may be given again', collect)
      .option('--inactive', 'nothing more is offered to it')
      .action(runs(register)),
    'agency register norte --name "Cobranza del Norte" --email casos@norte.example --branch Norte --commission 12.5 --person nora',
    'agency register letras --kind lawyer --name "Letras y Asociados" --email casos@letras.example --from 100000',
  )
  examples(
    agency
      .command('list')
      .description('Agencies with what is placed with each now.')
      .option('--all', 'those too that nothing is offered to any more')
      .action(runs(list)),
    'agency list',
  )
}

async function register(session: Session, code: string, options: Registered): Promise<void> {
  const { segment, branch, from, to, currency, person, inactive, ...said } = options
  const limit = (amount: string | undefined, option: string) =>
    amount === undefined ? undefined : moneyOf(session, amount, currency, option)
  const [least, most] = [limit(from, '--from'), limit(to, '--to')]
  await sendPlacement(
    session,
    'registerAgency',
    {
      code,
      ...said,
      segments: segment ?? [],
      branches: branch ?? [],
      amounts: least || most ? [{ ...(least ? { from: least } : {}), ...(most ? { to: most } : {}) }] : [],
      people: person ?? [],
      active: !inactive,
    },
    PLACES,
  )
}

async function list(session: Session, { all }: { all?: boolean }): Promise<void> {
  const { agenciesFor } = await import('../../ledger/placements/show.ts')
  const found = await agenciesFor(
    await session.ledger(),
    await session.company(),
    session.actor,
    all ?? false,
  )
  const { phrases, words, speech, table } = session
  const { labels } = phrases
  session.show({ agencies: found }, () =>
    table(
      [
        { title: labels.agency },
        { title: labels.name, cut: true },
        { title: labels.kind },
        { title: labels.branch },
        { title: labels.group },
        { title: labels.commission, right: true },
        { title: labels.open, right: true },
        { title: labels.email, cut: true },
        { title: labels.speaksFor, cut: true },
      ],
      found.map((a): Cell[] => [
        a.code,
        a.name,
        words.agencyKinds[a.kind],
        a.branches.join(', ') || phrases.allOf,
        a.segments.join(', ') || phrases.allOf,
        phrases.commissionOf(a.commission),
        Object.entries(a.placed)
          .map(([currency, amount]) => speech.amount(amount, currency))
          .join(', '),
        a.email,
        a.people.join(', '),
      ]),
      phrases.noAgencies,
    ),
  )
}
