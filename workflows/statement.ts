import { proxyActivities } from '@temporalio/workflow'
import type { DocumentActivities } from '../activities/documents.ts'
import type { KeptDocument } from '../domain/document.ts'
import type { EvidenceInput, MinutesInput, StatementInput } from './statement.messages.ts'
import { DOCUMENTS_TASK_QUEUE } from './taskQueues.ts'

// Somebody waits for it. Drawing is work of the processor, during which nobody beats.
const documents = proxyActivities<DocumentActivities>({
  taskQueue: DOCUMENTS_TASK_QUEUE,
  startToCloseTimeout: '5m',
  heartbeatTimeout: '1m',
  retry: { maximumInterval: '15s', maximumAttempts: 10 },
})

/** Makes a customer's statement of account: kept in the store, written down in the ledger. */
export async function statement({ company, work }: StatementInput): Promise<KeptDocument[]> {
  return documents.makeStatement({ company, ...work })
}

/** Makes the minutes of a reconciliation to sign: kept in the store, written down in the ledger. */
export async function minutes({ company, confirmation, actor }: MinutesInput): Promise<KeptDocument> {
  return documents.makeMinutes({ company, confirmation, actor })
}

/** Makes the pack of evidence of a placement, as PDF and archive: kept in the store, written down in the ledger. */
export async function evidence({ company, placement, actor }: EvidenceInput): Promise<KeptDocument[]> {
  return documents.makeEvidence({ company, placement, actor })
}
