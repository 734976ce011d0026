import { z } from 'zod'

/**
 * What a conversation may end with, and what that does to the task that asked for it: data of the policy. The program
 * knows words for the results of `KNOWN_RESULTS`; any other brings its own in both languages.
 */

export const KNOWN_RESULTS = [
  'reached',
  'promised',
  'disputes',
  'refuses',
  'message_left',
  'no_answer',
  'wrong_number',
] as const
export type KnownResult = (typeof KNOWN_RESULTS)[number]

/** Tasks that a result may lead to. */
const FOLLOWING = ['call', 'visit', 'fix_contact', 'review', 'tell_supervisor'] as const

export const contactResultSchema = z.strictObject({
  result: z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be lower-case letters, digits and _, a letter first'),
  words: z
    .strictObject({ 'es-MX': z.string().min(1), en: z.string().min(1) })
    .optional()
    .describe('what it is called; needed for results that the program has no words for'),
  reached: z
    .boolean()
    .default(true)
    .describe('somebody who decides was spoken to: gaps to the next contact count from here'),
  task: z
    .enum(['closes', 'returns'])
    .default('closes')
    .describe('what becomes of the task: its step counts, or it is taken up again'),
  after_working_days: z
    .int()
    .min(1)
    .max(60)
    .default(1)
    .describe('when a task that returns is taken up again'),
  leads_to: z
    .strictObject({
      task: z.enum(FOLLOWING),
      after_times: z.int().min(1).max(20).default(1),
    })
    .optional()
    .describe(
      'the task that is made when this has come so many times of one task; a call or visit takes its place, another is made beside it',
    ),
})
export type ContactResult = z.infer<typeof contactResultSchema>

export const contactResultsSchema = z
  .array(contactResultSchema)
  .min(1)
  .superRefine((results, context) => {
    const seen = new Set<string>()
    for (const [index, { result, words, task, reached }] of results.entries()) {
      const complain = (path: string, message: string) =>
        context.addIssue({ code: 'custom', path: [index, path], message })
      if (seen.has(result)) complain('result', 'must differ from the results before it')
      seen.add(result)
      if (!words && !(KNOWN_RESULTS as readonly string[]).includes(result))
        complain('words', `must be given in es-MX and en: the program has no words for "${result}"`)
      if (task === 'closes' && !reached)
        complain('task', 'must be "returns" when nobody was reached: the step would count as done')
    }
  })

/** What holds where a policy says nothing. */
export const CONTACT_RESULTS: z.input<typeof contactResultSchema>[] = [
  { result: 'reached' },
  { result: 'promised' },
  { result: 'disputes' },
  { result: 'refuses' },
  { result: 'message_left', reached: false, task: 'returns', after_working_days: 2 },
  { result: 'no_answer', reached: false, task: 'returns', leads_to: { task: 'visit', after_times: 3 } },
  { result: 'wrong_number', reached: false, task: 'returns', leads_to: { task: 'fix_contact' } },
]

/** What becomes of the task of a conversation. */
export interface Effect {
  /** The conversation happened: the task is done and its step counts. */
  closes: boolean
  /** Working days until it is taken up again; null when it isn't, or another takes its place. */
  returnsAfter: number | null
  /** Another task to be made. */
  makes: (typeof FOLLOWING)[number] | null
  /** That one takes over what the task is about, instead of standing beside it. */
  takesOver: boolean
}

/**
 * What a result does. `times` is how often the task has ended with it, this time included; `kind` is the task's, null
 * when no task asked for the conversation.
 */
export function effectOf(result: ContactResult, kind: 'call' | 'visit' | null, times: number): Effect {
  const follows = result.leads_to && times >= result.leads_to.after_times ? result.leads_to.task : null
  const conversation = follows === 'call' || follows === 'visit'
  // A visit where nobody was met doesn't make another visit: it comes back itself.
  const makes = follows === kind ? null : follows
  const takesOver = makes !== null && conversation && kind !== null
  const closes = kind !== null && result.task === 'closes'
  return {
    closes,
    returnsAfter: kind !== null && !closes && !takesOver ? result.after_working_days : null,
    // Beside a task that stays open it is made once, when the number is reached.
    makes: makes !== null && (takesOver || times === result.leads_to!.after_times) ? makes : null,
    takesOver,
  }
}
