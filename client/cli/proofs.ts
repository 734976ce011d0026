import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Command } from 'commander'
import type { Proof } from '../../ledger/proofs.ts'
import { collect } from './examples.ts'

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

/** What is kept of each: its name, what it is, and the SHA-256 of its bytes. */
export function readProofs({ photo, signed, slip, proof }: ProofOptions): { proof?: Proof[] } {
  const given = [
    ...(photo ?? []).map((path) => ({ path, kind: 'photo' as const })),
    ...(signed ?? []).map((path) => ({ path, kind: 'signed' as const })),
    ...(slip ?? []).map((path) => ({ path, kind: 'slip' as const })),
    ...(proof ?? []).map((path) => ({ path, kind: 'other' as const })),
  ]
  if (given.length === 0) return {}
  return {
    proof: given.map(({ path, kind }) => ({
      name: basename(path),
      sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
      kind,
    })),
  }
}
