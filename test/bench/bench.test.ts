import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { shippedFile } from '../../config/paths.ts'

const run = promisify(execFile)

test('the bench reminds, collects and closes what it counts, once each, and ends with its figures', async () => {
  await run('npm', ['run', '--silent', 'build'], { cwd: shippedFile() })
  const { stdout } = await run(
    process.execPath,
    [
      '--import',
      'tsx',
      shippedFile('test', 'bench', 'main.ts'),
      '--receivables',
      '100',
      '--rounds',
      '1',
      '--only',
      'lifecycle',
    ],
    { cwd: shippedFile() },
  )
  const figures = JSON.parse(stdout.trim().split('\n').at(-1)!)
  expect(figures).toMatchObject({
    receivables: 100,
    perSecond: expect.any(Number),
    baselinePerSecond: expect.any(Number),
    ratio: expect.any(Number),
    ratios: [expect.any(Number)],
    growth: 1,
    cpuMsEach: {
      worker: expect.any(Number),
      temporal: expect.any(Number),
      postgres: expect.any(Number),
      client: expect.any(Number),
      total: expect.any(Number),
    },
    found: {
      receivables: 100,
      remindedOnce: 100,
      messages: 2,
      mails: 2,
      paid: 100,
      cases: 2,
      casesRunning: 0,
      receipts: 2,
      openTasks: 0,
      exceptions: 0,
    },
  })
}, 240_000)
