import {
  isGrpcDeadlineError,
  isGrpcServiceError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import type { LineError } from '../domain/openItem.ts'
import { Refusal, type RefusalName, type Refusals } from '../domain/refusal.ts'
import { LEDGER_UNAVAILABLE } from '../workflows/collection.messages.ts'
import { BadFile, BadRequest, TryLater } from './failures.ts'

/** Names of refusals as they arrive; the compiler keeps the list whole. */
const REFUSALS: Record<RefusalName, true> = {
  KeyConflict: true,
  AlreadyPlaced: true,
  NothingToPlace: true,
  NotPlaceable: true,
  SpeaksForOther: true,
  OwnPeopleOnly: true,
  RemitsTooMuch: true,
  ClockRuns: true,
  NoTerm: true,
  NotFound: true,
  CaseMoved: true,
  ConfirmationExists: true,
  AnswerUnclear: true,
  InvalidAmount: true,
  InvalidDate: true,
  WrongCurrency: true,
  WrongCustomer: true,
  AlreadyClosed: true,
  OverApplied: true,
  NotEnoughUnapplied: true,
  AlreadyReversed: true,
  DuplicateReceipt: true,
  DuplicateDocument: true,
  BooksClosed: true,
  PromiseExists: true,
  PromiseTooFar: true,
  PromiseExceedsOpen: true,
  TooManyBroken: true,
  NotOpen: true,
  NoInterest: true,
  DisputeExceedsOpen: true,
  UnknownCode: true,
  SplitsAll: true,
  RebillsOne: true,
  EndsWithDispute: true,
  PresentationNotNeeded: true,
  PresentationBlocked: true,
  AlreadyPresented: true,
  PauseOverlaps: true,
  PauseNotActive: true,
  LoggedByContact: true,
  SameActor: true,
  HasApplications: true,
  UnknownResult: true,
  AbsenceOverlaps: true,
  StandInNeeded: true,
  ProvisionalExceedsOpen: true,
  WrongReceipt: true,
  NotCounted: true,
  ProvisionalOpen: true,
  NegotiationExists: true,
  NothingClaimed: true,
  AwaitsPresentation: true,
  TermsExceedClaim: true,
  DiscountNotPaid: true,
  TermsBeyondPolicy: true,
  ApprovalExists: true,
  AlreadyVoted: true,
  NotAnApprover: true,
  NotTheRequester: true,
  NotLower: true,
  GuaranteeExists: true,
  CoverageTooHigh: true,
  GuaranteeTooSmall: true,
  OrderOver: true,
  OrderShipped: true,
  OrderNotHeld: true,
  DeadlinePassed: true,
  OrderGrown: true,
  OrderMoreAgainst: true,
  NotAGroup: true,
  InGroup: true,
}
const isRefusalName = (name: string): name is RefusalName => Object.hasOwn(REFUSALS, name)

/** Type of the failure of a file of receipts with bad lines. */
const BAD_RECEIPT_FILE = 'BadReceiptFile'

/** What an error of Temporal's client means to who asked: a refusal, a bad request or file, try later; else itself. */
export function understood(error: unknown): unknown {
  const said = applicationFailureIn(error)
  if (said?.type) {
    const [details, total] = said.details ?? []
    if (isRefusalName(said.type)) return new Refusal(said.type, details as Refusals[RefusalName])
    if (said.type === LEDGER_UNAVAILABLE) return new TryLater('ledger', said.message, error)
    if (said.type === 'BadRequest')
      return new BadRequest(
        (details as BadRequest['problems'] | undefined) ?? [{ path: '', message: said.message }],
      )
    if (said.type === BAD_RECEIPT_FILE)
      return new BadFile(details as LineError[], total as number | undefined)
    return error
  }
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isGrpcDeadlineError(error))
    return new TryLater('workers', '', error)
  const grpc = grpcErrorIn(error)
  return grpc && AWAY.has(grpc.code) ? new TryLater('temporal', grpc.details, error) : error
}

/** gRPC: cancelled by a closing server, exhausted, unavailable. */
const AWAY: ReadonlySet<number> = new Set([1, 8, 14])
/** gRPC: not found, aborted: the workflow ended between finding it and speaking to it. */
const RACED: ReadonlySet<number> = new Set([5, 10])

/** The workflow closed while it was being asked: asking again starts the next one. */
export function raced(error: unknown): boolean {
  if (error instanceof Error && error.name === 'WorkflowNotFoundError') return true
  if (applicationFailureIn(error)?.type === 'AcceptedUpdateCompletedWorkflow') return true
  const grpc = grpcErrorIn(error)
  return grpc !== null && RACED.has(grpc.code)
}

function applicationFailureIn(error: unknown): ApplicationFailure | null {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof ApplicationFailure) return at
  return null
}

function grpcErrorIn(error: unknown): { code: number; details: string } | null {
  for (let at = error; at instanceof Error; at = at.cause) if (isGrpcServiceError(at)) return at
  return null
}
