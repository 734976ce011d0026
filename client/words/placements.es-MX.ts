import type { NotPlaceableBecause } from '../../domain/refusal.ts'
import type { PlacementCodes, PlacementWords } from './placements.ts'
import type { Speech } from './speech.ts'
import type { Data } from './words.ts'

const codes: PlacementCodes = {
  placementKinds: {
    demand: 'requerimiento de pago',
    prelegal: 'prejurídico',
    legal: 'jurídico',
    agency: 'agencia',
  },
  placementStates: {
    approved: 'aprobado',
    offered: 'ofrecido',
    accepted: 'aceptado',
    active: 'en gestión',
    recalled: 'retirado',
    returned: 'devuelto',
    recovered: 'recuperado',
    closed: 'cerrado',
  },
  agencyKinds: { agency: 'agencia', lawyer: 'abogado' },
  reportResults: {
    contacted: 'habló con el cliente',
    not_found: 'no localizado',
    promised: 'prometió pagar',
    negotiating: 'en negociación',
    sued: 'demandado',
    judgment: 'con sentencia',
    uncollectable: 'incobrable',
    other: 'otro',
  },
  offerAnswers: {
    accepted: 'aceptó',
    declined: 'no aceptó',
    expired: 'no contestó a tiempo',
    withdrawn: 'se retiró',
  },
  agencyMails: {
    offer: 'oferta',
    handover: 'entrega',
    report_due: 'se pide el informe',
    changed: 'cambian los importes',
    recall: 'retiro',
    expired: 'fin de la oferta',
  },
  instruments: {
    invoice: 'factura',
    pagare: 'pagaré',
    cheque_same_place: 'cheque, presentado en la misma plaza',
    cheque_elsewhere: 'cheque, presentado en otra plaza del país',
    cheque_abroad: 'cheque, presentado desde el extranjero',
    cheque: 'cheque impagado',
  },
  clockStates: {
    running: 'corre',
    interrupted: 'interrumpido',
    settled: 'saldado',
    expired: 'vencido',
  },
}

const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const what = (d: Data): string => `turno ${d.placement} (${word(codes.placementKinds, d.kind)})`
const withWhom = (d: Data): string => (d.agency ? ` con ${d.agency}` : '')
const clock = (d: Data, say: Speech): string =>
  `el plazo de ${d.document} (${word(codes.instruments, d.instrument)}${d.reference ? ` ${d.reference}` : ''}) termina el ${say.date(d.endsOn)}`

const notPlaceable: Record<NotPlaceableBecause, string> = {
  credit: 'es un abono',
  held: 'su carga no se ha liberado',
  nothing_owed: 'no se debe nada',
  not_presented: 'el cliente aún no lo acepta',
  not_overdue: 'no está vencido',
}

