/** How one attempt to send a message ended. */
export type SendOutcome =
  | { kind: 'sent'; response: string }
  /**
   * Nothing is known against the message or its address: try again later. `delivered` is `unknown` when the
   * connection ended before the server's word on the message: it may have it.
   */
  | { kind: 'deferred'; reason: string; delivered: 'no' | 'unknown' }
  /** It won't be taken however often it is tried: the address, or this message, is not accepted. */
  | { kind: 'refused'; reason: string; scope: 'recipient' | 'message' }

/** What nodemailer puts on its errors; all of it may be missing. */
interface SmtpFailure {
  message: string
  responseCode?: number
  response?: string
  /** The SMTP command that was answered, such as `RCPT TO`. `CONN` for whatever happened to the connection, also late. */
  command?: string
  code?: string
  /** Of the operating system's call that failed. */
  syscall?: string
  /** Which of nodemailer's limits passed. */
  timeoutType?: string
}

/** Replies to RCPT TO that speak of the mailbox: RFC 5321 section 4.2.3, 501 for its syntax, 556 of RFC 7504. */
const MAILBOX_REPLIES = new Set([501, 550, 551, 553, 556])

/**
 * Permanent replies that aren't about what was sent: authentication wanted or failed (530, 534, 535, 538),
 * and commands out of order or unknown, where the session went wrong and not the message.
 */
const OUR_SIDE_REPLIES = new Set([500, 502, 503, 530, 534, 535, 538])

const MAX_REASON_CHARACTERS = 500

/**
 * The outcome of an error of nodemailer. Refused is only what the server has said for good about the
 * recipient or the message; all else (connection, time, login, sender address, unknown) is ours to repair
 * and must not cost a customer's address its good name, so it is deferred.
 */
export function outcomeOfError(error: unknown): SendOutcome {
  const failure = failureOf(error)
  const reason = reasonOf(failure)
  const { responseCode = 0, command } = failure
  const delivered = responseCode >= 400 || neverReached(failure) ? 'no' : 'unknown'
  const isPermanent = responseCode >= 500 && responseCode <= 599
  if (!isPermanent || OUR_SIDE_REPLIES.has(responseCode)) return { kind: 'deferred', reason, delivered }
  if (command === 'RCPT TO') {
    // RFC 5321 4.5.3.1.10: a 552 here may mean "too many recipients" or a full mailbox, and is treated as 452.
    if (responseCode === 552) return { kind: 'deferred', reason, delivered }
    return { kind: 'refused', reason, scope: scopeOf(failure, MAILBOX_REPLIES.has(responseCode)) }
  }
  if (command === 'DATA') return { kind: 'refused', reason, scope: scopeOf(failure, false) }
  // Too large is told at MAIL FROM when the size is declared; else a refusal there is about our own address.
  if (command === 'MAIL FROM' && responseCode === 552) return { kind: 'refused', reason, scope: 'message' }
  return { kind: 'deferred', reason, delivered }
}

/** Nobody was there to talk to, so that not a byte of a message can have left. */
const neverReached = ({ code, syscall, timeoutType }: SmtpFailure): boolean =>
  code === 'EDNS' ||
  syscall === 'connect' ||
  timeoutType === 'CONNECT_TIMEOUT' ||
  timeoutType === 'GREETING_TIMEOUT'

/**
 * An enhanced status code (RFC 3463) says more than the reply code: x.1 is addressing (but x.1.7 and x.1.8
 * speak of the sender), x.2.1 a disabled mailbox, x.7 a policy against us or the message, whatever mailbox.
 */
function scopeOf(failure: SmtpFailure, isMailboxReply: boolean): 'recipient' | 'message' {
  const [, subject, detail] = /^\d{3}[ -]5\.(\d{1,3})\.(\d{1,3})\b/.exec(failure.response ?? '') ?? []
  if (subject === '1') return detail === '7' || detail === '8' ? 'message' : 'recipient'
  if (subject === '2' && detail === '1') return 'recipient'
  if (subject === '7') return 'message'
  return isMailboxReply ? 'recipient' : 'message'
}

function failureOf(error: unknown): SmtpFailure {
  if (!(error instanceof Error)) return { message: String(error) }
  const said = error as Error & Record<keyof SmtpFailure, unknown>
  const texts = (['response', 'command', 'code', 'syscall', 'timeoutType'] as const).flatMap((name) =>
    typeof said[name] === 'string' ? [[name, said[name]]] : [],
  )
  return {
    message: error.message,
    ...(typeof said.responseCode === 'number' ? { responseCode: said.responseCode } : {}),
    ...Object.fromEntries(texts),
  }
}

/** One line, for the outbox row and a person: a server's reply may have many lines and control characters. */
const reasonOf = (failure: SmtpFailure): string =>
  failure.message
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_REASON_CHARACTERS)
