import { esCodes } from './codes.es-MX.ts'
import { esCreditRefusals } from './credit.es-MX.ts'
import { esEffects } from './effects.es-MX.ts'
import { esEvents, esTaskEvents } from './events.es-MX.ts'
import { negotiationEs } from './negotiation.es-MX.ts'
import { esOrders } from './orders.es-MX.ts'
import { esPhrases } from './phrases.es-MX.ts'
import { esPlacements } from './placements.es-MX.ts'
import type { Speech } from './speech.ts'
import type { Words } from './words.ts'

const thing = (name: string): string => (esCodes.things as Record<string, string>)[name] ?? name

const refusals: Words['refusals'] = {
  ...negotiationEs.refusals,
  ...esPlacements.refusals,
  KeyConflict: ({ key, command }) =>
    `La clave ${key} ya se usó para "${command}" con otro contenido. Use otra clave.`,
  NotFound: ({ what, id }) => `No existe: ${thing(what)} "${id}".`,
  ConfirmationExists: ({ case: key, confirmation }) =>
    `La confirmación ${confirmation} de ${key} espera su respuesta. Regístrela o retírela.`,
  AnswerUnclear: ({ confirmation }) =>
    `Indique que la confirmación ${confirmation} está conforme, o lo que tienen en sus libros.`,
  CaseMoved: ({ to }) => `Se movió al expediente ${to}. Consulte ahí.`,
  InvalidAmount: ({ value, currency }) => `"${value}" no es un importe en ${currency}.`,
  InvalidDate: ({ field, value, must }, say) =>
    `${fields[field] ?? field} ${say.date(value)} ${mustBe(must, say)}.`,
  WrongCurrency: ({ document, expected, given }) => `${document} está en ${expected}, no en ${given}.`,
  WrongCustomer: ({ document, customer }) =>
    customer ? `${document} no es del cliente ${customer}.` : `${document} es de otro cliente o pagador.`,
  AlreadyClosed: ({ document, closedAs }) =>
    `${document} ya está cerrado: ${(esCodes.closedAs as Record<string, string>)[closedAs] ?? closedAs}.`,
  OverApplied: ({ document, open, given }, say) =>
    `De ${document} solo hay ${say.number(open)} por pagar; no se le pueden aplicar ${say.number(given)}.`,
  NotEnoughUnapplied: ({ available, given }, say) =>
    `Solo quedan ${say.number(available)} sin aplicar; se pidieron ${say.number(given)}.`,
  AlreadyReversed: ({ receipt }) => `El pago ${receipt} ya se canceló.`,
  DuplicateReceipt: ({ receipt, trackingKey }) =>
    `Este dinero ya está registrado como pago ${receipt}${trackingKey ? ` (clave de rastreo ${trackingKey})` : ''}.`,
  DuplicateDocument: ({ document }) => `Ya existe un documento ${document}. Dé otro número al nuevo.`,
  BooksClosed: ({ through }, say) =>
    `Los libros están cerrados hasta el ${say.date(through)}. Indique una fecha contable posterior.`,
  PromiseExists: ({ document, promise }) =>
    `${document} ya está en la promesa ${promise}. Retírela o reemplácela.`,
  PromiseTooFar: ({ latest }, say) =>
    `La fecha prometida es demasiado lejana: a más tardar el ${say.date(latest)}.`,
  PromiseExceedsOpen: ({ open, given }, say) =>
    `Solo hay ${say.number(open)} por pagar; no se pueden prometer ${say.number(given)}.`,
  TooManyBroken: ({ broken, allowed }) =>
    `El cliente no cumplió ${broken} promesas; la política acepta nuevas hasta con ${allowed}.`,
  NotOpen: ({ what, id, state }) => `No está en curso: ${thing(what)} ${id} (${stateOf(state, what)}).`,
  DisputeExceedsOpen: ({ document, open, given }, say) =>
    `De ${document} solo hay ${say.number(open)} por pagar; no se pueden aclarar ${say.number(given)}.`,
  NoInterest: ({ customer, document, open, minimum }, say) =>
    open !== undefined && minimum !== undefined
      ? `Solo hay ${say.number(open)} de intereses por cobrar de ${customer}; la nota se hace desde ${say.number(minimum)}. Siguen pendientes.`
      : document !== undefined
        ? `${document} no causa intereses ni lleva cargos.`
        : `No hay intereses por cobrar de ${customer}.`,
  UnknownCode: ({ list, code, known }) =>
    `"${code}" no es ${list === 'reason' ? 'un motivo' : list === 'fee' ? 'un cargo' : 'una causa'} de la política del cliente. Hay: ${known.join(', ') || 'ninguno'}.`,
  SplitsAll: ({ dispute }) =>
    `No quedaría nada de la aclaración ${dispute}. Separe una parte, o cambie al responsable.`,
  RebillsOne: ({ documents }) =>
    `Una factura nueva sustituye a un documento: resuelva ${documents.join(', ')} uno por uno.`,
  EndsWithDispute: ({ task, dispute }) =>
    `La tarea ${task} termina cuando se resuelve la aclaración ${dispute} ("dispute resolve").`,
  PresentationNotNeeded: ({ customer }) =>
    `${customer} recibe facturas sin revisión. Indique primero sus días de revisión.`,
  PresentationBlocked: ({ document, dispute }) =>
    `${document} no se puede presentar antes de resolver la aclaración ${dispute}.`,
  AlreadyPresented: ({ document, on }, say) =>
    `${document} se aceptó el ${say.date(on)}. Diga por qué (--why) para corregirlo.`,
  PauseOverlaps: ({ from, to }, say) =>
    `Ya hay una pausa del ${say.date(from)} al ${say.date(to)}. Reanude primero esa.`,
  PauseNotActive: ({ id }) => `La pausa ${id} ya terminó o se reanudó.`,
  LoggedByContact: ({ task, kind }) =>
    `La tarea ${task} es una ${kind === 'visit' ? 'visita' : 'llamada'}: se completa al registrar la conversación ("contact log").`,
  SameActor: ({ actor }) => `Lo pide ${actor}: debe decidirlo otra persona.`,
  UnknownResult: ({ result, known }) =>
    `"${result}" no es un resultado de la política del cliente. Tiene: ${known}.`,
  AbsenceOverlaps: ({ person, from, to }, say) =>
    `Ya hay una ausencia de ${person} del ${say.date(from)} al ${say.date(to)}. Termine primero esa.`,
  StandInNeeded: ({ person }) =>
    `Alguien más debe suplir a ${person}: sin suplente las tareas pasan al supervisor.`,
  ProvisionalExceedsOpen: ({ open, given }, say) =>
    `Solo hay ${say.number(open)} por pagar que no se hayan recibido; no se pueden recibir ${say.number(given)}.`,
  WrongReceipt: ({ receipt, must, available }) =>
    `El pago ${receipt} no puede ser el que resultó de él: ${
      {
        'same payer': 'es de otro pagador',
        'same currency': 'está en otra moneda',
        later: 'ya estaba registrado cuando se extendió',
        'large enough': `solo quedan libres ${available}`,
      }[must]
    }.`,
  NotCounted: ({ promise, state }) =>
    `La promesa ${promise} (${stateOf(state)}) no cuenta contra el cliente: no hay qué disculpar.`,
  ProvisionalOpen: ({ provisional }) =>
    `La tarea termina cuando el recibo provisional ${provisional} se registra o se cancela ("provisional convert", "provisional cancel").`,
  HasApplications: ({ document }) =>
    `${document} tiene pagos aplicados. Cancélelos o muévalos primero, o reemplace el documento.`,
  ApprovalExists: ({ approval }) => `Ya se pidió: la autorización ${approval} espera respuesta.`,
  AlreadyVoted: ({ approval, person }) =>
    `La autorización ${approval} ya tiene respuesta de ${person}, o de alguien en su lugar: hace falta otra persona.`,
  NotAnApprover: ({ approval, person, role }) =>
    `La autorización ${approval} espera a quien tenga el rol "${role}"; ${person} no lo tiene ni suple a quien lo tiene.`,
  NotTheRequester: ({ approval, requester }) =>
    `Solo ${requester} puede retirar la autorización ${approval}: la pidió.`,
  ...esCreditRefusals,
  ...esOrders.refusals,
}

