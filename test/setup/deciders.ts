import type { ParsedMail } from 'mailparser'
import { commandDecision } from '../../client/decisions.ts'
import { commandTeam } from '../../client/team.ts'
import type { Answer, TeamCommandName, TeamCommands } from '../../domain/command.ts'
import type { Engine } from './engine.ts'
import { COMPANY } from './ledger.ts'

/** People who decide, through the workflows. */

let keys = 0

export const answerApproval = (
  { client }: Pick<Engine, 'client'>,
  approval: number,
  actor: string,
  agrees = true,
): Promise<Answer> =>
  commandDecision(
    { client, company: COMPANY },
    { name: 'decideApproval', content: { approval, agrees, why: agrees ? 'agreed' : 'not this one' } },
    { actor, key: `answer-${++keys}` },
  )

export const sayToTeam = <N extends TeamCommandName>(
  { client }: Pick<Engine, 'client'>,
  name: N,
  content: TeamCommands[N],
): Promise<Answer> =>
  commandTeam({ client, company: COMPANY }, { name, content } as never, {
    actor: 'admin',
    key: `say-${++keys}`,
  })

const clock = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/Mexico_City',
  dateStyle: 'short',
  timeStyle: 'short',
})

/** `2040-02-07 10:10 mario: Autorización 1 …` */
export const letterOf = ({ date, to, subject }: ParsedMail): string => {
  const [first] = (Array.isArray(to) ? to[0]! : to!).value
  return `${clock.format(date)} ${first!.address!.split('@')[0]}: ${subject}`
}
