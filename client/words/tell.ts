import { EFFECTS, type EffectCode } from '../../domain/approval.ts'
import type { Language } from '../../domain/notice.ts'
import type { LineError } from '../../domain/openItem.ts'
import type { Refusal, RefusalName, Refusals } from '../../domain/refusal.ts'
import { en } from './en.ts'
import { esMX } from './es-MX.ts'
import { createSpeech, type Speech } from './speech.ts'
import { type Data, EVENTS, type EventName, TASK_EVENTS, type TaskEvent, type Words } from './words.ts'

/** The ledger's and the domain's codes as sentences. What isn't known is said as it is. */

export const wordsOf = (language: Language): Words => (language === 'en' ? en : esMX)

/** CARTERA_LANGUAGE, else what the system speaks: Spanish or English. */
export function languageOf(env: NodeJS.ProcessEnv): Language {
  const said =
    [env.CARTERA_LANGUAGE, env.LC_ALL, env.LC_MESSAGES, env.LANG].find(
      (text) => text !== undefined && text !== '',
    ) ?? ''
  return said.toLowerCase().startsWith('es') ? 'es-MX' : 'en'
}

/** A line of a file that is wrong, or noted, in a sentence. */
export const tellLine = (
  { phrases }: Words,
  { line, column, value, message, fatal }: LineError & { fatal: boolean },
): string =>
  fatal ? phrases.badLine(line, column, value, message) : phrases.noteLine(line, column, value, message)

export function tellRefusal(
  words: Words,
  speech: Speech,
  refusal: Pick<Refusal, 'refusal' | 'data'>,
): string {
  const tell = words.refusals[refusal.refusal] as (data: Refusals[RefusalName], speech: Speech) => string
  return tell(refusal.data, speech)
}

/** `call` or `fix contact` or `fix_contact` → what is to be done. */
export const tellTaskKind = (words: Words, kind: string): string =>
  known(words.taskKinds, kind.replaceAll(' ', '_')) ?? kind

export function tellEvent(words: Words, speech: Speech, event: string, data: Data): string {
  if ((EVENTS as readonly string[]).includes(event)) return words.events[event as EventName](data, speech)
  const [, kind, what] = /^(.+) task (\w+)$/.exec(event) ?? []
  if (kind && (TASK_EVENTS as readonly string[]).includes(what ?? ''))
    return words.taskEvents[what as TaskEvent](tellTaskKind(words, kind), data, speech)
  return event
}

/** What a task is about, from the subject that the ledger keeps. */
export function tellSubject(words: Words, subject: string, detail: Data = {}): string {
  const { taskSubjects } = words
  const plain = known(taskSubjects as unknown as Record<string, string>, subject)
  if (typeof plain === 'string') return plain
  const [, what, id] = /^broken (promise|announcement|agreement) (\S+)$/.exec(subject) ?? []
  if (what && id) return taskSubjects.broken(what as 'promise' | 'announcement' | 'agreement', id)
  const [, provisional] = /^provisional (\d+)$/.exec(subject) ?? []
  if (provisional) return taskSubjects.provisional(provisional)
  const [, result] = /^after (\w+)$/.exec(subject) ?? []
  if (result) return taskSubjects.after(resultIn(words, result, detail))
  const [, confirmation] = /^confirmation (\d+)$/.exec(subject) ?? []
  if (confirmation) return taskSubjects.confirmation(confirmation)
  const [, approval] = /^approval (\d+)$/.exec(subject) ?? []
  if (approval) return taskSubjects.approval(approval)
  const [, concern, dispute] = /^(dispute|dispute late) (\d+)$/.exec(subject) ?? []
  if (concern && dispute) return taskSubjects[concern as 'dispute' | 'dispute late'](dispute)
  const [, credit, number] = /^(line|guarantee|guarantee lapsed|erp call) (\d+)$/.exec(subject) ?? []
  if (credit && number)
    return taskSubjects[credit as 'line' | 'guarantee' | 'guarantee lapsed' | 'erp call'](number)
  const [, over, place] =
    /^(placement|placement late|after placement|prescription) (\d+)$/.exec(subject) ?? []
  if (over && place)
    return taskSubjects[over as 'placement' | 'placement late' | 'after placement' | 'prescription'](place)
  const [, agency] = /^agency mail (\S+)$/.exec(subject) ?? []
  if (agency) return taskSubjects['agency mail'](agency)
  const [, how, address] = /^(refused|deferred) (\S+)$/.exec(subject) ?? []
  if (how && address) return taskSubjects[how as 'refused' | 'deferred'](address)
  return known(words.actions, subject) ?? subject
}

/** A result of the policy's own brings its words. */
const resultIn = (words: Words, result: string, detail: Data): string =>
  (detail.words as Record<string, string> | undefined)?.[words.language] ??
  tellCode(words.callResults, result)

/** Why something happened, or didn't: a code of the engine's, or what a person wrote. */
export function tellWhy(words: Words, why: string): string {
  const [, brakes] = /^nothing left to say: (.+)$/.exec(why) ?? []
  if (brakes)
    return `${words.whys['nothing left to say']}: ${brakes
      .split(', ')
      .map((brake) => tellReason(words, brake))
      .join(', ')}`
  const [, refused, data] = /^([A-Z]\w+) (\{.*\})$/.exec(why) ?? []
  if (refused && data && Object.hasOwn(words.refusals, refused))
    return tellRefusal(words, createSpeech(words.language), {
      refusal: refused as RefusalName,
      data: JSON.parse(data) as never,
    })
  return (
    known(words.skips, why) ??
    known(words.whys, why) ??
    known(words.reasons, why) ??
    known(words.replaceReasons, why) ??
    known(words.callResults, why) ??
    why
  )
}

export const tellReason = (words: Words, reason: string): string => known(words.reasons, reason) ?? reason

/** What follows from the answer to an approval. */
export const tellEffect = (
  words: Words,
  speech: Speech,
  { code, data }: { code: string; data: Data },
): string => (isEffect(code) ? words.effects[code](data, speech) : code)

const isEffect = (code: string): code is EffectCode => (EFFECTS as readonly string[]).includes(code)

/** The name of a step as its action: the policy's own id stays beside it. */
export const tellAction = (words: Words, action: string): string => known(words.actions, action) ?? action

/** What a dispute's reason or root cause was called when it was said, else what the shipped lists call it. */
export const tellListed = (
  words: Words,
  list: 'disputeReasons' | 'rootCauses',
  code: string,
  said: unknown,
): string =>
  (said as Partial<Record<Language, string>> | undefined)?.[words.language] ?? tellCode(words[list], code)

/** The word of a code; the code itself when there is none. */
export const tellCode = (table: Readonly<Record<string, string>>, code: string): string =>
  known(table, code) ?? code

const known = (table: Readonly<Record<string, string>>, code: string): string | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined
