import type { Asked, TeamCommandName, TeamCommands } from '../domain/command.ts'

/** Something about the people who collect: who is away, who stands in. */
export type TeamWork = { [N in TeamCommandName]: { name: N; content: TeamCommands[N] } }[TeamCommandName]

export interface TeamRun {
  v: 1
  company: string
  work: TeamWork
  asked: Asked
}

/** Of the caller's key: a repeat finds the same run, or the ledger's answer. */
export const teamWorkflowId = (company: string, key: string): string => `team:${company}:${key}`
