import { esPhrases } from './phrases.es-MX.ts'
import type { Speech } from './speech.ts'
import type { Data, Words } from './words.ts'

const things: Words['things'] = {
  receivable: 'documento',
  case: 'expediente',
  customer: 'cliente',
  payer: 'pagador',
  receipt: 'pago',
  promise: 'promesa',
  dispute: 'aclaración',
  pause: 'pausa',
  task: 'tarea',
  'announced payment': 'pago anunciado',
  load: 'carga',
  policy: 'política',
  message: 'mensaje',
  page: 'página de la lista',
}
const thing = (name: string): string => (things as Record<string, string>)[name] ?? name

const refusals: Words['refusals'] = {
  KeyConflict: ({ key, command }) => `La clave ${key} ya se usó para "${command}" con otro contenido. Use otra clave.`,
  NotFound: ({ what, id }) => `No existe: ${thing(what)} "${id}".`,
  CaseMoved: ({ to }) => `Se movió al expediente ${to}. Consulte ahí.`,
  InvalidAmount: ({ value, currency }) => `"${value}" no es un importe en ${currency}.`,
  InvalidDate: ({ field, value, must }, say) => `${fields[field] ?? field} ${say.date(value)} ${mustBe(must, say)}.`,
  WrongCurrency: ({ document, expected, given }) => `${document} está en ${expected}, no en ${given}.`,
  WrongCustomer: ({ document, customer }) => (customer ? `${document} no es del cliente ${customer}.` : `${document} es de otro cliente o pagador.`),
  AlreadyClosed: ({ document, closedAs }) => `${document} ya está cerrado: ${(esMX.closedAs as Record<string, string>)[closedAs] ?? closedAs}.`,
  OverApplied: ({ document, open, given }, say) => `De ${document} solo hay ${say.number(open)} por pagar; no se le pueden aplicar ${say.number(given)}.`,
  NotEnoughUnapplied: ({ available, given }, say) => `Solo quedan ${say.number(available)} sin aplicar; se pidieron ${say.number(given)}.`,
  AlreadyReversed: ({ receipt }) => `El pago ${receipt} ya se canceló.`,
  DuplicateReceipt: ({ receipt, trackingKey }) => `Este dinero ya está registrado como pago ${receipt}${trackingKey ? ` (clave de rastreo ${trackingKey})` : ''}.`,
  DuplicateDocument: ({ document }) => `Ya existe un documento ${document}. Dé otro número al nuevo.`,
  BooksClosed: ({ through }, say) => `Los libros están cerrados hasta el ${say.date(through)}. Indique una fecha contable posterior.`,
  PromiseExists: ({ document, promise }) => `${document} ya está en la promesa ${promise}. Retírela o reemplácela.`,
  PromiseTooFar: ({ latest }, say) => `La fecha prometida es demasiado lejana: a más tardar el ${say.date(latest)}.`,
  PromiseExceedsOpen: ({ open, given }, say) => `Solo hay ${say.number(open)} por pagar; no se pueden prometer ${say.number(given)}.`,
  TooManyBroken: ({ broken, allowed }) => `El cliente no cumplió ${broken} promesas; la política acepta nuevas hasta con ${allowed}.`,
  NotOpen: ({ what, id, state }) => `No está en curso: ${thing(what)} ${id} (${stateOf(state)}).`,
  DisputeExceedsOpen: ({ document, open, given }, say) => `De ${document} solo hay ${say.number(open)} por pagar; no se pueden aclarar ${say.number(given)}.`,
  PauseOverlaps: ({ from, to }, say) => `Ya hay una pausa del ${say.date(from)} al ${say.date(to)}. Reanude primero esa.`,
  PauseNotActive: ({ id }) => `La pausa ${id} ya terminó o se reanudó.`,
  SameActor: ({ actor }) => `${actor} no puede pedirlo y autorizarlo a la vez. Debe autorizarlo otra persona.`,
  HasApplications: ({ document }) => `${document} tiene pagos aplicados. Cancélelos o muévalos primero, o reemplace el documento.`,
}