export const esPlacements: PlacementWords = {
  codes,
  subjects: {
    placement: (id) => `nadie acepta el turno ${id}`,
    'placement late': (id) => `falta el informe del turno ${id}`,
    'after placement': (id) => `regresó del turno ${id}`,
    'agency mail': (agency) => `no se pudo escribir a ${agency}`,
    prescription: (id) => `termina un plazo (reloj ${id})`,
  },
  events: {
    'agency registered': (d) =>
      `${word(codes.agencyKinds, d.kind)} ${d.agency} (${d.name}) en el registro, comisión ${d.commission} %${d.active === false ? ', ya no se le ofrece' : ''}`,
    'placement begun': (d, say) =>
      `inicia el ${what(d)}${withWhom(d)}${d.documents ? `: ${say.list(d.documents)}` : ''}${d.state ? `; ahora ${word(codes.placementStates, d.state)}` : ''}`,
    'placement offered': (d, say) =>
      `${what(d)} ofrecido a ${d.agency}${d.answerBy ? `, responde a más tardar el ${say.date(d.answerBy)}` : ''}`,
    'offer declined': (d) => `${d.agency ?? 'la agencia'} no aceptó el turno ${d.placement}`,
    'offer expired': (d) => `${d.agency} no contestó a tiempo sobre el turno ${d.placement}`,
    'offer withdrawn': (d) => `el turno ${d.placement} ya no se ofrece a ${d.agency}`,
    'placement accepted': (d) => `${what(d)} aceptado por ${d.agency}`,
    'placement reported': (d, say) =>
      `informe del turno ${d.placement}: ${word(codes.reportResults, d.result)} (${d.notes}); el siguiente a más tardar el ${say.date(d.nextReportOn)}`,
    'report chased': (d, say) =>
      `se pide a ${d.agency} el informe del turno ${d.placement} que debía el ${say.date(d.dueOn)}`,
    'placement cost added': (d, say) =>
      `gasto del turno ${d.placement}: ${d.what}, ${say.amount(d.amount, d.currency)} que se deben a ${d.agency}`,
    'recovery recorded': (d, say) =>
      `${d.agency} recibió ${say.amount(d.amount, d.currency)} (recibo ${d.receipt}), comisión ${say.amount(d.commission, d.currency)}`,
    'recovery remitted': (d, say) =>
      `${d.agency} entregó ${say.amount(d.remitted, d.currency)} y retuvo ${say.amount(d.withheld, d.currency)}; aún tiene ${say.amount(d.stillHeld, d.currency)}`,
    'placement changed': (d, say) =>
      `turno ${d.placement}: queda por cobrar ${((d.items ?? []) as Data[]).map((i) => `${i.document} ${say.amount(i.open, i.currency)}`).join(', ')}`,
    'placement items recalled': (d, say) => `${say.list(d.documents)} fuera del turno ${d.placement}`,
    'placement recalled': (d) => `${what(d)} retirado${d.agency ? ` a ${d.agency}` : ''}`,
    'placement returned': (d) => `${what(d)} devuelto por ${d.agency}`,
    'placement recovered': (d) => `${what(d)} pagado`,
    'placement closed': (d) => `${what(d)} cerrado`,
    'demand sent': (d) => `requerimiento de pago enviado a ${d.to}`,
    'demand runs': (d, say) => `el requerimiento ${d.placement} da hasta el ${say.date(d.payBy)} para pagar`,
    'agency told': (d) =>
      `aviso a ${d.to} sobre el turno ${d.placement}: ${word(codes.agencyMails, d.purpose)}`,
    'agency not told': (d) =>
      `no se pudo avisar a ${d.to} sobre el turno ${d.placement}: ${word(codes.agencyMails, d.purpose)}`,
    'prescription started': (d, say) => `corre el reloj ${d.clock}: ${clock(d, say)}`,
    'prescription interrupted': (d, say) =>
      `el plazo empieza de nuevo como reloj ${d.clock}: ${clock(d, say)}`,
    'prescription near': (d, say) => `${clock(d, say)}, en ${d.left} días`,
    'prescription expired': (d, say) => `${clock(d, say)}: ya pasó`,
  },
  refusals: {
    AlreadyPlaced: ({ document, placement }) =>
      `${document} está en el turno ${placement}. Retire ése primero.`,
    NothingToPlace: ({ customer }) =>
      `${customer} no tiene nada vencido que se pueda turnar y no lo esté ya.`,
    NotPlaceable: ({ what, because }) =>
      because
        ? `${what} no se puede turnar: ${notPlaceable[because]}.`
        : `No se puede turnar, o no se le puede turnar nada: ${what}.`,
    SpeaksForOther: ({ person, agency }) =>
      `Por la agencia ${agency} ya actúa ${person}: una persona actúa por una sola.`,
    OwnPeopleOnly: ({ person }) => `Esto es solo para gente de la empresa: ${person} actúa por una agencia.`,
    RemitsTooMuch: ({ held, owed, given }, say) =>
      `Tiene ${say.number(held)} y se le deben ${say.number(owed)}: no puede entregar o retener ${say.number(given)}.`,
    ClockRuns: ({ document, clock }) => `El reloj ${clock} ya corre para ${document}. Interrumpa ése.`,
    NoTerm: ({ instrument, known }) =>
      `La política del cliente no tiene plazo para ${word(codes.instruments, instrument)}. Tiene: ${known.join(', ')}.`,
  },
  phrases: {
    allOf: 'todos',
    noAgencies: 'Aún no hay agencias: registre una con "agency register".',
    reversed: 'revertido',
    commissionOf: (percent) => `${percent} %`,
    askedFor: (by, approvedBy) => `lo pidió ${by}${approvedBy ? `, lo aprobó ${approvedBy}` : ''}`,
  },
}
