import { readFileSync } from 'node:fs'
import { basename, dirname, extname, resolve } from 'node:path'
import { type Look, lookSchema } from '../domain/look.ts'
import { parseYaml, problemText } from '../domain/yamlFile.ts'

/** The file of the look, or its logo, can't be used; the message says which, where and why. */
export class LookFileError extends Error {
  override name = 'LookFileError'
}

const IMAGES: Record<string, string> = { '.png': 'image/png', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg' }
const LARGEST_LOGO_BYTES = 500_000

/** @throws LookFileError */
export function readLook(path: string): Look {
  const parsed = parseYaml(readBytes(path, path).toString('utf8'), basename(path), lookSchema, {
    unknownSetting: 'is not a setting of the look; check its spelling',
  })
  if (!parsed.ok) throw new LookFileError(parsed.problems.map(problemText).join('\n'))
  const { logo, ...look } = parsed.value
  return { ...look, logo: logo === undefined ? null : readLogo(resolve(dirname(path), logo), path) }
}

/** The logo goes into every document that is made. */
function readLogo(logo: string, path: string): Look['logo'] {
  const refuse = (why: string) => new LookFileError(`${basename(path)}: logo: ${logo} ${why}`)
  const extension = extname(logo).toLowerCase()
  const type = IMAGES[extension]
  if (extension !== '.svg' && type === undefined) throw refuse('is not an SVG, PNG or JPEG file')
  const bytes = readBytes(logo, path)
  if (bytes.length > LARGEST_LOGO_BYTES) throw refuse(`is larger than ${LARGEST_LOGO_BYTES / 1_000} kB`)
  return type === undefined
    ? { kind: 'svg', content: bytes.toString('utf8') }
    : { kind: 'image', content: `data:${type};base64,${bytes.toString('base64')}` }
}

function readBytes(file: string, path: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    const named = file === path ? path : `${basename(path)}: logo`
    throw new LookFileError(`${named}: ${(error as Error).message}`)
  }
}
