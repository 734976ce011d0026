import { type Client, WorkflowUpdateFailedError } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { expect, test } from 'vitest'
import { commandCase } from '../../client/cases.ts'
import { BadRequest, TryLater } from '../../client/failures.ts'
import { understood } from '../../client/temporalFailures.ts'
import { Refusal } from '../../domain/refusal.ts'

interface Sent {
  workflowId: string
  updateId: string
  key: string
}

/** A client of Temporal that gives these answers in turn. */
function answering(...answers: (Error | object)[]) {
  const sent: Sent[] = []
  const client = {
    withDeadline: <T>(_: number, work: () => Promise<T>) => work(),
    workflow: {
      executeUpdateWithStart: async (
        _: unknown,
        asked: {
          updateId: string
          args: [unknown, { key: string }]
          startWorkflowOperation: { options: { workflowId: string } }
        },
      ) => {
        sent.push({
          workflowId: asked.startWorkflowOperation.options.workflowId,
          updateId: asked.updateId,
          key: asked.args[1].key,
        })
        const answer = answers.shift()
        if (answer instanceof Error) throw answer
        return answer
      },
    },
  }
  return { sent, door: { client: client as unknown as Client, company: 'test' } }
}

const refused = (type: string, data: unknown) =>
  new WorkflowUpdateFailedError('failed', ApplicationFailure.nonRetryable(type, type, data))
const ledgerAway = () =>
  new WorkflowUpdateFailedError('failed', ApplicationFailure.retryable('no answer', 'LedgerUnavailable'))
const done = { result: { task: 1 }, cases: [] }
const asked = { actor: 'ana', key: 'k-1' }
const quick = { tryMs: 1_000, tries: 3, pauseMs: 1 }
const close = (door: ReturnType<typeof answering>['door']) =>
  commandCase(door, 'C-1', 'closeTask', { task: 1, why: 'done' }, asked, quick)

test('a case that moved is followed under the same key', async () => {
  const { sent, door } = answering(refused('CaseMoved', { to: 'C-1:site:Nave 7' }), done)
  expect(await close(door)).toEqual(done)
  expect(sent.map((s) => s.workflowId)).toEqual(['case:test:C-1', 'case:test:C-1:site:Nave 7'])
  expect(new Set(sent.map((s) => `${s.key} ${s.updateId}`)).size).toBe(1)
})

test('a case that moves in a circle is told', async () => {
  const { door } = answering(...Array.from({ length: 20 }, () => refused('CaseMoved', { to: 'C-2' })))
  await expect(close(door)).rejects.toMatchObject({ refusal: 'CaseMoved' })
})

test('a ledger that does not answer is asked again under the same key, as another update', async () => {
  const { sent, door } = answering(ledgerAway(), ledgerAway(), done)
  expect(await close(door)).toEqual(done)
  expect(new Set(sent.map((s) => s.key))).toEqual(new Set(['k-1']))
  expect(new Set(sent.map((s) => s.updateId)).size).toBe(3)
})

test('after some tries it is for later; a first answer may be of an outage long ago and is none of them', async () => {
  const { sent, door } = answering(ledgerAway(), ledgerAway(), ledgerAway(), ledgerAway(), done)
  await expect(close(door)).rejects.toBeInstanceOf(TryLater)
  expect(sent.length).toBe(1 + 3)
})

test('the first update id is of the key and the content, so that a lost answer is found', async () => {
  const ids = []
  for (const why of ['done', 'done', 'otherwise']) {
    const { sent, door } = answering(done)
    await commandCase(door, 'C-1', 'closeTask', { task: 1, why }, asked, quick)
    ids.push(sent[0]!.updateId)
  }
  expect(ids[0]).toBe(ids[1])
  expect(ids[2]).not.toBe(ids[0])
})

test('a refusal keeps its name and data; nothing is sent that has the wrong shape', async () => {
  const { door } = answering(refused('PromiseTooFar', { latest: '2026-12-25' }))
  const error = await close(door).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(Refusal)
  expect(error).toMatchObject({ refusal: 'PromiseTooFar', data: { latest: '2026-12-25' } })
  const { sent, door: unasked } = answering(done)
  await expect(
    commandCase(unasked, 'C-1', 'closeTask', { task: 0, why: '' }, asked, quick),
  ).rejects.toBeInstanceOf(BadRequest)
  expect(sent).toEqual([])
})

test('failures without a meaning stay as they are', () => {
  const defect = new TypeError('x')
  expect(understood(defect)).toBe(defect)
  const strange = refused('SomethingElse', {})
  expect(understood(strange)).toBe(strange)
  expect(understood(refused('BadReceiptFile', [{ line: 2 }]))).toMatchObject({ name: 'BadFile', total: 1 })
  expect(understood(refused('BadRequest', [{ path: 'why', message: 'short' }]))).toMatchObject({
    problems: [{ path: 'why' }],
  })
})
