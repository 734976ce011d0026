import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type Policy, policySchema } from '../domain/policy.ts'
import { parseYaml, problemText, type YamlProblem } from '../domain/yamlFile.ts'
import { yamlFilesOf } from './yamlFolder.ts'

/** Policy files that can't be used. The message is one line for each problem: file, line, column, path and cause. */
export class PolicyFileError extends Error {
  readonly problems: readonly YamlProblem[]

  constructor(problems: readonly YamlProblem[]) {
    super(problems.map(problemText).join('\n'))
    this.name = 'PolicyFileError'
    this.problems = problems
  }
}

/**
 * Reads every *.yaml of a folder as a policy, in the order of the files' names.
 *
 * @throws PolicyFileError naming everything that is wrong in all of the files, or that there is none
 */
export function readPolicies(folder: string): Policy[] {
  const files = yamlFilesOf(folder)
  if (files.length === 0)
    throw new PolicyFileError([
      { file: folder, line: 1, column: 1, path: '', message: 'has no policy (*.yaml)' },
    ])
  const problems: YamlProblem[] = []
  const policies: Policy[] = []
  const fileOf = new Map<string, string>()
  for (const file of files) {
    const parsed = parsePolicy(readFileSync(file, 'utf8'), basename(file))
    if (!parsed.ok) {
      problems.push(...parsed.problems)
      continue
    }
    const twin = fileOf.get(parsed.value.id)
    if (twin)
      problems.push({
        file: basename(file),
        line: 1,
        column: 1,
        path: 'id',
        message: `"${parsed.value.id}" is the policy of ${twin} already`,
      })
    fileOf.set(parsed.value.id, basename(file))
    policies.push(parsed.value)
  }
  if (problems.length > 0) throw new PolicyFileError(problems)
  return policies
}

/** @throws PolicyFileError naming everything that is wrong in the file */
export function readPolicyFile(path: string): Policy {
  const parsed = parsePolicy(readFileSync(path, 'utf8'), basename(path))
  if (!parsed.ok) throw new PolicyFileError(parsed.problems)
  return parsed.value
}

const parsePolicy = (text: string, fileName: string) =>
  parseYaml(text, fileName, policySchema, {
    unknownSetting: 'is not a setting of a policy; check its spelling',
    complaint: (message, value) => {
      if (value === undefined) return 'is missing'
      const isOneValue = typeof value !== 'object' || value === null
      return isOneValue ? `${message}; it is ${JSON.stringify(value)}` : message
    },
  })
