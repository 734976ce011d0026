import type { z } from 'zod'
import { BadRequest } from './failures.ts'

/**
 * What is sent, checked by the command's own schema so that mistakes are told before anything is asked. The input is
 * returned as it came: defaults are filled in where the command takes effect.
 *
 * @throws BadRequest naming each place that is wrong
 */
export function checked<T>(schema: z.ZodType, content: unknown, error?: z.core.$ZodErrorMap): T {
  const parsed = schema.safeParse(content, error === undefined ? undefined : { error })
  if (parsed.success) return content as T
  throw new BadRequest(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })))
}
