import type { Language } from '../../domain/notice.ts'
import { createSpeech } from './speech.ts'
import { tellCode, tellEffect, wordsOf } from './tell.ts'

/** How approvals are told to those who decide, wherever that is: on a screen or in a mail. */
export const approvalTeller = (language: Language) => {
  const words = wordsOf(language)
  const speech = createSpeech(language)
  return {
    kind: (code: string) => tellCode(words.approvalKinds, code),
    effect: (effect: { code: string; data: Record<string, unknown> }) => tellEffect(words, speech, effect),
  }
}
