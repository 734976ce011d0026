import { type OrderWords, tellOrderReasons } from './orders.ts'
import type { Speech } from './speech.ts'
import type { Data } from './words.ts'

/** Lo que se dice de los pedidos, en español. */

const order = (d: Data, say: Speech): string => `pedido ${d.order} de ${say.amount(d.amount, d.currency)}`
const because = (d: Data, say: Speech, before: string): string => {
  const reasons = tellOrderReasons(esOrders, say, d.reasons)
  return reasons === '' ? '' : `${before}${reasons}`
}
const passed = (d: Data): string =>
  d.passedAs ? ` (${esOrders.passes[d.passedAs as keyof OrderWords['passes']] ?? d.passedAs})` : ''
export const condition = (d: Data, say: Speech): string =>
  `se pagan ${say.amount(d.conditionAmount, d.conditionCurrency)} a más tardar el ${say.moment(String(d.conditionBy), String(d.timeZone))}`
const standing = (code: unknown): string =>
  code === null
    ? esOrders.notCounting
    : (esOrders.standings[code as keyof OrderWords['standings']] ?? String(code))
const beyond = (of: string) => (d: Data, say: Speech) =>
  `${of} de ${say.amount(d.limit, d.currency)} no alcanza: ${say.amount(d.exposure, d.currency)} usados, ${say.amount(d.order, d.currency)} pedidos`
