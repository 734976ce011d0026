import { createHash } from 'node:crypto'
import type { Look } from '../../domain/look.ts'
import type { AttachmentFormat } from '../../domain/policy.ts'
import type { Statement } from '../../domain/statement.ts'
import type { Minutes } from '../../ledger/minutes.ts'
import type { Demand } from '../../ledger/placements/demandLetter.ts'
import type { Evidence } from '../../ledger/placements/evidence.ts'
import type { DocumentSender } from './letter.ts'

/** Raised when what is made of the same facts looks another way. */
const RENDERER = 3

/** Of all that a statement's document is made of: made of the same, it is the same, and isn't made again. SHA-256, hex. */
export const sourceOf = (
  statement: Statement,
  format: AttachmentFormat,
  sender: DocumentSender,
  look: Look,
): string => hashOf({ format, statement, sender, look })

/** The same of a letter of demand. */
export const sourceOfDemand = (demand: Demand, sender: DocumentSender, look: Look): string =>
  hashOf({ demand, sender, look })

/** The same of the minutes of a reconciliation. */
export const sourceOfMinutes = (minutes: Minutes, sender: DocumentSender, look: Look): string =>
  hashOf({ minutes, sender, look })

/** The same of a pack of evidence: of what it tells and of the documents in it. */
export const sourceOfEvidence = (
  evidence: Evidence,
  format: 'pdf' | 'zip',
  sender: DocumentSender,
  look: Look,
): string => hashOf({ format, evidence, sender, look })

const hashOf = (content: object): string =>
  createHash('sha256')
    .update(
      JSON.stringify({ renderer: RENDERER, ...content }, (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    )
    .digest('hex')
