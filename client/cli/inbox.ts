import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { ParsedMail } from 'mailparser'
import { examples } from './examples.ts'
import { Ended, EXIT, UsageError } from './exit.ts'
import type { Runs } from './run.ts'
import type { Session } from './session.ts'
import { type Cell, pairs, plain, plainLines } from './table.ts'

interface Mail {
  /** Of the list, 1 the newest. */
  number: number
  id: string
  date: string | null
  to: string
  subject: string
  messageId: string
}

const LISTED = 40

/** What the embedded mail server was sent: every message of the stack that "npm start" runs. */
export function addInbox(program: Command, runs: Runs): void {
  examples(
    program
      .command('inbox [id]')
      .description(
        'Read the mails that the embedded stack sent: list them newest first, or show one by its name or number.',
      )
      .option('--open <n>', 'show the n-th of the list, 1 the newest')
      .option('--html <file>', 'write the HTML of the shown message to a file')
      .option('--limit <n>', 'how many are listed', String(LISTED))
      .action(
        runs(
          async (
            session,
            id: string | undefined,
            options: { open?: string; html?: string; limit: string },
          ) => {
            const { stateFolder } = await import('../../config/environment.ts')
            const folder = join(stateFolder(session.io.env), 'inbox')
            const names = existsSync(folder)
              ? readdirSync(folder)
                  .filter((name) => name.endsWith('.eml'))
                  .sort()
                  .reverse()
              : []
            const wanted = id ?? options.open
            if (wanted !== undefined) return showMail(session, folder, names, wanted, options.html)
            if (options.html !== undefined) throw new UsageError(session.phrases.sayOneOf('ID, --open'))
            await listMails(session, folder, names, Number.parseInt(options.limit, 10) || LISTED)
          },
        ),
      ),
    'inbox',
    'inbox --open 1 --html newest.html',
  )
}

async function listMails(session: Session, folder: string, names: string[], limit: number): Promise<void> {
  const { phrases, speech } = session
  const env = session.io.env
  const mails = await Promise.all(
    names
      .slice(0, limit)
      .map(async (name, index) => summary(name, index + 1, await parse(join(folder, name)))),
  )
  const doubled = doubledIds(names.map((name) => messageIdOf(join(folder, name))))
  session.show({ messages: mails, doubled }, () => {
    const { labels } = phrases
    const zone = env.CARTERA_TIME_ZONE ?? 'America/Mexico_City'
    const rows = mails.map((m): Cell[] => [
      { count: m.number },
      m.date === null ? '' : speech.moment(m.date, zone),
      m.to,
      m.subject,
      m.messageId,
    ])
    const list = session.table(
      [
        { title: labels.number, right: true },
        { title: labels.date },
        { title: labels.to, cut: true },
        { title: labels.subject, cut: true },
        { title: 'Message-ID', cut: true },
      ],
      rows,
      phrases.inboxEmpty(folder),
    )
    return [
      list,
      ...(names.length > mails.length ? [session.left(phrases.andMore(names.length - mails.length))] : []),
      ...doubled.map((d) => phrases.doubled(d.messageId, d.times)),
    ].join('\n')
  })
}

async function showMail(
  session: Session,
  folder: string,
  names: string[],
  wanted: string,
  html: string | undefined,
): Promise<void> {
  const { phrases } = session
  const index = /^\d{1,6}$/.test(wanted)
    ? Number(wanted) - 1
    : names.findIndex((name) => name === wanted || name === `${wanted}.eml`)
  const name = names[index]
  if (name === undefined) {
    session.note(phrases.noMessage(wanted))
    throw new Ended(EXIT.notFound)
  }
  const mail = await parse(join(folder, name))
  if (html !== undefined) {
    if (typeof mail.html !== 'string') throw new UsageError(phrases.noHtml(wanted))
    writeFileSync(html, mail.html)
    session.note(phrases.htmlWritten(html))
  }
  const said = summary(name, index + 1, mail)
  const times = names.filter((other) => messageIdOf(join(folder, other)) === said.messageId).length
  const attachments = mail.attachments.map((a) => ({ name: a.filename ?? a.contentType, bytes: a.size }))
  session.show({ ...said, text: mail.text ?? '', attachments, times }, () => {
    const { labels } = phrases
    const head = pairs([
      [
        labels.date,
        said.date === null
          ? ''
          : session.speech.moment(said.date, session.io.env.CARTERA_TIME_ZONE ?? 'America/Mexico_City'),
      ],
      [labels.to, said.to],
      [labels.subject, said.subject],
      ['Message-ID', said.messageId],
    ])
    return [
      head,
      '',
      plainLines(mail.text ?? '').trimEnd(),
      ...attachments.map((a) => plain(phrases.attached(a.name, a.bytes))),
      ...(times > 1 ? [phrases.doubled(said.messageId, times)] : []),
    ].join('\n')
  })
}

async function parse(path: string): Promise<ParsedMail> {
  const { simpleParser } = await import('mailparser')
  return simpleParser(readFileSync(path), { skipTextToHtml: true })
}

const summary = (name: string, number: number, mail: ParsedMail): Mail => ({
  number,
  id: name.slice(0, -'.eml'.length),
  date: mail.date?.toISOString() ?? null,
  to: [mail.to ?? []]
    .flat()
    .map((address) => address.text)
    .join(', '),
  subject: mail.subject ?? '',
  messageId: mail.messageId ?? '',
})

const HEADER_BYTES = 64_000

/** Read off the header, since a whole inbox is looked through for doubles. */
function messageIdOf(path: string): string {
  const header = readFileSync(path)
    .subarray(0, HEADER_BYTES)
    .toString('latin1')
    .split(/\r?\n\r?\n/, 1)[0]!
  return /^message-id:\s*(?:\r?\n\s+)?(\S+)/im.exec(header)?.[1] ?? ''
}

/** Message-IDs that came more than once. */
export function doubledIds(ids: readonly string[]): { messageId: string; times: number }[] {
  const times = new Map<string, number>()
  for (const id of ids) if (id !== '') times.set(id, (times.get(id) ?? 0) + 1)
  return [...times]
    .filter(([, count]) => count > 1)
    .map(([messageId, count]) => ({ messageId, times: count }))
}
