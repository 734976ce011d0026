import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { expect, onTestFinished } from 'vitest'
import { shippedFile } from '../../config/paths.ts'
import { bundleOptions } from '../../workers/bundle.ts'

/** Workflow code of another build, made of today's by changing its text. */

export type Change = [file: string, from: string, to: string]

/** The bundle of a copy of the workflows in which pieces of text are replaced. */
export async function bundleWith(changes: Change[]): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'cartera-changed-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  cpSync(shippedFile('workflows'), join(dir, 'workflows'), { recursive: true })
  symlinkSync(shippedFile('node_modules'), join(dir, 'node_modules'))
  for (const [file, from, to] of changes) {
    const path = join(dir, 'workflows', file)
    const before = readFileSync(path, 'utf8')
    expect(before.split(from), `${file}: ${from}`).toHaveLength(2)
    writeFileSync(path, before.replace(from, to))
  }
  const { code } = await bundleWorkflowCode({
    ...bundleOptions,
    workflowsPath: join(dir, 'workflows', 'index.ts'),
    logger: new DefaultLogger('ERROR'),
  })
  return code
}
