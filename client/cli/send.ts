import { z } from 'zod'
import {
  type Answer,
  type CaseCommandName,
  type CaseCommands,
  caseCommands,
  receiptCommands,
  teamCommands,
} from '../../domain/command.ts'
import { decisionCommands } from '../../domain/decisionCommand.ts'
import { findCaseFor } from '../../ledger/show.ts'
import type { DecisionWork } from '../../workflows/decision.messages.ts'
import type { ReceiptWork } from '../../workflows/receipt.messages.ts'
import type { TeamWork } from '../../workflows/team.messages.ts'
import { commandBooks } from '../books.ts'
import { commandCase } from '../cases.ts'
import { checked } from '../content.ts'
import { commandDecision } from '../decisions.ts'
import { BadRequest } from '../failures.ts'
import { commandTeam } from '../team.ts'
import { answerLines } from '../words/answers.ts'
import type { Session } from './session.ts'

/** Where in a command's content each option or argument goes, so that a mistake is told by what was typed. */
export type Places = Readonly<Record<string, string>>

export type CaseAbout = Parameters<typeof findCaseFor>[2]

/** Asks the case that this is about, and tells the answer. */
export async function sendToCase<N extends CaseCommandName>(
  session: Session,
  about: CaseAbout,
  name: N,
  content: CaseCommands[N],
  places: Places,
): Promise<void> {
  check(session, caseCommands[name], content, places)
  const caseKey = await findCaseFor(await session.ledger(), await session.company(), about)
  const door = await session.door()
  session.asked = true
  const answer = await commandCase(door, caseKey, name, content, { actor: session.actor, key: session.key })
  tell(session, name, answer)
}

/** Has money work done, and tells the answer. A file takes its time; asking again under the key finds it. */
export async function sendToBooks(
  session: Session,
  work: ReceiptWork,
  places: Places,
  withinMs?: number,
): Promise<void> {
  if (work.name !== 'postFile') check(session, receiptCommands[work.name], work.content, places)
  const door = await session.door()
  session.asked = true
  const answer = await commandBooks(door, work, { actor: session.actor, key: session.key }, withinMs)
  tell(session, work.name === 'postFile' ? 'post' : work.name, answer)
}

/** Says something about the people who collect, and tells the answer. */
export async function sendToTeam(session: Session, work: TeamWork, places: Places): Promise<void> {
  check(session, teamCommands[work.name], work.content, places)
  const door = await session.door()
  session.asked = true
  tell(session, work.name, await commandTeam(door, work, { actor: session.actor, key: session.key }))
}

/** Has a command carried out that isn't one case's, and tells the answer. */
export async function sendDecision(session: Session, work: DecisionWork, places: Places): Promise<void> {
  check(session, decisionCommands[work.name], work.content, places)
  const door = await session.door()
  session.asked = true
  tell(session, work.name, await commandDecision(door, work, { actor: session.actor, key: session.key }))
}

function check(session: Session, schema: z.ZodType, content: unknown, places: Places): void {
  const say = session.words.language === 'es-MX' ? z.locales.es().localeError : undefined
  try {
    checked(schema, content, say)
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error
    throw new BadRequest(
      error.problems.map(({ path, message }) => ({ path: placeOf(path, places), message })),
    )
  }
}

/** The option of the longest part of the path that has one: `instalments.0.amount` → `instalments.*.amount`. */
export function placeOf(path: string, places: Places): string {
  const parts = path.split('.').filter((part) => !/^\d+$/.test(part))
  for (let length = parts.length; length > 0; length--) {
    const place = places[parts.slice(0, length).join('.')]
    if (place !== undefined) return place
  }
  return path
}

function tell(session: Session, name: Parameters<typeof answerLines>[2], answer: Answer): void {
  session.show(answer, () => answerLines(session.words, session.speech, name, answer).join('\n'))
}
