import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Paths of the YAML files of a folder, in the order of their names. Throws when there is no such folder. */
export const yamlFilesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') || name.endsWith('.yml'))
    .sort()
    .map((name) => join(folder, name))
