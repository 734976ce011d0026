import { isMap, isNode, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml'
import type { z } from 'zod'

/** What is wrong in a YAML file, and where. Line and column are 1-based. */
export interface YamlProblem {
  file: string
  line: number
  column: number
  /** Dotted path of the setting (`columns.due`), '' for the file. */
  path: string
  message: string
}

export type ParsedYaml<T> = { ok: true; value: T } | { ok: false; problems: YamlProblem[] }

export interface YamlWording {
  /** Said of a setting that the schema doesn't know. */
  unknownSetting: string
  /** Says a complaint about a value in full; without it, the schema's own message. */
  complaint?: (message: string, value: unknown) => string
}

/** Reads one YAML document and checks it. `fileName` only names the file in problems, which come in its order. */
export function parseYaml<T>(
  text: string,
  fileName: string,
  schema: z.ZodType<T>,
  wording: YamlWording,
): ParsedYaml<T> {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false })
  const problem = (offset: number, path: readonly PropertyKey[], message: string): YamlProblem => {
    const { line, col } = lineCounter.linePos(offset)
    return {
      file: fileName,
      line: Math.max(line, 1),
      column: Math.max(col, 1),
      path: path.map(String).join('.'),
      message,
    }
  }
  const broken = [...document.errors, ...document.warnings]
  if (broken.length > 0)
    return { ok: false, problems: broken.map((error) => problem(error.pos[0], [], error.message)) }

  let content: unknown
  try {
    content = document.toJS()
  } catch (error) {
    // An alias without anchor, or one that would expand to a bomb.
    return { ok: false, problems: [problem(0, [], error instanceof Error ? error.message : String(error))] }
  }
  const checked = schema.safeParse(content)
  if (checked.success) return { ok: true, value: checked.data }
  const problems = checked.error.issues.flatMap((issue) => {
    const at = (path: PropertyKey[], message: string) =>
      problem(offsetOf(document.contents, path), path, message)
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => at([...issue.path, key], wording.unknownSetting))
    const message = wording.complaint?.(issue.message, valueAt(content, issue.path)) ?? issue.message
    return [at(issue.path, message)]
  })
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) }
}

/** Where the setting starts, by its key; that of its nearest parent when it is missing. */
function offsetOf(root: ParsedNode | null, path: readonly PropertyKey[]): number {
  let node: unknown = root
  let offset = root?.range[0] ?? 0
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part))
      if (!pair) return offset
      if (isNode(pair.key) && pair.key.range) offset = pair.key.range[0]
      node = pair.value
    } else if (isSeq(node)) {
      node = node.items[Number(part)]
      if (!isNode(node) || !node.range) return offset
      offset = node.range[0]
    } else return offset
  }
  return offset
}

const valueAt = (content: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    content,
  )

/** `profile.yaml:12:3: columns.due: …` */
export const problemText = (problem: YamlProblem): string =>
  `${problem.file}:${problem.line}:${problem.column}: ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`
