import type { Answer, CaseCommandName, ReceiptCommandName, TeamCommandName } from '../../domain/command.ts'
import type { DecisionCommandName } from '../../domain/decisionCommand.ts'
import type { OrderState } from '../../ledger/orders/orders.ts'
import type { Speech } from './speech.ts'
import { tellTaskKind, tellWhy } from './tell.ts'
import type { Data, EventName, Words } from './words.ts'

/** Told by more than one event, or by one of several. */
type ToldByItself =
  | 'decideApproval'
  | 'publishPolicies'
  | 'postContingency'
  | 'chargeInterest'
  | OrderCommandName

/** What a command did is told by the event that it writes; a task is done without telling its kind. */
const TOLD_AS: Record<
  | Exclude<CaseCommandName, 'logContact' | 'closeTask' | 'addTask' | 'answerConfirmation'>
  | Exclude<ReceiptCommandName, 'post'>
  | Exclude<DecisionCommandName, ToldByItself>
  | TeamCommandName,
  EventName
> = {
  recordPromise: 'promise recorded',
  withdrawPromise: 'promise withdrawn',
  replacePromise: 'promise replaced',
  excusePromise: 'promise excused',
  announcePayment: 'payment announced',
  withdrawAnnouncement: 'announced payment withdrawn',
  issueProvisional: 'provisional receipt issued',
  convertProvisional: 'provisional receipt converted',
  cancelProvisional: 'provisional receipt cancelled',
  linkContact: 'contact completed',
  planTask: 'task planned',
  assignTask: 'task assigned',
  recordAbsence: 'absence recorded',
  endAbsence: 'absence ended',
  grantRole: 'role granted',
  revokeRole: 'role revoked',
  withdrawApproval: 'approval withdrawn',
  registerAgency: 'agency registered',
  requestPlacement: 'placement begun',
  offerPlacement: 'placement offered',
  acceptPlacement: 'placement accepted',
  declinePlacement: 'offer declined',
  reportPlacement: 'placement reported',
  addPlacementCost: 'placement cost added',
  recordRecovery: 'recovery recorded',
  remitRecovery: 'recovery remitted',
  recallPlacement: 'placement recalled',
  returnPlacement: 'placement returned',
  closePlacement: 'placement closed',
  startPrescription: 'prescription started',
  interruptPrescription: 'prescription interrupted',
  fileDocument: 'documents received',
  tieReceipt: 'receipt tied',
  activatePolicy: 'policy activated',
  waiveInterest: 'interest waived',
  addFee: 'fee charged',
  proposeNegotiation: 'negotiation proposed',
  counterOffer: 'negotiation countered',
  submitNegotiation: 'negotiation agreed',
  withdrawNegotiation: 'negotiation withdrawn',
  requestLine: 'credit line granted',
  requestTemporaryLimit: 'credit line granted',
  reduceLine: 'credit line reduced',
  closeLine: 'credit line closed',
  reviewLine: 'credit line reviewed',
  registerGuarantee: 'guarantee registered',
  renewGuarantee: 'guarantee renewed',
  releaseGuarantee: 'guarantee released',
  realiseGuarantee: 'guarantee realised',
  attachGuaranteeDocument: 'documents received',
  retryErpCall: 'erp call retried',
  acknowledgeErpCall: 'erp told',
  setStanding: 'standing set',
  joinGroup: 'group joined',
  leaveGroup: 'group left',
  setRates: 'rates loaded',
  openDispute: 'dispute opened',
  resolveDispute: 'dispute resolved',
  splitDispute: 'dispute split',
  changeDispute: 'dispute changed',
  present: 'presented',
  setReviewDays: 'review days set',
  pause: 'paused',
  resume: 'resumed',
  snooze: 'snoozed',
  unsnooze: 'unsnoozed',
  requestConfirmation: 'confirmation asked',
  withdrawConfirmation: 'confirmation withdrawn',
  credit: 'credited',
  replace: 'replaced',
  cancel: 'cancelled',
  writeOff: 'written off',
  adoptPolicy: 'policy adopted',
  regroup: 'regrouped',
  addContact: 'contact added',
  resolveException: 'exception resolved',
  apply: 'receipt applied',
  applyCredit: 'credit applied',
  reverse: 'receipt reversed',
}

/** What was asked about an order is told by what became of it. */
const ORDER_COMMANDS = [
  'checkOrder',
  'changeOrder',
  'holdOrder',
  'releaseOrder',
  'releaseConditionally',
  'rejectOrder',
  'cancelOrder',
  'shipOrder',
] as const satisfies readonly DecisionCommandName[]
type OrderCommandName = (typeof ORDER_COMMANDS)[number]
const isOfOrder = (name: string): name is OrderCommandName =>
  (ORDER_COMMANDS as readonly string[]).includes(name)
const ORDER_TOLD_AS: Record<OrderState, EventName> = {
  released: 'order released',
  conditionally_released: 'order released conditionally',
  held: 'order held',
  rejected: 'order rejected',
  expired: 'order expired',
  consumed: 'order invoiced',
  cancelled: 'order cancelled',
}

/** The answer of a command, a line for each thing done. */
export function answerLines(
  words: Words,
  speech: Speech,
  name: CaseCommandName | ReceiptCommandName | TeamCommandName | DecisionCommandName,
  { result }: Pick<Answer, 'result'>,
): string[] {
  // Put aside until somebody agrees.
  if (result.waitsFor !== undefined) return [words.events['approval requested'](result, speech)]
  if (name === 'decideApproval') return decisionLines(words, speech, result)
  if (name === 'publishPolicies')
    return [
      words.events['policies published'](result, speech),
      ...((result.waiting ?? []) as Data[]).map((w) => words.events['approval requested'](w, speech)),
    ]
  if (name === 'post' || name === 'postContingency')
    return ((result.receipts ?? []) as Data[]).map((receipt) =>
      words.events['receipt posted'](receipt, speech),
    )
  if (name === 'chargeInterest')
    return ((result.notes ?? []) as Data[]).map((note) => words.events['interest charged'](note, speech))
  if (name === 'addTask')
    return [words.taskEvents.opened(tellTaskKind(words, String(result.kind)), result, speech)]
  if (name === 'closeTask') return [words.taskEvents.done('', result, speech)]
  if (name === 'logContact') {
    const event =
      result.channel === 'visit'
        ? 'visit logged'
        : result.channel === 'phone'
          ? 'call logged'
          : 'contact logged'
    return [words.events[event](result, speech)]
  }
  if (name === 'answerConfirmation')
    return [
      words.events[result.state === 'agreed' ? 'confirmation agreed' : 'confirmation differs'](
        result,
        speech,
      ),
    ]
  if (isOfOrder(name)) return [words.events[ORDER_TOLD_AS[result.state as OrderState]](result, speech)]
  return [words.events[TOLD_AS[name]](result, speech)]
}

/** What became of a request by one person's answer. */
function decisionLines(words: Words, speech: Speech, result: Data): string[] {
  const said = words.events[result.agrees ? 'approval given' : 'approval refused'](result, speech)
  if (result.state === 'stale')
    return [said, `${words.events['approval stale'](result, speech)}: ${tellWhy(words, String(result.why))}`]
  if (result.state === 'open') return [said, words.phrases.approvalGoesOn(String(result.next ?? result.role))]
  return [said]
}
