import { esCodes } from './codes.es-MX.ts'
import { terms as esTerms } from './negotiation.es-MX.ts'
import { condition as esCondition, esOrders } from './orders.es-MX.ts'
import { tellOrderReasons } from './orders.ts'
import { someOf } from './speech.ts'
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
  receipt_posted: (d, say) =>
    `el pago ${d.receipt} por ${say.amount(d.amount, d.currency)} se registra antes de que lo muestre el banco`,
  receipt_not_posted: (d, say) =>
    `el pago ${d.receipt} por ${say.amount(d.amount, d.currency)} espera al banco`,
  policy_holds: (d) => `la versión ${d.version} de la política ${d.policy} rige desde entonces`,
  policy_stays: (d) => `la versión ${d.version} de la política ${d.policy} sigue rigiendo`,
  order_released: (d, say) =>
    `se libera el pedido ${d.order} de ${say.amount(d.amount, d.currency)} a pesar de: ${tellOrderReasons(esOrders, say, d.reasons)}`,
  order_released_conditionally: (d, say) =>
    `se libera el pedido ${d.order} de ${say.amount(d.amount, d.currency)} de inmediato, y se retiene de nuevo si no ${d.conditionBy ? esCondition(d, say) : 'se cumple su condición'}; en contra: ${tellOrderReasons(esOrders, say, d.reasons)}`,
  order_stays_held: (d) => `el pedido ${d.order} sigue retenido`,
  credit_line: (d, say) =>
    `${d.customer} tiene ${d.kind === 'base' ? 'una línea de crédito' : 'un límite temporal'} de ${say.amount(d.amount, d.currency)} desde el ${say.date(d.from)}${d.to ? ` hasta el ${say.date(d.to)}` : ''}; se revisan los pedidos retenidos`,
  limit_stays: (d) => `el límite de ${d.customer} queda como está`,
  guarantee_counts: (d, say) =>
    `${word(esCodes.guaranteeKinds, d.kind)} ${d.reference} cuenta por ${say.amount(d.covered, d.currency)} (${d.coveragePercent} %) desde el ${say.date(d.from)}${d.to ? ` hasta el ${say.date(d.to)}` : ''}`,
  guarantee_ends: (d, say) =>
    `${word(esCodes.guaranteeKinds, d.kind)} ${d.reference} cuenta hasta el ${say.date(d.to)} y ya no después`,
  guarantee_given_back: (d) =>
    `${word(esCodes.guaranteeKinds, d.kind)} ${d.reference} se devuelve a ${d.customer} y ya no cuenta`,
  interest_waived: (d, say) => `se condonan ${say.amount(d.amount, d.currency)} de intereses: ${linesOf(d)}`,
  interest_stays: (d, say) => `se siguen debiendo ${say.amount(d.amount, d.currency)} de intereses`,
  negotiation_agreed: (d, say) => `la negociación ${d.negotiation} queda acordada: ${esTerms(d, say)}`,
  negotiation_rejected: (d) =>
    `la negociación ${d.negotiation} termina y lo que cubre se cobra como hasta ahora`,
}

const many = (documents: unknown): boolean => Array.isArray(documents) && documents.length > 1
const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const linesOf = (d: Data): string => someOf((d.lines as { document: string }[]).map((line) => line.document))
