import { readFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import type { Command } from 'commander'
import type { KeptProof, Proof } from '../../ledger/proofs.ts'
import { collect } from './examples.ts'
import type { Session } from './session.ts'

/** Files that prove something, as options of a command. */
export interface ProofOptions {
  photo?: string[]
  signed?: string[]
  slip?: string[]
  proof?: string[]
}

export const withProofs = (command: Command): Command =>
  command
    .option('--photo <file>', 'a photo that proves it; may be given several times', collect)
    .option('--signed <file>', 'a signed paper, scanned', collect)
    .option('--slip <file>', 'a deposit slip or proof of transfer', collect)
    .option('--proof <file>', 'another file that proves it', collect)

const MEDIA_TYPES: Record<string, string> = {
  '.heic': 'image/heic',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.xml': 'application/xml',
}

/** Reads a file and puts it into the document store; asked again, it is kept once. */
export async function keepFile(
  session: Session,
  path: string,
): Promise<{ name: string; sha256: string; mediaType: string; bytes: number }> {
  const content = readFileSync(path)
  const { openStore } = await import('../../store/store.ts')
  return {
    name: basename(path),
    sha256: await openStore((await session.env()).CARTERA_DOCUMENTS).put(content),
    mediaType: MEDIA_TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream',
    bytes: content.length,
  }
}

/**
 * Reads the files and puts them into the document store, so that what the ledger will name is there. Asked again, they
 * are kept once.
 */
export async function keepFiles(
  session: Session,
  { photo, signed, slip, proof }: ProofOptions,
): Promise<{ proof?: Proof[] }> {
  const given = [
    ...(photo ?? []).map((path) => ({ path, kind: 'photo' as const })),
    ...(signed ?? []).map((path) => ({ path, kind: 'signed' as const })),
    ...(slip ?? []).map((path) => ({ path, kind: 'slip' as const })),
    ...(proof ?? []).map((path) => ({ path, kind: 'other' as const })),
  ]
  if (given.length === 0) return {}
  const kept: Proof[] = []
  for (const { path, kind } of given) kept.push({ ...(await keepFile(session, path)), kind })
  return { proof: kept }
}

/** What proves something, in a line: what it is, its name, and the number under which "document get" has it. */
export const proofText = (
  { words, phrases }: Pick<Session, 'words' | 'phrases'>,
  proofs: readonly KeptProof[],
): string =>
  proofs
    .map(
      (p) =>
        `${words.proofKinds[p.kind]} ${p.name}${p.document === null ? '' : ` (${phrases.documentNumber(p.document)})`}`,
    )
    .join(', ')
