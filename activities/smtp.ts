import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import MailComposer from 'nodemailer/lib/mail-composer'
import { outcomeOfError, type SendOutcome } from './mail/smtpOutcome.ts'

export type { SendOutcome } from './mail/smtpOutcome.ts'

/** A bare address, or one with the name to show; the name may hold any characters. */
export type MailAddress = string | { name: string; address: string }

export interface MailFields {
  /** Of the outbox row and fixed: `<id@domain>`. */
  messageId: string
  /** When the content was made, not when it is sent: it is part of the stored bytes. */
  date: Date
  from: MailAddress
  replyTo?: MailAddress
  to: MailAddress
  subject: string
  html: string
  text: string
  attachments?: { filename: string; contentType: string; content: string | Buffer }[]
}

/** Bare addresses, as MAIL FROM and RCPT TO take them. */
export interface Envelope {
  from: string
  to: string
}

export interface Mailer {
  /** An attempt takes no longer than this. */
  readonly attemptTimeoutMs: number
  /** One attempt with the stored bytes. Doesn't throw: whatever happens is an outcome. */
  send(raw: Uint8Array, envelope: Envelope): Promise<SendOutcome>
  /** Ends idle connections; one that is delivering finishes first. Later sends are deferred. */
  close(): void
}

export interface MailerOptions {
  maxConnections?: number
  connectionTimeoutMs?: number
  greetingTimeoutMs?: number
  /** Longest silence of the server after the greeting. */
  socketTimeoutMs?: number
  /** Longest attempt as a whole, waiting for a free connection included. */
  attemptTimeoutMs?: number
}

/**
 * The bytes of a message, made once and stored before the first attempt. Equal fields give equal bytes: the
 * MIME boundary comes from the Message-ID and nothing is taken from the clock or from chance.
 */
export async function composeMail(fields: MailFields): Promise<{ raw: Buffer }> {
  const { messageId, date, from, replyTo, to, subject, html, text, attachments = [] } = fields
  const composer = new MailComposer({
    messageId,
    date,
    from,
    to,
    subject,
    html,
    text,
    attachments,
    ...(replyTo === undefined ? {} : { replyTo }),
    // Keeps out-of-office notes from answering (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 24),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return { raw: await composer.compile().build() }
}

/**
 * A pool of connections to one SMTP server: `smtp://host:port` (STARTTLS when offered), `smtps://`, with
 * `user:password@` percent-encoded. Throws TypeError when the URL is none of these; the message doesn't
 * repeat it, since it may hold a password.
 */
export function createMailer(smtpUrl: string, options: MailerOptions = {}): Mailer {
  if (!URL.canParse(smtpUrl) || !['smtp:', 'smtps:'].includes(new URL(smtpUrl).protocol)) {
    throw new TypeError('the SMTP server must be given as smtp://[user:password@]host[:port] or smtps://…')
  }
  const attemptTimeoutMs = options.attemptTimeoutMs ?? 90_000
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: options.maxConnections ?? 3,
    connectionTimeout: options.connectionTimeoutMs ?? 15_000,
    dnsTimeout: options.connectionTimeoutMs ?? 15_000,
    greetingTimeout: options.greetingTimeoutMs ?? 15_000,
    socketTimeout: options.socketTimeoutMs ?? 60_000,
    // Tried again inside one attempt only while not a byte of the message has left: a pooled connection
    // that the server dropped while it was idle. Every other retry is the outbox's.
    maxRequeues: 1,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    attemptTimeoutMs,
    async send(raw, { from, to }) {
      if (!isSendable(to))
        return { kind: 'refused', scope: 'recipient', reason: 'not an address of one mailbox' }
      try {
        const { response } = await transport.sendMail({
          raw: Buffer.from(raw),
          envelope: { from, to: [to] },
          // No socket timeout notices a server that trickles its replies.
          signal: AbortSignal.timeout(attemptTimeoutMs),
        })
        return { kind: 'sent', response }
      } catch (error) {
        return outcomeOfError(error)
      }
    },
    close: () => transport.close(),
  }
}

/** Enough to keep a list, a header or a command out of RCPT TO; whether the mailbox exists the server says. */
const isSendable = (address: string): boolean => /^[^\s<>(),;:"@]+@[^\s<>(),;:"@]+$/.test(address)
