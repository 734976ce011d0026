import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot, shippedFile } from '../config/paths.ts'

/** The house keeps its order: what may know what, what workflow code may name, and no file that nobody reaches. */

const ROOMS = ['domain', 'ledger', 'store', 'workflows', 'activities', 'workers', 'client', 'config'] as const

interface Import {
  from: string
  to: string
  typeOnly: boolean
}

const sources = (folder: string): string[] =>
  readdirSync(shippedFile(folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))

const importsOf = (file: string): Import[] => {
  const text = readFileSync(shippedFile(file), 'utf8')
  const found = [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'"()]*?from\s+'(\.[^']+)'|(import)\('(\.[^']+)'\)/g,
    ),
  ]
  return found.map((match) => ({
    from: file,
    to: relative(packageRoot, join(packageRoot, dirname(file), match[2] ?? match[4] ?? '')),
    typeOnly: match[1] !== undefined,
  }))
}

const isMessages = (file: string) => file.endsWith('.messages.ts') || file === 'workflows/taskQueues.ts'

/** Who may import whom. `config` knows only the domain; `workflows` see activities as types. */
const allowed: Record<(typeof ROOMS)[number], (i: Import) => boolean> = {
  domain: (i) => i.to.startsWith('domain/'),
  config: (i) => /^(config|domain)\//.test(i.to),
  ledger: (i) => /^(ledger|domain)\//.test(i.to) || i.to === 'config/paths.ts',
  store: (i) => i.to.startsWith('store/'),
  activities: (i) =>
    /^(activities|ledger|store|domain)\//.test(i.to) || i.to === 'config/paths.ts' || isMessages(i.to),
  workflows: (i) => i.to.startsWith('workflows/') || (i.typeOnly && /^(activities|domain)\//.test(i.to)),
  client: (i) =>
    /^(client|ledger|store|domain|config)\//.test(i.to) ||
    isMessages(i.to) ||
    (i.typeOnly && i.to.startsWith('workflows/')),
  workers: (i) => !i.to.startsWith('test/'),
}

test('imports point one way', () => {
  const wrong = ROOMS.flatMap((room) =>
    sources(room)
      .flatMap(importsOf)
      .filter((i) => !allowed[room](i)),
  )
  expect(wrong.map((i) => `${i.from} → ${i.to}`)).toEqual([])
})

test('workflow code names nothing that the sandbox lacks or that breaks replay', () => {
  const banned =
    /\b(process|Buffer|crypto|structuredClone|fetch|setInterval|setTimeout|performance|Temporal|require|console|Math\.random|toLocale\w*|new Map|bigint|BigInt)\b/
  const named = sources('workflows').flatMap((file) =>
    readFileSync(shippedFile(file), 'utf8')
      .split('\n')
      .map((line, index) => ({
        at: `${file}:${index + 1}`,
        code: line.replace(/\/\/.*|\/?\*.*|'[^']*'|`[^`]*`/g, ''),
      }))
      .filter(({ code }) => banned.test(code))
      .map(({ at, code }) => `${at} ${code.trim()}`),
  )
  expect(named).toEqual([])
})

test('workflow code loads no library but the SDK', () => {
  const loaded = sources('workflows').flatMap((file) =>
    [...readFileSync(shippedFile(file), 'utf8').matchAll(/from '([^.'][^']*)'/g)].map(
      (m) => `${file}: ${m[1]}`,
    ),
  )
  expect(loaded.filter((line) => !/: @temporalio\/(workflow|common)$/.test(line))).toEqual([])
})

test('no file that nobody reaches', () => {
  const entries = [
    'workers/main.ts',
    'workers/embedded/main.ts',
    'client/cli/main.ts',
    'workflows/index.ts',
    // What order entry imports.
    'client/orders.ts',
    'vitest.config.ts',
    'test/setup/servers.ts',
  ]
  const tests = sources('test').filter((file) => file.endsWith('.test.ts'))
  const reach = (from: string[]): Set<string> => {
    const reached = new Set<string>()
    for (let file = from.pop(); file !== undefined; file = from.pop()) {
      if (reached.has(file)) continue
      reached.add(file)
      from.push(...importsOf(file).map((i) => i.to))
    }
    return reached
  }
  const shipped = reach([...entries])
  expect(ROOMS.flatMap(sources).filter((file) => !shipped.has(file))).toEqual([])
  const tested = reach([...entries, ...tests])
  // A file that a test starts as a program of its own is named in that test.
  const started = sources('test')
    .map((file) => readFileSync(shippedFile(file), 'utf8'))
    .join('\n')
  expect(
    sources('test').filter((file) => !tested.has(file) && !started.includes(file.split('/').at(-1)!)),
  ).toEqual([])
})

test('nothing is left for later in the code, no test is skipped, and no file outgrows its noun', () => {
  const files = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.sql', '*.yaml'],
    { cwd: packageRoot, encoding: 'utf8' },
  )
    .trim()
    .split('\n')
  const marks = files
    .filter((file) => file !== 'test/tidy.test.ts')
    .filter((file) =>
      /\b(TODO|FIXME)\b|\b(it|test|describe)\.(skip|only|todo)\b|@ts-(ignore|nocheck)|\bas any\b/.test(
        readFileSync(shippedFile(file), 'utf8'),
      ),
    )
  expect(marks).toEqual([])
  const long = files
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => readFileSync(shippedFile(file), 'utf8').split('\n').length > 450)
  expect(long).toEqual([])
})