const fields: Record<string, string> = {
  valueOn: 'La fecha valor',
  postingOn: 'La fecha contable',
  on: 'El día',
  dueOn: 'La fecha de vencimiento',
  issuedOn: 'La fecha de emisión',
  acceptedOn: 'El día de aceptación',
  from: 'El primer día',
  to: 'El último día',
  asOf: 'El día de los libros',
  answeredOn: 'El día de la respuesta',
  until: 'El día de volver',
  backOn: 'El primer día de regreso',
  resubmitOn: 'El día de retomarla',
  beganAt: 'La hora de la conversación',
  endedAt: 'El fin de la conversación',
  extension: 'El nuevo vencimiento',
  paidBy: 'La fecha límite del descuento',
  validThrough: 'El último día de la oferta',
  reviewOn: 'La fecha de revisión',
  signedOn: 'La fecha de firma',
  maturesOn: 'La fecha de vencimiento del documento',
  through: 'El último día de los intereses',
  incurredOn: 'El día del gasto',
  paidOn: 'El día del pago',
}
/** The ledger says what a date must be in a few fixed ways. */
function mustBe(must: string, say: Speech): string {
  const [, rule, day] =
    /^(not be before|not be after|be after the instalment before it,|be after) (\S+)$/.exec(must) ?? []
  if (rule === 'not be before') return `no puede ser anterior al ${say.date(day)}`
  if (rule === 'not be after') return `no puede ser posterior al ${say.date(day)}`
  if (rule === 'be after') return `debe ser posterior al ${say.date(day)}`
  if (rule) return `debe ser posterior a la parcialidad anterior, ${say.date(day)}`
  const [, first, last] = /^be from (\S+) to (\S+)$/.exec(must) ?? []
  if (first) return `debe estar entre el ${say.date(first)} y el ${say.date(last)}`
  return `no se acepta (${must})`
}
const known = (table: Readonly<Record<string, string>>, code: string): string | undefined => table[code]
const stateOf = (state: string, what = ''): string =>
  (what === 'negotiation' ? known(esCodes.negotiationStates, state) : undefined) ??
  (
    {
      ...esCodes.promiseStates,
      ...esCodes.creditStates,
      ...esCodes.callStates,
      ...esCodes.disputeOutcomes,
      ...esCodes.loadStates,
      done: 'hecha',
      overtaken: 'ya no hay qué hacer',
      open: 'en curso',
      converted: 'registrado',
      cancelled: 'cancelado',
      over: 'terminada',
      arrived: 'el dinero llegó',
      lapsed: 'venció',
      ...esCodes.confirmationStates,
      ...esCodes.placementStates,
      ...esCodes.clockStates,
    } as Record<string, string>
  )[state] ??
  state

export const esMX: Words = {
  ...esCodes,
  language: 'es-MX',
  effects: esEffects,
  refusals,
  events: esEvents,
  taskEvents: esTaskEvents,
  phrases: esPhrases,
  orders: esOrders,
}
