import type { JournalFinding } from '../../ledger/journal.ts'
import { esCreditLabels } from './credit.es-MX.ts'
import { esMXInterest } from './interest.es-MX.ts'
import { negotiationEs } from './negotiation.es-MX.ts'
import type { Phrases } from './phrases.ts'
import { esPlacements } from './placements.es-MX.ts'

const problems: Record<JournalFinding['problem'], string> = {
  altered: 'fue alterado',
  removed: 'fue borrado',
  moved: 'viene de otro lugar',
  'head does not match': 'no termina donde dice su cabeza',
  'unknown chain': 'no es de nadie',
}
const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('es-MX')} ${count === 1 ? one : many}`

/** Días después del vencimiento; antes, cuando es menor que cero. */
const days = (late: number): string =>
  late < 0 ? `${counted(-late, 'día')} antes` : late === 0 ? 'en la fecha' : `${counted(late, 'día')} tarde`

export const esPhrases: Phrases = {
  ...esPlacements.phrases,
  interest: esMXInterest,
  negotiation: negotiationEs.phrases,
  labels: {
    ...esCreditLabels,
    agency: 'Agencia',
    commission: 'Comisión',
    recovered: 'Recuperado',
    email: 'Correo',
    speaksFor: 'Actúan por ella',
    instrument: 'Instrumento',
    reference: 'Referencia',
    starts: 'Inicia',
    ends: 'Termina',
    cleared: 'Cancelado por otra vía',
    credited: 'Acreditado',
    nextReview: 'Próximo día de revisión',
    presented: 'Aceptada',
    rejected: 'No procede',
    rootCause: 'Causa raíz',
    workingDays: 'Días hábiles',
    writtenOff: 'Castigado',
    action: 'Acción',
    address: 'Dirección',
    amount: 'Importe',
    analyst: 'Analista',
    answer: 'Respuesta',
    balance: 'Saldo neto',
    asOf: 'Al',
    asked: 'Solicitada',
    branch: 'Sucursal',
    bucket: 'Antigüedad',
    by: 'Quién',
    case: 'Expediente',
    channel: 'Medio',
    confirmations: 'Confirmaciones de saldo',
    contacts: 'Contactos',
    count: 'Número',
    credits: 'Saldos a favor',
    currency: 'Moneda',
    customer: 'Cliente',
    customers: 'Clientes',
    date: 'Fecha',
    daysAfterDue: 'Días tras vencer',
    daysLate: 'Días de atraso',
    difference: 'Diferencia',
    disputed: 'En aclaración',
    failed: 'Fallidos',
    feed: 'Fuente',
    file: 'Archivo',
    held: 'Detenidos',
    document: 'Documento',
    due: 'Vence',
    dueOn: 'Para el',
    events: 'Qué pasó',
    group: 'Grupo',
    hour: 'Hora',
    inMail: 'Mensajes',
    issued: 'Emitido',
    kind: 'Clase',
    moved: 'Movido por',
    name: 'Nombre',
    next: 'Sigue',
    number: 'Núm.',
    onTheWay: 'En camino',
    open: 'Por pagar',
    original: 'Original',
    ours: 'Nuestro',
    overdue: 'Vencido',
    owed: 'Se debe',
    owner: 'Para',
    payer: 'Pagador',
    pauses: 'Pausas',
    pays: 'Paga',
    points: 'Puntos',
    policy: 'Política',
    print: 'Impresos',
    promises: 'Promesas',
    disputes: 'Aclaraciones',
    announcements: 'Pagos anunciados',
    provisionals: 'Recibos provisionales',
    receivables: 'Documentos',
    sent: 'Enviados',
    server: 'Servidor',
    severity: 'Tono',
    site: 'Obra',
    skipped: 'Omitidos',
    size: 'Bytes',
    stage: 'Etapa',
    state: 'Estado',
    step: 'Paso',
    subject: 'Asunto',
    task: 'Tarea',
    tasks: 'Tareas',
    theirs: 'Suyo',
    to: 'A',
    unapplied: 'Pagos sin aplicar',
    until: 'Hasta',
    weekday: 'Día',
    what: 'Qué',
    why: 'Por qué',
    result: 'Resultado',
    place: 'Lugar',
    proof: 'Comprobantes',
    priority: 'Prioridad',
    standIn: 'Suple',
    person: 'Persona',
    who: 'Registró',
    from: 'Desde',
    back: 'Se retoma',
    planned: 'Programada para',
    receipt: 'Pago',
    issuedBy: 'Expidió',
    contact: 'Contacto',
    notes: 'Notas',
    level: 'Nivel',
    paid: 'Pagado',
    answerBy: 'Responder antes de',
    answerWithin: 'Responder en (horas hábiles)',
    askedBy: 'La pide',
    atMost: 'Como máximo',
    closed: 'Cerrada',
    agrees: 'Acepta',
    amountUpTo: 'Importe hasta',
    daysUpTo: 'Días de atraso hasta',
    only: 'Solo',
    onSilence: 'Si hay silencio',
    onNo: 'Si es no',
    onYes: 'Si es sí',
    owedNow: 'Se debe hoy',
    mail: 'Correo',
    since: 'Desde',
    quorum: 'Deben aceptar',
    remindAfter: 'Recordar a las (horas hábiles)',
    role: 'Rol',
    standsInFor: 'En lugar de',
  },
  notADate: (option, value) => `${option}: "${value}" no es una fecha. Escríbala así: 2026-11-25.`,
  notAnInstant: (option, value) =>
    `${option}: "${value}" no es un instante. Escríbalo así: 2026-11-25T18:30:00-06:00.`,
  notAnAmount: (option, value, currency) =>
    `${option}: "${value}" no es un importe${currency ? ` en ${currency}` : ''} mayor que cero. Escríbalo así: 1234.50.`,
  notACurrency: (option, value) => `${option}: "${value}" no es una moneda. Escriba su código ISO, como MXN.`,
  notANumber: (option, value) =>
    `${option}: "${value}" no es un número. Se ve donde se creó, y con "cartera case show".`,
  badContent: (place, message) => (place ? `${place}: ${message}` : message),
  sayOneOf: (options) => `Indique ${options}.`,
  notBoth: (options) => `Indique solo uno: ${options}.`,
  amountsForAll: (option) => `Con más de un ${option}, cada uno lleva su importe: FECHA=IMPORTE.`,
  otherCompany: (profile, company) =>
    `El perfil es de la empresa "${profile}"; esta es "${company}" (CARTERA_COMPANY).`,
  noFile: (path) => `El archivo ${path} no existe o no se puede leer.`,
  noProfile: (name, known) =>
    `No existe el perfil "${name}". Hay: ${known}; o dé la ruta de un archivo YAML.`,
  noSuchPolicy: (id, known) =>
    `No existe la política "${id}". Hay: ${known}; o dé la ruta de un archivo YAML.`,
  badHeads: (path) => `${path} no es una lista de cabezas. Hágala con "cartera journal heads".`,
  badLine: (line, column, value, message) =>
    line === 0
      ? `archivo${column ? `, columna "${column}"` : ''}: ${message}`
      : `línea ${line}${column ? `, columna "${column}": "${value}"` : ''}: ${message}`,
  noteLine: (line, column, value, message) =>
    line === 0
      ? `nota: ${message}`
      : `nota: línea ${line}${column ? `, columna "${column}": "${value}"` : ''}: ${message}`,
  badFile: (total) =>
    `${counted(total, 'error', 'errores')}: no se tomó nada. Corrija el archivo y vuelva a darlo.`,
  andMore: (count) => `… y ${counted(count, 'más', 'más')}`,
  temporalAway: (address) =>
    `Temporal no responde en ${address}. Inicie todo con "npm start", o ponga en TEMPORAL_ADDRESS su propio servidor.`,
  ledgerAway: (address, cause) =>
    `La base de datos no responde en ${address} (${cause}). Inicie todo con "npm start", o ponga en DATABASE_URL su propio servidor.`,
  ledgerBusy: (cause) => `Los libros no respondieron (${cause}). Intente de nuevo en un momento.`,
  workersAway: (what) =>
    `Ningún trabajador respondió a tiempo${what ? ` (${what})` : ''}. Vea que haya uno: "npm start" o "npm run worker". Lo pedido todavía puede hacerse.`,
  askAgain: (key) => `Pedirlo otra vez con --key ${key} es seguro: se hace una sola vez.`,
  defect: (details) => `Esto es un defecto del programa:\n${details}`,
  load: (r) =>
    `Carga ${r.id} (${r.fileName}): ${{ staging: 'en lectura', refused: 'rechazada', held: 'retenida', released: 'en los libros' }[r.state]}; ${counted(r.lines, 'línea')}, ${counted(r.created, 'nueva')}, ${r.unchanged} sin cambio, ${counted(r.changed, 'cambiada')} por el origen, ${r.vanished} ya no abiertas ahí, ${counted(r.exceptions, 'excepción', 'excepciones')}, ${counted(r.errors, 'error', 'errores')}, ${counted(r.notes, 'nota')}`,
  loadKnown: (r) => `${r.fileName} ya se había cargado como ${r.id}: nada cambió.`,
  loadHeld: (id) => `No se cobra nada hasta que la libere: cartera load release ${id}`,
  loadWaits: 'en espera de un trabajador',
  loadReads: (lines, of) => `${lines.toLocaleString('es-MX')} de ${of.toLocaleString('es-MX')} líneas leídas`,
  loadWakes: 'Se despiertan sus expedientes …',
  loadWoke: 'Se despertaron todos sus expedientes.',
  feedBegins: (name) => `Leyendo ${name} …`,
  feedFile: ({ name, outcome, replaced, load }) => {
    const said = {
      done: () =>
        `en los libros, ${counted(load!.created, 'partida nueva', 'partidas nuevas')}, ${counted(load!.changed, 'cambiada')}, ${counted(load!.vanished, 'saldada')} en el origen, ${counted(load!.exceptions, 'excepción', 'excepciones')}`,
      refused: () => `rechazado, ${counted(load!.errors, 'error', 'errores')}`,
      unreadable: () => 'no se pueden leer sus totales de control',
    }[outcome]()
    const where = replaced
      ? '; mientras tanto llegó otro con su nombre, que se toma después'
      : outcome === 'done'
        ? ''
        : '; quedó en "refused" con el informe'
    return `${name}: ${said}${where}`
  },
  feedWaits: ({ name, state }, blocked) =>
    `${name}: ${blocked || state !== 'ready' ? 'espera, ' : ''}${{ ready: blocked ? 'detrás del anterior' : 'listo para tomarse', growing: 'quizá todavía crece', 'no-control': 'faltan sus totales de control' }[state]}`,
  feedBlocked: (name) =>
    `${name} fue rechazado, y los cambios que siguen se apoyan en él: corríjalo aquí con su nombre y sáquelo de "refused".`,
  feedQuiet: (folder) => `Nada nuevo en ${folder}.`,
  feedWatching: (folder) => `Vigilando ${folder}. Ctrl-C termina.`,
  feedOld: (source, asOf, waiting) =>
    `La fuente ${source} está al ${asOf}: ${counted(waiting, 'documento')} sin cobranza hasta su siguiente archivo`,
  never: 'nunca',
  noSuchBranch: (name) => `Ningún cliente es de la sucursal "${name}".`,
  nobodysDay: 'Según las políticas, hoy no le toca estado de cuenta a nadie.',
  statementRun: (r) =>
    `Corrida ${r.id}${r.branch === '' ? '' : `, sucursal ${r.branch}`}, ${r.day}: ${counted(r.customers, 'cliente')}, ${r.sent} enviados, ${r.waiting + r.onTheWay} en camino, ${r.failed} fallidos, ${r.print} por imprimir, ${r.skipped} omitidos`,
  documentWritten: ({ id, file, bytes }) => `documento ${id} en ${file} (${bytes} bytes)`,
  fileThere: (path) => `Ya existe ${path}. Diga a qué archivo va.`,
  nothing: 'Nada.',
  noLimit: 'Sin línea de crédito ni garantía: nada se puede deber.',
  nothingToDo: 'Nada por hacer.',
  lateSince: (day) => `con atraso desde el ${day}`,
  backOn: (day) => `regresa el ${day}`,
  theSupervisor: 'el supervisor',
  excused: 'disculpada',
  documentNumber: (id) => `documento guardado ${id}`,
  moreBefore: (id) => `Anteriores: --before ${id}`,
  standsInFor: (person) => `por ${person}`,
  more: (cursor) => `Hay más: --after '${cursor}'`,
  written: (rows, file) => `${counted(rows, 'renglón', 'renglones')} en ${file}`,
  noList: 'Esto responde sin lista: --output no tiene qué escribir.',
  severalLists: 'Esto responde con varias listas: escríbalas en un .xlsx, cada una en su hoja.',
  unexplained: '(sin documento que lo explique)',
  onlyTheirs: (document) => `${document} (solo de ellos)`,
  pointsHead: (customer, name, points) => `${customer} ${name}: ${counted(points, 'punto')}`,
  pointReasons: {
    amount: ({ overdue }, say) =>
      overdue.length === 0
        ? 'nada vencido'
        : `${overdue.map((o) => say.amount(o.amount, o.currency)).join(' + ')} vencidos`,
    days_late: ({ oldestDaysLate }) =>
      oldestDaysLate === 0
        ? 'nada atrasado'
        : `lo más antiguo tiene ${counted(oldestDaysLate, 'día')} de atraso`,
    broken_promises: ({ promises }) => `${counted(promises.broken, 'promesa')} sin cumplir`,
    resubmission: ({ dueOn }, say) => `por hacer antes del ${say.date(dueOn)}`,
    payer_risk: ({ habit }) =>
      habit === null ? 'aún no se sabe cómo paga el pagador' : `el pagador paga ${esPhrases.habit(habit)}`,
    expected_effect: ({ overdue, promises }, say) =>
      overdue.length === 0
        ? 'nada que pedir'
        : `se pueden pedir ${overdue.map((o) => say.amount(o.askable, o.currency)).join(' + ')}; cumplió ${promises.kept} de ${counted(promises.kept + promises.broken, 'promesa')}`,
  },
  habit: ({ lastYear, yearBefore }) =>
    [
      ...(lastYear === null
        ? []
        : [
            `${days(lastYear.averageDaysLate)} en promedio (${counted(lastYear.payments, 'pago')} en 12 meses)`,
          ]),
      ...(yearBefore === null
        ? []
        : [`${days(yearBefore.averageDaysLate)} el año anterior (${counted(yearBefore.payments, 'pago')})`]),
    ].join(', '),
  tooFewPayments: 'muy pocos pagos para saberlo',
  snoozedUntil: (until, by, why) => `pospuesto hasta el ${until} por ${by}: ${why}`,
  backBefore: (until, event) => `de vuelta antes del ${until}: ${event}`,
  afterwards: 'Después',
  whenAsked: 'cuando algo suceda',
  nextLine: (when, what, why) => `${when}  ${what}${why ? ` (${why})` : ''}`,
  because: (why) => `motivo: ${why}`,
  by: (actor) => `por ${actor}`,
  engine: 'automático',
  manyCases: (customer) => `El cliente ${customer} tiene varios expedientes. Muestre uno:`,
  otherCases: (keys) => `Otros expedientes del cliente: ${keys}`,
  behind: 'Algo cambió y el expediente aún no lo ha revisado.',
  heldItem: 'retenido hasta liberar su carga',
  broken: (count) => `${counted(count, 'promesa')} sin cumplir`,
  countsUntil: (day) => `cuenta hasta el ${day}`,
  notListed: (count) => `… y ${counted(count, 'documento')} más`,
  policyGood: (file, id, steps) => `${file}: la política "${id}" está bien, ${counted(steps, 'paso')}`,
  policyExplained: (name, issued, due) => `${name}: una factura del ${issued} que vence el ${due}`,
  inboxEmpty: (folder) =>
    `No hay mensajes en ${folder}. Ahí guarda lo que envía el sistema iniciado con "npm start".`,
  noMessage: (id) => `No existe el mensaje "${id}" en el buzón.`,
  doubled: (messageId, times) =>
    `El mensaje ${messageId} está ${times} veces: quien lo envió no recibió la confirmación y lo envió de nuevo.`,
  htmlWritten: (file) => `HTML escrito en ${file}`,
  noHtml: (id) => `El mensaje ${id} no tiene HTML.`,
  attached: (name, bytes) => `adjunto: ${name} (${bytes.toLocaleString('es-MX')} bytes)`,
  journalGood: (entries, chains) =>
    `La bitácora está completa: ${counted(entries, 'registro')} en ${counted(chains, 'cadena')}.`,
  journalBad: (findings) => `La bitácora no está completa: ${counted(findings, 'hallazgo')}.`,
  finding: ({ chain, seq, problem }) => `${chain}, registro ${seq}: ${problems[problem]}`,
  reachable: 'responde',
  away: 'no responde',
  workersListen: (count) => counted(count, 'trabajador escucha', 'trabajadores escuchan'),
  noWorkers: 'ningún trabajador escucha: inicie uno con "npm start" o "npm run worker"',
  casesRunning: (count) => `${counted(count, 'expediente')} en curso`,
  casesBehind: (count, most) => `${counted(count, 'expediente')} con retraso, el mayor de ${most}`,
  casesAsleep: (count) => `${counted(count, 'expediente')} con documentos abiertos que nada despertaría`,
  allSeen: 'todos los expedientes han visto sus datos',
  minutes: (minutes) => counted(minutes, 'minuto'),
  approvalGoesOn: (role) => `sigue con ${role}`,
  nothingToApprove: 'Nada espera su respuesta. Las de todos: cartera approvals --all',
  matrixOf: (policy) =>
    `${policy}: quién tiene que aceptar. Decide el primer renglón que corresponde; un importe en una moneda que no nombra queda fuera de él.`,
  matrixNotes: (days) =>
    `Entre paréntesis, las horas hábiles tras las que se recuerda a un nivel y hasta las que debe responder. Quien pide no decide, nadie decide dos veces, un no la termina y el silencio no acepta nada. Una pausa de hasta ${days} días no necesita a nadie.`,
  allElse: 'todo lo demás',
  levelHours: (remind, answer) => `${remind}/${answer} h`,
  nobody: 'nadie',
  agreed: 'sí',
  refusedIt: 'no',
  wouldBeStale: (why) =>
    `Ya no corresponde a lo que se pidió (${why}): si se otorga ahora, regresa a quien la pidió.`,
  canAnswer: (people) => `Pueden responder ahora: ${people}`,
  nobodyCanAnswer:
    'Nadie puede responder ahora: ninguna persona tiene el rol, o todas la pidieron, ya respondieron o están ausentes. Asigne el rol: cartera team grant',
  levelStates: {
    over: 'concluido',
    turn: 'se le pregunta ahora',
    later: 'se le pregunta después',
    onSilence: 'se le pregunta si no hay respuesta',
  },
  everyBranch: 'todas',
  mailRefused: 'rechazado',
}