const fields: Record<string, string> = {
  valueOn: 'La fecha valor',
  postingOn: 'La fecha contable',
  dueOn: 'La fecha de vencimiento',
  issuedOn: 'La fecha de emisión',
  from: 'El primer día',
  to: 'El último día',
}
/** The ledger says what a date must be in a few fixed ways. */
function mustBe(must: string, say: Speech): string {
  const [, rule, day] = /^(not be before|not be after|be after the instalment before it,) (\S+)$/.exec(must) ?? []
  if (rule === 'not be before') return `no puede ser anterior al ${say.date(day)}`
  if (rule === 'not be after') return `no puede ser posterior al ${say.date(day)}`
  if (rule) return `debe ser posterior a la parcialidad anterior, ${say.date(day)}`
  return `no se acepta (${must})`
}
const stateOf = (state: string): string =>
  ({ ...esMX.promiseStates, ...esMX.disputeOutcomes, ...esMX.loadStates, done: 'hecha', overtaken: 'ya no hay qué hacer', arrived: 'el dinero llegó', lapsed: 'venció' } as Record<string, string>)[state] ?? state

const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const applied = (data: Data, say: Speech): string => {
  const list = (data.applied ?? []) as { document: string; amount: string }[]
  return list.length === 0 ? 'nada aplicado' : `aplicado a ${list.map((a) => `${a.document} (${say.amount(a.amount, data.currency)})`).join(', ')}`
}
const instalments = (data: Data, say: Speech): string =>
  ((data.instalments ?? []) as { dueOn: string; amount: string }[]).map((i) => `${say.amount(i.amount, data.currency)} el ${say.date(i.dueOn)}`).join(', ')
const exceptions = (data: Data): string => {
  const list = (data.exceptions ?? []) as { document: string }[]
  return list.length === 0 ? '' : `; no se pudo aplicar a ${list.map((e) => e.document).join(', ')}`
}
const withTask = (data: Data): string => (data.task ? `, tarea ${data.task} ${data.taskClosed ? 'hecha' : 'sigue abierta'}` : '')

const events: Words['events'] = {
  loaded: (d) => `cargado desde ${d.source}${d.held ? ', retenido hasta liberarse' : ''}`,
  'load released': (d) => `carga ${d.load} liberada: se cobra desde ahora`,
  'steps skipped': (d) => `pasos omitidos: ${[...new Set(Object.values((d.steps ?? {}) as Record<string, string[]>).flat())].join(', ')}`,
  'call logged': (d) => `llamada con ${d.person}: ${word(esMX.callResults, d.result)}${withTask(d)}`,
  'visit logged': (d) => `visita a ${d.person}: ${word(esMX.callResults, d.result)}${withTask(d)}`,
  'contact logged': (d) => `contacto con ${d.person} (${word(esMX.channels, d.channel)}): ${word(esMX.callResults, d.result)}${withTask(d)}`,
  'promise recorded': (d, say) => `promesa ${d.promise}${d.madeBy ? ` de ${d.madeBy}` : ''}: ${instalments(d, say)}`,
  'promise replaced': (d, say) => (d.instalments ? `promesa ${d.promise} en lugar de la anterior: ${instalments(d, say)}` : `promesa ${d.promise} reemplazada por otra`),
  'promise kept': (d) => `promesa ${d.promise} cumplida`,
  'promise partially kept': (d, say) => `promesa ${d.promise} cumplida en parte: llegaron a tiempo ${say.amount(d.paid, d.currency)}`,
  'promise broken': (d, say) => `promesa ${d.promise} incumplida${d.paid === undefined ? '' : `: llegaron a tiempo ${say.amount(d.paid, d.currency)}`}`,
  'promise withdrawn': (d) => `promesa ${d.promise} retirada`,
  'payment announced': (d, say) => `pago de ${say.amount(d.amount, d.currency)} anunciado (${d.announcement}${d.trackingKey ? `, clave de rastreo ${d.trackingKey}` : ''}); se espera hasta el ${say.date(d.waitsUntil)}`,
  'announced payment withdrawn': (d) => `pago anunciado ${d.announcement} retirado`,
  'announced payment arrived': (d, say) => `llegó el pago anunciado ${d.announcement} de ${say.amount(d.amount, d.currency)}`,
  'announced payment lapsed': (d, say) => `el pago anunciado ${d.announcement} de ${say.amount(d.amount, d.currency)} nunca llegó`,
  'dispute opened': (d, say) =>
    `aclaración ${d.dispute} (${word(esMX.disputeReasons, d.reason)})${d.owner ? `, a cargo de ${d.owner}` : ''}: ${((d.lines ?? []) as { document: string; amount: string; currency: string }[]).map((l) => `${l.document} ${say.amount(l.amount, l.currency)}`).join(', ')}`,
  'dispute resolved': (d) => `aclaración ${d.dispute} resuelta: ${word(esMX.disputeOutcomes, d.outcome)}`,
  paused: (d, say) => `pausa ${d.pause} de ${d.covers} del ${say.date(d.from)} al ${say.date(d.to)}`,
  resumed: (d) => `pausa ${d.pause} reanudada`,
  credited: (d, say) => `nota de crédito ${d.credit} de ${say.amount(d.amount, d.currency)}: ${say.amount(d.applied, d.currency)} a ${d.document}, quedan ${say.amount(d.openCredit, d.currency)} a favor`,
  'written off': (d, say) => `${d.document} castigado: ${say.amount(d.amount, d.currency)}, autorizado por ${d.approvedBy}`,
  cancelled: (d, say) => `${d.document} cancelado: ${say.amount(d.amount, d.currency)}`,
  replaced: (d, say) => `${d.document} reemplazado por ${d.by} de ${say.amount(d.amount, d.currency)}; su plazo ${d.clock === 'kept' ? 'sigue corriendo' : 'empieza de nuevo'}`,
  'receipt posted': (d, say) =>
    `pago ${d.receipt} de ${say.amount(d.amount, d.currency)}${d.valueOn ? `, pagado el ${say.date(d.valueOn)}` : ''}: ${applied(d, say)}, ${say.amount(d.unapplied, d.currency)} sin aplicar${exceptions(d)}`,
  'receipt applied': (d, say) => `pago ${d.receipt} ${applied(d, say)}, ${say.amount(d.unapplied, d.currency)} sin aplicar`,
  'receipt reversed': (d, say) => `pago ${d.receipt} de ${say.amount(d.amount, d.currency)} cancelado (${word(esMX.reversalReasons, d.reason)}); se debe otra vez: ${say.list(d.reopened) || 'nada'}`,
  'credit applied': (d, say) => `crédito ${d.credit} ${applied(d, say)}, quedan ${say.amount(d.open, d.currency)} a favor`,
  'reminder sent': (d) => `recordatorio enviado a ${d.to}`,
  'statement sent': (d) => `estado de cuenta enviado a ${d.to}`,
  'notice skipped': (d) => `mensaje ${d.message} no enviado`,
  'notice failed': (d) => `mensaje ${d.message} fallido`,
  'notice deferred': (d) => `mensaje ${d.message} aún no aceptado (intento ${d.attempts})`,
  'notice refused': (d) => `mensaje ${d.message} rechazado para ${d.to}; se envía a ${d.fallback}`,
  'left out of notice': (d) => `quedó fuera del mensaje ${d.message}`,
  regrouped: (d, say) => `${d.moved} documentos movidos a ${say.list(d.cases) || 'ningún otro expediente'} (agrupados por ${d.grouping})`,
  'policy adopted': (d) => `${d.adopted} documentos toman la política ${d.policy}`,
  'contact added': (d) => `contacto ${d.name}: ${[d.email, d.phone].filter(Boolean).join(', ')}`,
  'policies published': (d, say) => `políticas publicadas: ${say.list(d.published)}`,
}

