import type { LocalDate } from './calendar.ts'
import { DISPUTE_REASONS } from './disputeLists.ts'
import { type Currency, toDecimal } from './money.ts'
import { isCreditKind, type ReceivableKind } from './openItem.ts'
import { fail, missing, type Row, readAmount, readDate, readText } from './openItemCells.ts'
import type { ProfileField } from './profile.ts'

/** Stages that another system may have brought a receivable to; the others follow from its dates. */
export const CARRIED_STAGES = ['prelegal', 'legal', 'agency'] as const

/**
 * What was done about an open item in the system it comes from. Only an initial load carries it over: from then on
 * Cartera's own record counts.
 */
export interface ItemHistory {
  stage: (typeof CARRIED_STAGES)[number] | null
  /** The last step that was taken, by its id in the policy that will hold for it. */
  lastStep: string | null
  lastStepOn: LocalDate | null
  /** An open promise to pay it. */
  promise: { dueOn: LocalDate; minor: bigint; madeOn: LocalDate | null } | null
  /** An open dispute over it. */
  dispute: { reason: keyof typeof DISPUTE_REASONS; minor: bigint; openedOn: LocalDate | null } | null
  /** Day on which an item without open amount was paid: the customer's payment history. */
  settledOn: LocalDate | null
}

/** Why a carried step is in the books although nobody here took it. */
export const BEFORE_THE_LOAD = 'before the load'

/** The columns that hold it, for a note where another kind of load passes them over. */
export const HISTORY_FIELDS: readonly ProfileField[] = [
  'stage',
  'last_step',
  'last_step_on',
  'promise_due',
  'promise_amount',
  'promise_made',
  'dispute_reason',
  'dispute_amount',
  'dispute_opened',
  'settled',
  'broken_promises',
]

/** Columns of what is told, and the command that records it of a receivable that is in the books already. */
const PARTS: { part: keyof ItemHistory; field: ProfileField; command?: string }[] = [
  { part: 'stage', field: 'stage', command: 'placement request' },
  { part: 'lastStep', field: 'last_step' },
  { part: 'promise', field: 'promise_due', command: 'promise record' },
  { part: 'dispute', field: 'dispute_reason', command: 'dispute open' },
  { part: 'settledOn', field: 'settled' },
]

/** What a line tells of the time before a document that isn't new: the books' own record counts. */
export function notCarried(document: string, history: Readonly<Record<keyof ItemHistory, unknown>>): string {
  const told = PARTS.filter(({ part }) => history[part] !== null)
  const commands = told.flatMap(({ command }) => command ?? [])
  const advice =
    commands.length === 0
      ? ''
      : ` Record by command what still holds and the books lack: ${commands.join(', ')}.`
  return `The books have ${document} already, and only its first load carries over what was done before: not taken is ${told.map(({ field }) => field).join(', ')}.${advice}`
}

/** Null when the line says nothing of it. */
export function historyOf(
  row: Row,
  kind: ReceivableKind,
  currency: Currency,
  { originalMinor, openMinor }: { originalMinor: bigint; openMinor: bigint | null },
  issuedOn: LocalDate | '',
): ItemHistory | null {
  const open = openMinor ?? originalMinor
  const history: ItemHistory = {
    stage: readStage(row),
    lastStep: readText(row, 'last_step'),
    lastStepOn: readDate(row, 'last_step_on'),
    promise: readPromise(row, currency, open),
    dispute: readDispute(row, currency, open),
    settledOn: readDate(row, 'settled'),
  }
  if (history.lastStep && !history.lastStepOn) missing(row, 'last_step_on')
  if (history.lastStepOn && !history.lastStep) missing(row, 'last_step')
  if (history.settledOn && open !== 0n)
    fail(
      row,
      'settled',
      'settled-but-open',
      `says that it was paid, but ${toDecimal(open, currency)} is open; correct one of them`,
    )
  if (history.settledOn && issuedOn && history.settledOn < issuedOn)
    fail(row, 'settled', 'settled-before-issued', `is before the issue date ${issuedOn}; correct one of them`)
  if (Object.values(history).every((value) => value === null)) return null
  if (isCreditKind(kind)) {
    fail(
      row,
      HISTORY_FIELDS.find((field) => readText(row, field) !== null) ?? 'stage',
      'history-of-credit',
      `is about collecting, but the kind is ${kind}; leave it empty for credits`,
    )
    return null
  }
  return history
}

function readStage(row: Row): ItemHistory['stage'] {
  const text = readText(row, 'stage')
  if (text === null) return null
  const stage = CARRIED_STAGES.find((each) => each === text)
  if (stage) return stage
  fail(
    row,
    'stage',
    'unknown-stage',
    `is not a stage that can be carried over (${CARRIED_STAGES.join(', ')}); leave it empty for the others, which follow from the dates`,
  )
  return null
}

function readPromise(row: Row, currency: Currency, open: bigint): ItemHistory['promise'] {
  const dueOn = readDate(row, 'promise_due')
  const madeOn = readDate(row, 'promise_made')
  const minor = readPart(row, 'promise_amount', currency, open)
  if (dueOn === null) {
    if (madeOn !== null || minor !== null) missing(row, 'promise_due')
    return null
  }
  if (madeOn !== null && madeOn > dueOn)
    fail(row, 'promise_made', 'promise-made-late', `is after the promised day ${dueOn}; correct one of them`)
  if (open <= 0n) {
    fail(row, 'promise_due', 'nothing-open', 'is a promise to pay, but nothing is open; leave it empty')
    return null
  }
  return { dueOn, madeOn, minor: minor ?? open }
}

function readDispute(row: Row, currency: Currency, open: bigint): ItemHistory['dispute'] {
  const text = readText(row, 'dispute_reason')
  const openedOn = readDate(row, 'dispute_opened')
  const minor = readPart(row, 'dispute_amount', currency, open)
  if (text === null) {
    if (openedOn !== null || minor !== null) missing(row, 'dispute_reason')
    return null
  }
  const reasons = Object.keys(DISPUTE_REASONS) as (keyof typeof DISPUTE_REASONS)[]
  const reason = reasons.find((each) => each === text)
  if (!reason) {
    fail(
      row,
      'dispute_reason',
      'unknown-reason',
      `is not a reason for a dispute (${reasons.join(', ')}); write one of these`,
    )
    return null
  }
  if (open <= 0n) {
    fail(row, 'dispute_reason', 'nothing-open', 'is a dispute, but nothing is open; leave it empty')
    return null
  }
  return { reason, openedOn, minor: minor ?? open }
}

/** A part of what is open; all of it when the cell is empty. */
function readPart(
  row: Row,
  field: 'promise_amount' | 'dispute_amount',
  currency: Currency,
  open: bigint,
): bigint | null {
  const minor = readAmount(row, field, currency)
  if (minor === null || (minor > 0n && minor <= open)) return minor
  fail(
    row,
    field,
    'part-exceeds-open',
    `is not between zero and the open amount ${toDecimal(open, currency)}; correct one of them`,
  )
  return null
}
