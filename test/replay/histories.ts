import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import type { temporal } from '@temporalio/proto'
import { shippedFile } from '../../config/paths.ts'

type History = temporal.api.history.v1.IHistory

/**
 * Recorded histories: `histories/<version>/<workflow type>.<what happened>.json`, one event a line. Every version that
 * was ever released stays: its sleeping workflows are woken by today's code.
 */
const folder = shippedFile('test', 'replay', 'histories')

export const version = (JSON.parse(readFileSync(shippedFile('package.json'), 'utf8')) as { version: string })
  .version

export interface Recorded {
  version: string
  workflowType: string
  /** `collection.paid`. */
  name: string
  text: string
  history: History
}

export const recorded = (): Recorded[] =>
  (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const [ofVersion = '', base = ''] = file.split('/')
      const text = readFileSync(join(folder, file), 'utf8')
      return {
        version: ofVersion,
        workflowType: base.split('.')[0]!,
        name: base.replace(/\.json$/, ''),
        text,
        history: historyFromJSON(JSON.parse(text)),
      }
    })

export const isRecorded = (name: string): boolean =>
  recorded().some((one) => one.version === version && one.name === name)

/** Writes the history of a run under a name of this version. Never over one that is there: it is what once ran. */
export async function record(client: Client, name: string, workflowId: string, runId?: string) {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
  const { events } = JSON.parse(historyToJSON(history)) as { events: object[] }
  const lines = events.map((event) => JSON.stringify(event, withoutPlace))
  mkdirSync(join(folder, version), { recursive: true })
  writeFileSync(join(folder, version, `${name}.json`), `{"events":[\n${lines.join(',\n')}\n]}\n`, {
    flag: 'wx',
  })
}

/** Replay reads neither the process that did a task nor the lines of code behind a failure. */
const withoutPlace = (field: string, value: unknown): unknown =>
  field === 'identity' ? 'recorded' : field === 'stackTrace' ? '' : value