export const esMX: Words = {
  language: 'es-MX',
  refusals,
  things,
  events,
  taskEvents: {
    opened: (kind, d, say) => `tarea ${d.task}: ${kind}${d.owner ? `, para ${d.owner}` : ''}${d.dueOn ? `, antes del ${say.date(d.dueOn)}` : ''}`,
    extended: (kind, d) => `la tarea ${d.task} (${kind}) también lo incluye`,
    overtaken: (kind, d) => `tarea ${d.task} (${kind}) cerrada: ya no hay qué hacer`,
    done: (kind, d) => `tarea ${d.task}${kind ? ` (${kind})` : ''} hecha`,
  },
  taskKinds: {
    call: 'llamar',
    visit: 'visitar',
    fix_contact: 'corregir el contacto',
    apply_cash: 'aplicar el pago',
    hold_orders: 'retener pedidos',
    release_orders: 'liberar pedidos',
    review: 'revisar',
    request_approval: 'pedir autorización',
    tell_supervisor: 'avisar al supervisor',
  },
  taskSubjects: {
    chase: 'toca según la política',
    overdue: 'vencido según la política',
    'loaded late': 'se cargó después de su tiempo: decidir por dónde empezar',
    'not logged': 'una llamada o visita no se registró a tiempo',
    'unused money': 'el pagador tiene dinero sin aplicar',
    'suspended too long': 'sin cobranza por más tiempo del que permite la política',
    'no address': 'no hay un correo que funcione',
    periodic: 'revisión regular después del último paso',
    broken: (what, id) => (what === 'promise' ? `la promesa ${id} no se cumplió` : `el pago anunciado ${id} nunca llegó`),
    refused: (address) => `el correo a ${address} fue rechazado`,
    deferred: (address) => `el correo a ${address} no llega`,
  },
  reasons: {
    anchor: 'su día según la política',
    min_gap: 'unos días después del último contacto al respecto',
    contact_gap: 'unos días después del último mensaje o llamada',
    after_suspension: 'después de lo que lo detuvo',
    promised: 'prometido',
    announced: 'hay un pago anunciado',
    cheque: 'hay un cheque recibido',
    disputed: 'en aclaración',
    paused: 'en pausa',
    negotiating: 'en negociación',
    netted: 'lo cubre dinero sin aplicar: falta aplicarlo',
    below_tolerance: 'muy poco para cobrarlo',
    unpresented: 'el cliente aún no lo acepta',
    placed: 'turnado: lo cobra jurídico o la agencia',
    notice_on_its_way: 'va un mensaje en camino',
    waits_for_log: 'espera a que se registre la llamada o visita',
    waits_for_approval: 'espera una autorización',
    periodic_review: 'revisión regular',
    closed: 'cerrado',
  },
  skips: {
    'loaded late': 'se cargó después de su tiempo',
    'loaded late: a person decides': 'se cargó después de su tiempo: decide una persona',
    'not logged in time': 'no se registró a tiempo',
  },
  stages: { unpresented: 'sin aceptar', current: 'por vencer', overdue: 'vencido', prelegal: 'prejurídico', legal: 'jurídico', agency: 'en agencia', closed: 'cerrado' },
  closedAs: { paid: 'pagado', credited: 'acreditado', written_off: 'castigado', cancelled: 'cancelado', replaced: 'reemplazado' },
  actions: {
    remind: 'recordar por correo',
    statement: 'enviar estado de cuenta',
    call: 'llamar',
    visit: 'visitar',
    hold_orders: 'retener pedidos',
    review: 'revisar',
    demand: 'pedir el requerimiento formal',
    place_legal: 'pedir el turno a jurídico',
    place_agency: 'pedir el turno a una agencia',
    propose_write_off: 'proponer el castigo',
  },
  severities: { courtesy: 'cortesía', reminder: 'recordatorio', firm: 'firme', final: 'último aviso' },
  kinds: { invoice: 'factura', debit_note: 'nota de cargo', retention: 'retención', credit_note: 'nota de crédito', on_account_credit: 'saldo a favor', down_payment: 'anticipo' },
  callResults: {
    reached: 'contactado',
    promised: 'promete pagar',
    disputes: 'no está de acuerdo',
    refuses: 'se niega a pagar',
    message_left: 'se dejó mensaje',
    no_answer: 'no contesta',
    wrong_number: 'número equivocado',
  },
  channels: { phone: 'teléfono', visit: 'visita', mail: 'correo', whatsapp: 'WhatsApp', in_person: 'en persona' },
  disputeReasons: {
    delivery_note: 'remisión',
    quantity: 'cantidad',
    price_or_discount: 'precio o descuento',
    rebate: 'bonificación',
    re_invoice: 'refacturar',
    co_op_advertising: 'publicidad compartida',
    quality: 'calidad',
    fiscal_data: 'datos fiscales',
    duplicate_invoice: 'factura duplicada',
    payment_not_applied: 'pago sin aplicar',
    other: 'otro',
  },
  disputeOutcomes: { accepted: 'procede', rejected: 'no procede', withdrawn: 'retirada' },
  receiptForms: { transfer: 'transferencia', cash: 'efectivo', card: 'tarjeta', cheque: 'cheque', direct_debit: 'domiciliación', other: 'otra' },
  reversalReasons: { bounced: 'devuelto', misposted: 'mal registrado', wrong_customer: 'otro cliente', duplicate: 'duplicado', other: 'otro' },
  replaceReasons: { our_error: 'error nuestro', customer_request: 'petición del cliente' },
  promiseStates: { open: 'abierta', kept: 'cumplida', partially_kept: 'cumplida en parte', broken: 'incumplida', withdrawn: 'retirada', replaced: 'reemplazada' },
  loadStates: { staging: 'en lectura', refused: 'rechazada', held: 'retenida', released: 'en los libros' },
  whys: {
    'nothing left to say': 'ya no hay qué decir',
    'nothing left to do': 'ya no hay qué hacer',
    'no address': 'no hay un correo que funcione',
    'contact mended': 'se corrigió el contacto',
    weekend: 'fin de semana',
    'the payment that kept it bounced': 'el pago que la cumplía fue devuelto',
    'money valued in time was recorded late': 'el dinero llegó a tiempo y se registró tarde',
  },
  phrases: esPhrases,
}
