import { proxyActivities } from '@temporalio/workflow'
import type { DocumentActivities } from '../activities/documents.ts'
import type { KeptDocument } from '../domain/document.ts'
import type { MinutesInput } from './statement.messages.ts'
import { DOCUMENTS_TASK_QUEUE } from './taskQueues.ts'

// Somebody waits for it.
const documents = proxyActivities<DocumentActivities>({
  taskQueue: DOCUMENTS_TASK_QUEUE,
  startToCloseTimeout: '5m',
  heartbeatTimeout: '1m',
  retry: { maximumInterval: '15s', maximumAttempts: 10 },
})

/** Makes the minutes of a reconciliation to sign: kept in the store, written down in the ledger. */
export async function minutes({ company, confirmation, actor }: MinutesInput): Promise<KeptDocument> {
  return documents.makeMinutes({ company, confirmation, actor })
}
