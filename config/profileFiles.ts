import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { type Profile, parseProfile, profileErrorText } from '../domain/profile.ts'
import { shippedFile } from './paths.ts'

/** A profile isn't there, or has mistakes; the message says which and where. */
export class ProfileFileError extends Error {
  override name = 'ProfileFileError'
  /** Names that could have been meant, when there is no such profile. */
  readonly known: string[] | null

  constructor(message: string, known: string[] | null = null) {
    super(message)
    this.known = known
  }
}

/**
 * Reads a profile by its name in config/profiles, or by its path, relative to `folder`.
 * @throws ProfileFileError
 */
export function readProfile(name: string, folder: string = process.cwd()): Profile {
  const shipped = /^[A-Za-z0-9_-]+$/.test(name) ? shippedFile('config', 'profiles', `${name}.yaml`) : null
  const path = shipped !== null && existsSync(shipped) ? shipped : resolve(folder, name)
  if (!existsSync(path)) {
    const known = readdirSync(shippedFile('config', 'profiles'))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => file.slice(0, -'.yaml'.length))
      .sort()
    throw new ProfileFileError(`there is no profile "${name}"; known are ${known.join(', ')}`, known)
  }
  const parsed = parseProfile(readFileSync(path, 'utf8'), basename(path))
  if (!parsed.ok) throw new ProfileFileError(parsed.errors.map(profileErrorText).join('\n'))
  return parsed.profile
}
