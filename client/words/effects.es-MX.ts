import { esCodes } from './codes.es-MX.ts'
import { esCreditCodes } from './credit.es-MX.ts'
import { esTerms } from './negotiation.es-MX.ts'
import { esOrders } from './orders.es-MX.ts'
import { tellOrderReasons } from './orders.ts'
import { type Speech, someOf } from './speech.ts'
import type { Data, Effects } from './words.ts'

/** Lo que trae consigo una autorización, y lo que hace su negativa. */
export const esEffects: Effects = {
  write_off: (d, say) =>
    `${someOf(d.documents)} se ${many(d.documents) ? 'cancelan' : 'cancela'} como incobrable: ${say.amount(d.amount, d.currency)}; se sigue debiendo, y lo que se pague después es una recuperación`,
  propose_write_off: (d, say) =>
    `${someOf(d.documents)} se ${many(d.documents) ? 'cancelan' : 'cancela'} como incobrable: ${say.amount(d.amount, d.currency)}; se sigue debiendo, y lo que se pague después es una recuperación`,
  credit_note: (d, say) =>
    `se registra la nota de crédito ${d.number} por ${say.amount(d.amount, d.currency)} y se aplica a ${someOf(d.documents)}`,
  claim_stays: (d) => `${someOf(d.documents)} se debe igual que hasta ahora`,
  chasing_goes_on: (d) => `la cobranza de ${someOf(d.documents)} sigue como hasta ahora`,
  pause: (d, say) => `nadie contacta al cliente por ${d.covers} del ${say.date(d.from)} al ${say.date(d.to)}`,
  demand: (d, say) =>
    `procede el requerimiento formal de pago por ${say.amount(d.amount, d.currency)}: ${someOf(d.documents)}`,
  place_legal: (d, say) =>
    `${someOf(d.documents)} por ${say.amount(d.amount, d.currency)} pasa al área jurídica y el analista deja de cobrarlo`,
  place_agency: (d, say) =>
    `${someOf(d.documents)} por ${say.amount(d.amount, d.currency)} pasa a un despacho de cobranza y el analista deja de cobrarlo`,
  step_skipped: (d) =>
    `se omite el paso "${(esCodes.actions as Record<string, string>)[String(d.action)] ?? d.action}" para ${someOf(d.documents)} y la política sigue`,
  suspension: (d, say) =>
    `${someOf(d.documents)} (${say.amount(d.amount, d.currency)}) puede seguir sin cobranza ${d.days} días más`,
  suspension_ends: (d) => `alguien tiene que terminar lo que detiene la cobranza de ${someOf(d.documents)}`,
  order_released: (d, say) =>
    `se libera el pedido ${d.order} por ${say.amount(d.amount, d.currency)}${reasonsOf(d, say)}`,
  order_released_conditionally: (d, say) =>
    `se libera el pedido ${d.order} por ${say.amount(d.amount, d.currency)} y se vuelve a retener si el pago no llega a tiempo${reasonsOf(d, say)}`,
  order_stays_held: (d) => `el pedido ${d.order} sigue retenido`,
  credit_line: (d, say) =>
    `${d.customer} tiene una ${word(esCreditCodes.lineKinds, d.kind)} de ${say.amount(d.amount, d.currency)} a partir del ${say.date(d.from)}${until(d, say)}`,
  limit_stays: (d) => `el límite de ${d.customer} queda como está`,
  guarantee_counts: (d, say) =>
    `la garantía (${word(esCreditCodes.guaranteeKinds, d.kind)} ${d.reference}) cuenta por ${say.amount(d.covered, d.currency)} (${d.coveragePercent} %) en el límite de ${d.customer} a partir del ${say.date(d.from)}${until(d, say)}`,
  guarantee_ends: (d, say) =>
    `la garantía (${word(esCreditCodes.guaranteeKinds, d.kind)} ${d.reference}) deja de contar después del ${say.date(d.to)} y baja el límite de ${d.customer}`,
  guarantee_given_back: (d, say) =>
    `se devuelve la garantía (${word(esCreditCodes.guaranteeKinds, d.kind)} ${d.reference}) por ${say.amount(d.amount, d.currency)} y baja el límite de ${d.customer}`,
  interest_waived: (d, say) => `se condonan intereses por ${say.amount(d.amount, d.currency)}`,
  interest_stays: (d, say) => `los intereses por ${say.amount(d.amount, d.currency)} se siguen debiendo`,
  negotiation_agreed: (d, say) => `queda acordada la negociación ${d.negotiation}: ${esTerms(d, say)}`,
  negotiation_rejected: (d) =>
    `la negociación ${d.negotiation} termina sin acuerdo y la cobranza sigue como hasta ahora`,
  policy_holds: (d) => `la versión ${d.version} de la política "${d.policy}" entra en vigor`,
  policy_stays: (d) =>
    d.version
      ? `sigue en vigor la versión ${d.version} de la política "${d.policy}"`
      : `la política "${d.policy}" aún no rige para nadie`,
  receipt_posted: (d, say) =>
    `se registra el pago ${d.receipt} por ${say.amount(d.amount, d.currency)} antes de que aparezca en el banco`,
  receipt_not_posted: (d) => `el pago ${d.receipt} no se registra hasta que aparezca en el banco`,
}

const many = (documents: unknown): boolean => Array.isArray(documents) && documents.length > 1

const word = (table: object, code: unknown): string =>
  (table as Record<string, string>)[String(code)] ?? String(code)

const until = (d: Data, say: Speech): string => (d.to ? ` hasta el ${say.date(d.to)}` : '')

const reasonsOf = (d: Data, say: Speech): string => {
  const reasons = tellOrderReasons(esOrders, say, d.reasons)
  return reasons === '' ? '' : `; estaba retenido por: ${reasons}`
}
