import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { addAbsences } from './absence.ts'
import { addAgencies } from './agency.ts'
import { addAging } from './aging.ts'
import { addAnnouncements } from './announce.ts'
import { addApprovals } from './approval.ts'
import { addBooks } from './books.ts'
import { addCases } from './case.ts'
import { addClaims } from './claims.ts'
import { addConfirmations } from './confirmation.ts'
import { addContacts } from './contact.ts'
import { addDisputes } from './dispute.ts'
import { addErp } from './erp.ts'
import { addExceptions } from './exception.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { addFeeds } from './feed.ts'
import { addGuarantees } from './guarantee.ts'
import { addInbox } from './inbox.ts'
import { addInterest } from './interest.ts'
import type { Io } from './io.ts'
import { addJournal } from './journal.ts'
import { addKeptDocuments } from './keptDocuments.ts'
import { addLines } from './line.ts'
import { addLoads } from './load.ts'
import { addNegotiations } from './negotiation.ts'
import { addOrders } from './order.ts'
import { addPauses } from './pause.ts'
import { addPlacements } from './placement.ts'
import { addPolicies } from './policy.ts'
import { addPrescriptions } from './prescription.ts'
import { addPromises } from './promise.ts'
import { addProvisionals } from './provisional.ts'
import { addReceivables } from './receivable.ts'
import { type Outcome, runsWith } from './run.ts'
import { addStandings } from './standing.ts'
import { addStatements } from './statement.ts'
import { addStatementRuns } from './statementRuns.ts'
import { addStatus } from './status.ts'
import { addTasks } from './task.ts'
import { addTeam } from './team.ts'
import { addWorklist } from './worklist.ts'

const EPILOGUE = `
Exit codes
   0  done
   1  a defect of the program
   2  bad input: an option, a date, a file with mistakes
   3  refused by a rule (the sentence says which)
   4  there is no such document, customer, task …
  75  try again later: a server or worker does not answer; the same --key is safe

Environment
  CARTERA_ACTOR, CARTERA_LANGUAGE   who asks, and es-MX or en
  CARTERA_COMPANY, CARTERA_STATE    the company; the folder of the stack that "npm start" runs
  DATABASE_URL, TEMPORAL_ADDRESS    your own servers, instead of that stack's

A day in three commands
  $ cartera load items.csv --profile standard
  $ cartera worklist --analyst ana
  $ cartera promise record F-1001 --on 2026-12-04 --by "Laura Peña"`

/** The whole command line: nouns, options, help. */
export function createProgram(io: Io, outcome: Outcome): Command {
  const program = new Command('cartera')
    .description(
      'Collection of receivables: load open items, work the list, record what customers say and pay.',
    )
    .version('0.1.0', '--version')
    .addOption(new Option('--json', 'answer as JSON'))
    .addOption(new Option('--as <actor>', 'who asks (default: CARTERA_ACTOR, else your user name)'))
    .addOption(new Option('--key <key>', 'ask under this key: repeating it changes nothing'))
    .addOption(new Option('--lang <language>', 'language of what is said').choices(['es-MX', 'en']))
    .addOption(
      new Option('--output <file>', 'write the list to a .csv or .xlsx file instead').argParser(readOutput),
    )
    .configureHelp({ showGlobalOptions: true, helpWidth: 110 })
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(add --help for what can be said)')
    .exitOverride()
    .addHelpText('after', ({ command }) => (command.parent === null ? EPILOGUE : ''))
  const runs = runsWith(io, outcome)
  for (const add of [
    addLoads,
    addFeeds,
    addExceptions,
    addWorklist,
    addAging,
    addCases,
    addReceivables,
    addStatements,
    addStatementRuns,
    addKeptDocuments,
    addPromises,
    addAnnouncements,
    addContacts,
    addTasks,
    addAbsences,
    addProvisionals,
    addDisputes,
    addNegotiations,
    addConfirmations,
    addPauses,
    addBooks,
    addClaims,
    addInterest,
    addLines,
    addGuarantees,
    addOrders,
    addStandings,
    addErp,
    addPlacements,
    addAgencies,
    addPrescriptions,
    addApprovals,
    addTeam,
    addPolicies,
    addInbox,
    addJournal,
    addStatus,
  ])
    add(program, runs)
  return program
}

function readOutput(file: string): string {
  if (!/\.(csv|xlsx)$/i.test(file)) throw new InvalidArgumentError('Write a name that ends in .csv or .xlsx.')
  return file
}

/** Runs the command line and says how it ended. Nothing is thrown. */
export async function runCli(args: readonly string[], io: Io): Promise<ExitCode> {
  const outcome: Outcome = { code: EXIT.done }
  try {
    await createProgram(io, outcome).parseAsync([...args], { from: 'user' })
    return outcome.code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // Help and version were asked for; help without a command is a mistake.
    return error.exitCode === 0 ? EXIT.done : EXIT.badInput
  }
}
