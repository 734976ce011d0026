import { Worker } from '@temporalio/worker'
import { expect, inject, test } from 'vitest'
import * as workflows from '../../workflows/index.ts'
import { quiet } from '../setup/engine.ts'
import { bundleWith, type Change } from './changed.ts'
import { isRecorded, record, recorded, version } from './histories.ts'
import { scenes } from './scenes.ts'

/**
 * The replay gate: what workflows of this and of every earlier version have lived through is done again by today's
 * code, event by event. A change of the order or the number of activities, timers or attribute writes that isn't
 * under `patched` would break the cases that sleep in production, and fails here.
 *
 * A new version, a new workflow or a new path of one gets its histories by
 *
 *   CARTERA_RECORD_HISTORIES=1 npx vitest run test/replay
 *
 * which runs the scenes of which a history is missing in this version (the one of package.json), and keeps those
 * that are there. One that was recorded and never released may be deleted first, to be recorded again.
 */

quiet()

if (process.env.CARTERA_RECORD_HISTORIES)
  test('histories that this version lacks are recorded', async () => {
    for (const [names, scene] of Object.entries(scenes)) {
      if (names.split(' ').every(isRecorded)) continue
      await scene(async (client, { name, workflowId, runId }) => {
        expect(names.split(' ')).toContain(name)
        if (!isRecorded(name)) await record(client, name, workflowId, runId)
      })
    }
  }, 300_000)

/** What replaying the histories with a bundle complains of: name of the history → name of the error. */
async function replay(code: string): Promise<Record<string, string>> {
  const histories = recorded().map((one) => ({
    workflowId: `${one.version}/${one.name}`,
    history: one.history,
  }))
  const complaints: Record<string, string> = {}
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle: { code } },
    histories,
  ))
    if (error) complaints[workflowId] = error.name
  return complaints
}

test('every history that was ever recorded replays with the code of today', async () => {
  expect(await replay(inject('workflowBundle'))).toEqual({})
})

test('every workflow has a history of this version', () => {
  const types = new Set(recorded().flatMap((one) => (one.version === version ? [one.workflowType] : [])))
  expect([...types].sort()).toEqual(Object.keys(workflows).sort())
  expect(
    Object.keys(scenes)
      .flatMap((names) => names.split(' '))
      .filter((name) => !isRecorded(name)),
  ).toEqual([])
})

test('histories say nothing about the machine that recorded them', () => {
  for (const { name, text } of recorded()) {
    const payloads = [...text.matchAll(/"data":"([^"]*)"/g)].map(([, data]) => Buffer.from(data!, 'base64'))
    expect(`${text}${payloads.join('\n')}`, name).not.toMatch(/\/(tmp|home|root|Users)\/|node_modules/)
    const identities = [...text.matchAll(/"identity":"([^"]*)"/g)].map(([, identity]) => identity)
    expect(new Set(identities), name).toEqual(new Set(['recorded']))
  }
})

const ASSESS = 'return keeper.keep('

/** Each would break cases that sleep; beside it the histories of this version that must say so. */
const forbidden: { what: string; changes: Change[]; caught: string[] }[] = [
  {
    what: 'an activity before the assessment; cases woken before the money is in',
    changes: [
      ['collection.ts', ASSESS, `await waking.wakeCases({ company, keys: [] }); ${ASSESS}`],
      [
        'receipt.ts',
        'const answer = await books.post',
        "await wakeTouched(company, { result: {}, cases: ['C-1'] }); const answer = await books.post",
      ],
    ],
    caught: ['collection.paid', 'collection.regrouped', 'receipt.posted', 'receipt.badFile'],
  },
  {
    what: 'no timer for what is due next; a load that is not promoted',
    changes: [
      [
        'keeping.ts',
        'else await condition(rested, Math.max(1, seen.nextAt - Date.now()))',
        'else await condition(rested)',
      ],
      ['portfolioLoad.ts', "if (report.state === 'staging')", 'if (releasedBy)'],
    ],
    caught: ['collection.paid', 'collection.dunned', 'portfolioLoad.released', 'portfolioLoad.held'],
  },
  {
    what: 'attributes written again each time; a sweep that sweeps twice',
    changes: [
      ['collection.ts', 'show(plan, latest)', 'show(plan, null)'],
      [
        'sweep.ts',
        'return waking.sweepCases',
        'await waking.sweepCases({ company, now: 0 }); return waking.sweepCases',
      ],
    ],
    caught: ['collection.paid', 'sweep.behind', 'sweep.quiet'],
  },
]

test.each(forbidden)('a forbidden change is caught: $what', async ({ changes, caught }) => {
  const complaints = await replay(await bundleWith(changes))
  expect(complaints).toMatchObject(
    Object.fromEntries(caught.map((name) => [`${version}/${name}`, 'DeterminismViolationError'])),
  )
})

test('what may change does: lengths of timers, arguments of activities, a new activity under `patched`', async () => {
  const complaints = await replay(
    await bundleWith([
      ['keeping.ts', 'AFTER_FAILED_ATTEMPT_MS = 60_000', 'AFTER_FAILED_ATTEMPT_MS = 90_000'],
      [
        'collection.ts',
        'ledger.assess({ company, key, now: Date.now() })',
        'ledger.assess({ company, key, now: 0 })',
      ],
      [
        'collection.ts',
        ASSESS,
        `if (patched('a new activity')) await waking.wakeCases({ company, keys: [] }); ${ASSESS}`,
      ],
    ]),
  )
  expect(complaints).toEqual({})
})
