import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { packageRoot } from '../../config/paths.ts'

/** A folder that any user can enter and that goes with the test. */
export async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'cartera-stack-'))
  await chmod(dir, 0o755)
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** Runs `launcher.ts` and gives its first line of output: the database's connection string. */
export async function launch(options: {
  dir: string
  shared: string
  user?: { uid: number; gid: number }
}): Promise<{ launcher: ChildProcess; url: string; said: () => string }> {
  const script = join(packageRoot, 'test', 'stack', 'launcher.ts')
  const launcher = spawn(process.execPath, ['--import', 'tsx', script, options.dir, options.shared], {
    cwd: packageRoot,
    env: { PATH: process.env.PATH, TMPDIR: options.shared },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options.user,
  })
  const closed = once(launcher, 'close')
  onTestFinished(async () => {
    launcher.kill('SIGTERM')
    await closed
  })
  let said = ''
  launcher.stderr.on('data', (chunk) => {
    said += String(chunk)
  })
  for await (const url of createInterface(launcher.stdout)) return { launcher, url, said: () => said }
  throw new Error(`the launcher ended: ${said}`)
}
