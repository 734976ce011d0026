import type { ShownContact } from '../../ledger/showContacts.ts'
import { tellCode } from '../words/tell.ts'
import { proofText } from './proofs.ts'
import type { Session } from './session.ts'
import { plain } from './table.ts'

/** Conversations as lines: when, how, with whom, what came of it; under it the notes, the place and what proves it. */
export const contactLines = (
  session: Pick<Session, 'words' | 'phrases' | 'speech'>,
  contacts: readonly ShownContact[],
  timeZone: string,
): string => contacts.flatMap((contact) => linesOf(session, contact, timeZone)).join('\n')

function linesOf(
  { words, phrases, speech }: Pick<Session, 'words' | 'phrases' | 'speech'>,
  contact: ShownContact,
  timeZone: string,
): string[] {
  const when = speech.moment(contact.beganAt ?? contact.at, timeZone)
  const result = contact.words?.[words.language] ?? tellCode(words.callResults, contact.result)
  const links = contact.links.map(
    ({ what, id }) =>
      `${words.things[what === 'announcement' ? 'announced payment' : what === 'provisional' ? 'provisional receipt' : what]} ${id}`,
  )
  const proof = proofText({ words, phrases }, contact.proof)
  const under = ' '.repeat(when.length + 4)
  const more = [contact.notes, contact.place ?? '', links.join(', '), proof].filter((text) => text !== '')
  return [
    `  ${when}  ${contact.id}  ${plain(`${tellCode(words.channels, contact.channel)}, ${contact.person}: ${result}, ${phrases.by(contact.actor)}`)}`,
    ...more.map((text) => `${under}${plain(text)}`),
  ]
}
