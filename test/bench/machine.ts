import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import type { BenchStack } from './stack.ts'

/** What the figures were measured on. No names and no paths: they say nothing about speed. */
export interface Machine {
  cores: number
  cpu: string
  memoryGb: number
  node: string
  postgres: string
  temporal: string
  day: string
}

export async function describeMachine(stack: BenchStack): Promise<Machine> {
  const version = (await stack.observer.one<{ v: string }>(`SELECT current_setting('server_version') AS v`))!
    .v
  const temporal = execFileSync(stack.temporalCli, ['--version'], { encoding: 'utf8' })
  return {
    cores: cpus().length,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgres: version.split(' ')[0]!,
    temporal: /Server (\d[\w.]*)/i.exec(temporal)?.[1] ?? temporal.trim(),
    day: new Date().toISOString().slice(0, 10),
  }
}
