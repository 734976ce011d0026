import { type NativeConnection, Worker, type WorkflowBundleOption } from '@temporalio/worker'
import { createBooksActivities } from '../activities/books.ts'
import { createDecisionActivities } from '../activities/decisions.ts'
import { createDeliverActivities } from '../activities/deliver.ts'
import { createDocumentActivities } from '../activities/documents.ts'
import { createErpDelivery, type ErpDeps } from '../activities/erp.ts'
import { createFeedActivities } from '../activities/feed.ts'
import { createLedgerActivities } from '../activities/ledger.ts'
import { createLoadActivities } from '../activities/load.ts'
import { createMailActivities, type MailDeps } from '../activities/mail.ts'
import { deliverPlacementMail } from '../activities/placementMail.ts'
import { createStaffMail } from '../activities/staffMail.ts'
import { createStatementActivities } from '../activities/statements.ts'
import { createTeamActivities } from '../activities/team.ts'
import { createWakeActivities, type WakeDeps } from '../activities/wake.ts'
import { approvalTeller } from '../client/words/approvals.ts'
import type { Database } from '../ledger/database.ts'
import { DOCUMENTS_TASK_QUEUE, MAIL_TASK_QUEUE, TASK_QUEUE } from '../workflows/taskQueues.ts'
import { runFolder } from './feeds.ts'

export interface WorkerDeps extends MailDeps, WakeDeps, ErpDeps {
  mailPerSecond: number
  /** Connections of the mail's own: what was sent must be marked, however busy the others are. Else the same. */
  mailDatabase?: Database
}

/** Messages on their way at once: the mail needs no more connections than that. */
export const MAILS_AT_ONCE = 10

/** Documents drawn at once: it is work of the processor, so more would only make each slower. */
const DOCUMENTS_AT_ONCE = 2

/** Cases that one worker looks at, or commands that it carries out, at the same time. */
const CASES_AT_ONCE = 10

/** Everything a worker registers: one for the workflows and the books, one for the mail with its rate limit, one for documents. */
export async function createWorkers(
  connection: NativeConnection,
  namespace: string,
  workflowBundle: WorkflowBundleOption,
  deps: WorkerDeps,
): Promise<Worker[]> {
  const books = await Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle,
    activities: {
      ...createLedgerActivities(deps),
      ...createBooksActivities(deps),
      ...createLoadActivities(deps),
      ...createFeedActivities({ runFeed: (company, folder, beat) => runFolder(deps, company, folder, beat) }),
      ...createStatementActivities(deps),
      ...createWakeActivities(deps),
      ...createTeamActivities(deps),
      ...createDecisionActivities(deps),
      ...createDeliverActivities({ erp: createErpDelivery(deps) }),
    },
    maxCachedWorkflows: 500,
    // Each holds a connection to the ledger while it works. More at once make each so slow that it is given up and
    // done again; what waits, waits in Temporal's queue, where nothing is lost by it.
    maxConcurrentWorkflowTaskExecutions: CASES_AT_ONCE,
    maxConcurrentLocalActivityExecutions: CASES_AT_ONCE,
    maxConcurrentActivityTaskExecutions: 20,
  })
  const mailDeps = { ...deps, database: deps.mailDatabase ?? deps.database }
  const mail = await Worker.create({
    connection,
    namespace,
    taskQueue: MAIL_TASK_QUEUE,
    activities: {
      ...createMailActivities(mailDeps),
      ...createDeliverActivities({
        placement_mail: deliverPlacementMail(mailDeps),
        staff_mail: createStaffMail({ ...mailDeps, tellers: approvalTeller }),
      }),
    },
    maxTaskQueueActivitiesPerSecond: deps.mailPerSecond,
    maxConcurrentActivityTaskExecutions: MAILS_AT_ONCE,
  })
  const documents = await Worker.create({
    connection,
    namespace,
    taskQueue: DOCUMENTS_TASK_QUEUE,
    activities: createDocumentActivities(deps),
    maxConcurrentActivityTaskExecutions: DOCUMENTS_AT_ONCE,
  })
  return [books, mail, documents]
}
