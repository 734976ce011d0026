import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this package's `package.json`: the same whether run from source or from `dist`. */
export const packageRoot: string = (() => {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
})()

/** Path of a file that ships beside the code and isn't compiled (SQL, YAML, templates). */
export const shippedFile = (...parts: string[]): string => join(packageRoot, ...parts)
