import { type Answer, type CaseCommandName, caseCommands } from '../domain/command.ts'
import {
  type DecisionCommandName,
  type DecisionCommands,
  decisionCommands,
} from '../domain/decisionCommand.ts'
import { approvalCarriers } from './approvals/commands.ts'
import { stepCarriers } from './approvals/steps.ts'
import type { Carriers, CarryOut } from './carriers.ts'
import { carryOutCase } from './caseCommands.ts'
import { type Asking, once } from './commands.ts'
import { contingencyCarriers } from './contingency.ts'
import { creditCarriers } from './credit/commands.ts'
import { type Database, LONG, SHORT, type Sql } from './database.ts'
import { erpCarriers } from './erp/commands.ts'
import { interestCarriers } from './interest/commands.ts'
import { negotiationCarriers } from './negotiations/commands.ts'
import { orderCarriers } from './orders/commands.ts'
import { placementCarriers } from './placements/commands.ts'
import { policyCarriers } from './policyCommands.ts'
import type { Ask, Calendars } from './scope.ts'

/** What carries each command out that isn't one case's. */
const carriers: Carriers<typeof decisionCommands> = {
  ...interestCarriers,
  ...approvalCarriers((sql, ask, content) => carryOut(sql, ask, content)),
  ...policyCarriers,
  ...contingencyCarriers,
  ...negotiationCarriers,
  ...creditCarriers,
  ...erpCarriers,
  ...orderCarriers,
  ...placementCarriers,
}

/** A command that was put aside until somebody agreed: of the ladder, of a case, or one of these. */
const carryOut: CarryOut = (sql, ask, { command, caseKey, input }) => {
  if (command in stepCarriers)
    return stepCarriers[command as keyof typeof stepCarriers](sql, ask, input as never)
  return caseKey !== null && command in caseCommands
    ? carryOutCase(sql, ask, caseKey, command as CaseCommandName, input as never)
    : carryOutDecision(sql, ask, command as DecisionCommandName, input as never)
}

const carryOutDecision = <N extends DecisionCommandName>(
  sql: Sql,
  ask: Ask,
  name: N,
  content: DecisionCommands[N],
): Promise<Answer> => carriers[name](sql, ask, decisionCommands[name].parse(content) as never)

/** A policy that holds from now on concerns every customer. */
const TOUCHES_ALL: readonly DecisionCommandName[] = ['decideApproval', 'publishPolicies', 'activatePolicy']

/**
 * Carries a command out that isn't one case's, once per key.
 * @throws Refusal when a rule says no; ZodError when the content isn't of the command's shape
 */
export function commandDecision<N extends DecisionCommandName>(
  database: Database,
  calendars: Calendars,
  asking: Asking,
  name: N,
  input: DecisionCommands[N],
): Promise<Answer> {
  const content = decisionCommands[name].parse(input) as DecisionCommands[N]
  return once(
    database,
    asking,
    name,
    content,
    (sql) => carryOutDecision(sql, { asking, calendars }, name, content),
    TOUCHES_ALL.includes(name) ? LONG : SHORT,
  )
}