const counted = (count: unknown, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

export const esOrders: OrderWords = {
  states: {
    released: 'liberado',
    conditionally_released: 'liberado con condición',
    held: 'retenido',
    rejected: 'rechazado',
    expired: 'vencido',
    consumed: 'facturado',
    cancelled: 'cancelado',
  },
  reasons: {
    by_hand: (d) => `retenido por ${d.actor}`,
    stopped: () => 'el cliente está bloqueado',
    dunned: (d) =>
      `los pedidos se retienen hasta que se pague ${d.document}${Number(d.count) > 1 ? ` (y ${Number(d.count) - 1} más)` : ''}`,
    placed: (d) => `${counted(d.count, 'documento')} en manos de abogado o despacho`,
    returned_cheque: (d, say) => `un pago fue devuelto el ${say.date(d.on)}`,
    overdue: (d, say) =>
      `${say.amount(d.amount, d.currency)} con más de ${counted(d.days, 'día')} de vencidos`,
    oldest: (d) =>
      `la partida más antigua tiene ${counted(d.days, 'día')} de atraso; se permiten ${d.allowed}`,
    broken_promises: (d) =>
      `${counted(d.count, 'promesa incumplida', 'promesas incumplidas')}; se permiten ${d.allowed}`,
    lapsed_guarantee: (d) =>
      `la garantía ${d.reference} venció${Number(d.count) > 1 ? ` (y ${Number(d.count) - 1} más)` : ''}`,
    limit: beyond('el límite'),
    own_limit: beyond('el límite propio'),
    no_limit: () => 'el cliente no tiene límite de crédito',
    no_rate: (d) => `falta el tipo de cambio del día de ${d.from} a ${d.to}`,
    not_paid: (d, say) => `no se pagó a más tardar el ${say.moment(String(d.by), String(d.timeZone))}`,
  },
  passes: {
    shipped: 'la mercancía ya salió',
    prepaid: 'de prepago',
    exempt: 'el cliente está exento',
    small: 'de monto menor',
    never_checked: 'de un tipo que no se revisa',
  },
  standings: {
    ok: 'al corriente',
    watch: 'en observación',
    hold: 'retenido',
    stop: 'bloqueado',
    exempt: 'exento',
  },
  events: {
    'order released': (d, say) => `${order(d, say)} liberado${passed(d)}${because(d, say, ' a pesar de: ')}`,
    'order released conditionally': (d, say) =>
      `${order(d, say)} liberado si ${condition(d, say)}${because(d, say, ', a pesar de: ')}`,
    'order held': (d, say) => `${order(d, say)} retenido${because(d, say, ': ')}`,
    'order rejected': (d, say) => `${order(d, say)} rechazado${because(d, say, ': ')}`,
    'order expired': (d, say) => `${order(d, say)} vencido: ya nadie lo necesita`,
    'order invoiced': (d, say) => `${order(d, say)} facturado`,
    'order cancelled': (d, say) => `${order(d, say)} cancelado`,
    'standing set': (d) => `situación de ${d.customer}: ${standing(d.standing)}`,
    'standing changed': (d) => `situación calculada: ${standing(d.before)} → ${standing(d.now)}`,
    'group joined': (d, say) =>
      `${d.customer} se integra al grupo de ${d.head}${d.subLimit ? `, con límite propio de ${say.amount(d.subLimit, d.currency)}` : ''}`,
    'group left': (d) => `${d.customer} sale del grupo de ${d.head}`,
    'rates loaded': (d, say) =>
      `tipos de cambio del ${say.date(d.on)} según ${d.source}: ${say.list(d.rates)}`,
  },
  refusals: {
    OrderOver: ({ order: number, state }) =>
      `El pedido ${number} ya terminó: ${esOrders.states[state as keyof OrderWords['states']] ?? state}.`,
    OrderShipped: ({ order: number }) =>
      `La mercancía del pedido ${number} ya salió: no se puede retener, rechazar ni cancelar, solo facturar.`,
    OrderNotHeld: ({ order: number, state }) =>
      `El pedido ${number} no está retenido: ${esOrders.states[state as keyof OrderWords['states']] ?? state}.`,
    DeadlinePassed: ({ by, timeZone }, say) =>
      `El plazo ${say.moment(by, timeZone)} ya pasó. Hay que dar uno posterior.`,
    OrderGrown: ({ order: number, approved, amount }, say) =>
      `El pedido ${number} creció a ${say.number(amount)}; se autorizaron ${say.number(approved)}. Hay que pedirlo de nuevo.`,
    OrderMoreAgainst: ({ order: number, reasons }, say) =>
      `Desde que se pidió el pedido ${number} hay más en contra: ${tellOrderReasons(esOrders, say, reasons)}. Hay que pedirlo de nuevo.`,
    NotAGroup: ({ customer, head, because: why }) =>
      why === 'itself'
        ? `${customer} no puede ser cabeza de sí mismo.`
        : why === 'has a head'
          ? `${head} es miembro de otro grupo. Hay que integrarse al de su cabeza.`
          : `${customer} es cabeza de un grupo. Primero deben salir sus miembros.`,
    InGroup: ({ customer, head }) => `${customer} está en el grupo de ${head}. Primero debe salir de él.`,
  },
  labels: {
    order: 'pedido',
    state: 'estado',
    reasons: 'motivo',
    neededBy: 'se necesita',
    shipOn: 'embarque',
    reserved: 'reservado',
    invoiced: 'facturado',
    since: 'desde',
    condition: 'condición',
    grace: 'gracia hasta',
    exposure: 'exposición',
    limit: 'límite',
    available: 'disponible',
    owed: 'adeudo',
    netted: 'dinero sin aplicar',
    standing: 'situación',
    saidBy: 'dicho por',
    head: 'cabeza',
    member: 'miembro',
    subLimit: 'límite propio',
    pair: 'monedas',
    rate: 'tipo de cambio',
    source: 'fuente',
    countsFrom: 'cuenta desde',
    type: 'tipo',
    held: 'retenidos',
  },
  notCounting: 'la calculada',
  noLimit: 'sin límite',
  noGroup: (customer) => `${customer} no está en ningún grupo.`,
  noRate: (from, to) => `falta el tipo de cambio del día de ${from} a ${to}`,
  notAPair: (text) => `"${text}" no es un tipo de cambio como USD/MXN=18.4523.`,
  paidBy: (amount, by) => `${amount} pagados a más tardar el ${by}`,
}
