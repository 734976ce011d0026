import { proxyActivities } from '@temporalio/workflow'
import type { DocumentActivities } from '../activities/documents.ts'
import type { KeptDocument } from '../domain/document.ts'
import type { PrintPackInput } from './statement.messages.ts'
import { DOCUMENTS_TASK_QUEUE } from './taskQueues.ts'

// As many statements as a branch has customers on paper. What is drawn is found when another worker goes on.
const documents = proxyActivities<DocumentActivities>({
  taskQueue: DOCUMENTS_TASK_QUEUE,
  startToCloseTimeout: '2h',
  heartbeatTimeout: '1m',
  retry: { maximumInterval: '1m', maximumAttempts: 20 },
})

/** The statements of a run that go out on paper, as one document; null when none do. */
export async function printPack({ company, run, actor }: PrintPackInput): Promise<KeptDocument | null> {
  return documents.makePrintPack({ company, run, actor })
}
