import type { z } from 'zod'
import type { Answer } from '../domain/command.ts'
import type { Sql } from './database.ts'
import type { Ask } from './scope.ts'

/** What carries out each of a set of commands that aren't one case's. */
export type Carriers<C extends Record<string, z.ZodType>> = {
  [N in keyof C]: (sql: Sql, ask: Ask, input: z.output<C[N]>) => Promise<Answer>
}

/** A command that is put aside until somebody agrees: of a case when `caseKey` is one's. */
export interface PutAside {
  command: string
  caseKey: string | null
  input: unknown
}

export type CarryOut = (sql: Sql, ask: Ask, content: PutAside) => Promise<Answer>
