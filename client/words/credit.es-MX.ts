import type { CreditCodes, CreditEvents, CreditLabels, CreditRefusals } from './credit.ts'
import type { Speech } from './speech.ts'
import type { Data } from './words.ts'

export const esCreditCodes: CreditCodes = {
  lineKinds: { base: 'línea de crédito', temporary: 'límite temporal' },
  guaranteeKinds: {
    pagare: 'pagaré',
    mortgage: 'hipoteca',
    deposit: 'depósito',
    insurance: 'seguro de crédito',
    guarantor: 'aval',
  },
  creditStates: { in_force: 'vigente', ahead: 'por iniciar', lapsed: 'vencida', closed: 'terminada' },
  callEvents: {
    released: 'liberado',
    conditionally_released: 'liberado con condición',
    held: 'detenido',
    rejected: 'rechazado',
    expired: 'expirado',
    cancelled: 'cancelado',
  },
  callStates: { pending: 'en espera', sending: 'en envío', delivered: 'entregado', failed: 'fallido' },
}

const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const line = (d: Data): string => `${word(esCreditCodes.lineKinds, d.kind)} ${d.line}`
const paper = (d: Data): string =>
  `garantía ${d.guarantee} (${word(esCreditCodes.guaranteeKinds, d.kind)} ${d.reference})`
const days = (d: Data, say: Speech): string =>
  d.to ? `del ${say.date(d.from)} al ${say.date(d.to)}` : `desde el ${say.date(d.from)}`
const counts = (d: Data, say: Speech): string =>
  `${say.amount(d.amount, d.currency)}, de los que cuentan ${say.amount(d.covered, d.currency)} (${d.coveragePercent} %)`
const call = (d: Data): string => `pedido ${d.order} ${word(esCreditCodes.callEvents, d.event)}`

export const esCreditEvents: CreditEvents = {
  'credit line granted': (d, say) =>
    `${line(d)} por ${say.amount(d.amount, d.currency)} ${days(d, say)}${d.reviewOn ? `; revisión el ${say.date(d.reviewOn)}` : ''}`,
  'credit line reduced': (d, say) =>
    `${line(d)} reducida de ${say.amount(d.before, d.currency)} a ${say.amount(d.amount, d.currency)} ${days(d, say)}`,
  'credit line reviewed': (d, say) =>
    `${line(d)} por ${say.amount(d.amount, d.currency)} sin cambio${d.reviewOn ? `; próxima revisión el ${say.date(d.reviewOn)}` : ''}`,
  'credit line closed': (d, say) =>
    `${line(d)} por ${say.amount(d.before, d.currency)} cancelada el ${say.date(d.from)}`,
  'credit line began': (d, say) =>
    `${line(d)} por ${say.amount(d.amount, d.currency)} vigente desde el ${say.date(d.on)}`,
  'credit line lapsed': (d, say) =>
    `${line(d)} por ${say.amount(d.before, d.currency)} terminó: sin vigencia desde el ${say.date(d.on)}`,
  'guarantee registered': (d, say) => `${paper(d)} de ${d.givenBy}: ${counts(d, say)} ${days(d, say)}`,
  'guarantee renewed': (d, say) => `${paper(d)} renovada: ${counts(d, say)} ${days(d, say)}`,
  'guarantee realised': (d, say) =>
    `${paper(d)}: se ejecutaron ${say.amount(d.realised, d.currency)}; quedan ${counts(d, say)}`,
  'guarantee released': (d, say) => `${paper(d)} por ${say.amount(d.amount, d.currency)} devuelta`,
  'guarantee began': (d, say) =>
    `${paper(d)} por ${say.amount(d.amount, d.currency)} vigente desde el ${say.date(d.on)}`,
  'guarantee lapsed': (d, say) =>
    `${paper(d)} por ${say.amount(d.before, d.currency)} venció: no cuenta desde el ${say.date(d.on)}`,
  'erp told': (d) => `el ERP ya lo sabe: ${call(d)} (aviso ${d.call})`,
  'erp call failed': (d) => `el ERP no acepta el aviso ${d.call}: ${call(d)}`,
  'erp call retried': (d) => `se repite el aviso ${d.call} al ERP: ${call(d)}`,
}

export const esCreditRefusals: CreditRefusals = {
  NotLower: ({ line: id, currency, current, given }, say) =>
    `La línea de crédito ${id} es de ${say.amount(current, currency)}: ${say.amount(given, currency)} no es menos. Para aumentarla use "line request".`,
  GuaranteeExists: ({ guarantee, reference }) =>
    `"${reference}" ya está registrada, como garantía ${guarantee}. Para prolongarla use "guarantee renew".`,
  CoverageTooHigh: ({ kind, most, given }) =>
    `De este tipo (${word(esCreditCodes.guaranteeKinds, kind)}) cuenta según la política a lo más ${most} %, no ${given} %.`,
  GuaranteeTooSmall: ({ guarantee, currency, available, given }, say) =>
    `La garantía ${guarantee} cubre ${say.amount(available, currency)}, no ${say.amount(given, currency)}.`,
}

export const esCreditLabels: CreditLabels = {
  attempts: 'Intentos',
  counts: 'Cuenta',
  coverage: 'Cobertura %',
  error: 'Qué falló',
  givenBy: 'Otorgada por',
  guarantees: 'Garantías',
  limit: 'Límite',
  lines: 'Líneas',
  maturesOn: 'Vence el documento',
  order: 'Pedido',
  reference: 'Referencia',
  review: 'Revisión',
  signedOn: 'Firmado',
}
