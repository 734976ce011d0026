import { esCodes } from './codes.es-MX.ts'
import { esCreditEvents } from './credit.es-MX.ts'
import { negotiationEs } from './negotiation.es-MX.ts'
import { esOrders } from './orders.es-MX.ts'
import { esPlacements } from './placements.es-MX.ts'
import { listAmounts, listChanges, listLines, namesOf, type Speech } from './speech.ts'
import type { Data, Words } from './words.ts'

/** What happened, in Spanish of Mexico: a clause without capital and full stop, for a diary or an answer. */

const word = (table: Record<string, string>, key: unknown): string => table[String(key)] ?? String(key)
const said = (texts: unknown): string | undefined => (texts as Record<string, string> | undefined)?.['es-MX']
const reason = (d: Data): string => said(d.reasonWords) ?? word(esCodes.disputeReasons, d.reason)
const rootCause = (d: Data): string => said(d.rootCauseWords) ?? word(esCodes.rootCauses, d.rootCause)
const applied = (data: Data, say: Speech): string => {
  const list = (data.applied ?? []) as { document: string; amount: string }[]
  return list.length === 0
    ? 'nada aplicado'
    : `aplicado a ${list.map((a) => `${a.document} (${say.amount(a.amount, data.currency)})`).join(', ')}`
}
const instalments = (data: Data, say: Speech): string =>
  ((data.instalments ?? []) as { dueOn: string; amount: string }[])
    .map((i) => `${say.amount(i.amount, data.currency)} el ${say.date(i.dueOn)}`)
    .join(', ')
const exceptions = (data: Data): string => {
  const list = (data.exceptions ?? []) as { document: string }[]
  return list.length === 0 ? '' : `; no se pudo aplicar a ${list.map((e) => e.document).join(', ')}`
}
const resultOf = (data: Data): string =>
  (data.words as Record<string, string> | undefined)?.['es-MX'] ?? word(esCodes.callResults, data.result)
const withTask = (data: Data, say: Speech): string => {
  const made = data.madeTask
    ? `, se crea la tarea ${data.madeTask} (${word(esCodes.taskKinds, data.madeKind)})`
    : ''
  if (!data.task) return data.resubmitOn ? `${made} para el ${say.date(data.resubmitOn)}` : made
  const comesBack = data.resubmitOn ? `se retoma el ${say.date(data.resubmitOn)}` : 'sigue abierta'
  return `, tarea ${data.task} ${data.taskClosed ? 'hecha' : comesBack}${made}`
}
const links = (data: Data): string =>
  ((data.links ?? []) as { what: keyof typeof linked; id: number }[])
    .map((l) => `${linked[l.what] ?? l.what} ${l.id}`)
    .join(', ')
const linked = {
  promise: 'promesa',
  dispute: 'aclaración',
  announcement: 'pago anunciado',
  task: 'tarea',
  provisional: 'recibo provisional',
}
const proof = (data: Data): string => ((data.proof ?? []) as { name: string }[]).map((p) => p.name).join(', ')
const withOutcome = (data: Data): string => {
  const said = [links(data), proof(data)].filter((text) => text !== '').join('; ')
  return said === '' ? '' : `; ${said}`
}
const provisional = (data: Data, say: Speech): string =>
  `recibo provisional ${data.provisional} de ${say.amount(data.amount, data.currency)}`
const differences = (data: Data, say: Speech): string =>
  ((data.differences ?? []) as { document: string | null; currency: string; ours: string; theirs: string }[])
    .map(
      (d) =>
        `${d.document ?? 'en total'} ${say.amount(d.theirs, d.currency)} en vez de ${say.amount(d.ours, d.currency)}`,
    )
    .join(', ')

const sourceChanges = (data: Data, say: Speech): string =>
  (
    (data.changes ?? []) as {
      document: string
      what: string
      amount: string
      currency: string
      from: string | null
      to: string
    }[]
  )
    .map((c) => {
      if (c.what === 'settled') return `${c.document} saldado por ${say.amount(c.amount, c.currency)}`
      if (c.what === 'reopened')
        return `${c.document} abierto otra vez por ${say.amount(c.amount, c.currency)}`
      return c.what === 'due'
        ? `${c.document} vence el ${say.date(c.to)} en vez del ${say.date(c.from)}`
        : `${c.document} aceptado el ${say.date(c.to)}`
    })
    .join(', ')

export const esEvents: Words['events'] = {
  ...negotiationEs.events,
  ...esPlacements.events,
  loaded: (d) => `cargado desde ${d.source}${d.held ? ', retenido hasta liberarse' : ''}`,
  'load released': (d) => `carga ${d.load} liberada: se cobra desde ahora`,
  'statement run begun': (d, say) =>
    `estados de cuenta del ${say.date(d.day)}${d.branch ? ` de la sucursal ${d.branch}` : ''} iniciados (corrida ${d.run}): ${d.mail} por correo, ${d.print} por imprimir, ${d.skipped} omitidos`,
  'account statement sent': (d) => `estado de cuenta enviado a ${d.to}`,
  'steps skipped': (d) =>
    `pasos omitidos: ${[...new Set(Object.values((d.steps ?? {}) as Record<string, string[]>).flat())].join(', ')}`,
  'call logged': (d, say) =>
    `llamada con ${d.person}: ${resultOf(d)}${withTask(d, say)}${withOutcome(d)}${d.contact ? ` (contacto ${d.contact})` : ''}`,
  'visit logged': (d, say) =>
    `visita a ${d.person}${d.place ? `, ${d.place}` : ''}: ${resultOf(d)}${withTask(d, say)}${withOutcome(d)}${d.contact ? ` (contacto ${d.contact})` : ''}`,
  'contact logged': (d, say) =>
    `contacto con ${d.person} (${word(esCodes.channels, d.channel)}): ${resultOf(d)}${withTask(d, say)}${withOutcome(d)}${d.contact ? ` (contacto ${d.contact})` : ''}`,
  'contact completed': (d) => `contacto ${d.contact} completado${withOutcome(d)}`,
  'task planned': (d, say) =>
    `tarea ${d.task} programada${d.dueOn ? `, antes del ${say.date(d.dueOn)}` : ''}${d.resubmitOn ? `, se retoma el ${say.date(d.resubmitOn)}` : ''}${d.plannedAt ? `, para ${say.moment(String(d.plannedAt), String(d.timeZone))}` : ''}${d.place ? `, ${d.place}` : ''}${d.priority ? `, prioridad ${word(esCodes.priorities, d.priority)}` : ''}`,
  'task assigned': (d) => `la tarea ${d.task} pasa de ${d.from} a ${d.to}`,
  'absence recorded': (d, say) =>
    `ausencia ${d.absence}: ${d.person} no está del ${say.date(d.from)} al ${say.date(d.to)}; suple ${d.standIn ?? 'el supervisor'}`,
  'absence ended': (d, say) =>
    `ausencia ${d.absence} terminada: ${d.person} regresa el ${say.date(d.backOn)}`,
  'promise recorded': (d, say) =>
    `promesa ${d.promise}${d.madeBy ? ` de ${d.madeBy}` : ''}: ${instalments(d, say)}`,
  'promise replaced': (d, say) =>
    d.instalments
      ? `promesa ${d.promise} en lugar de la anterior: ${instalments(d, say)}`
      : `promesa ${d.promise} reemplazada por otra`,
  'promise kept': (d) => `promesa ${d.promise} cumplida`,
  'promise partially kept': (d, say) =>
    `promesa ${d.promise} cumplida en parte: llegaron a tiempo ${say.amount(d.paid, d.currency)}`,
  'promise broken': (d, say) =>
    `promesa ${d.promise} incumplida${d.paid === undefined ? '' : `: llegaron a tiempo ${say.amount(d.paid, d.currency)}`}`,
  'promise withdrawn': (d) => `promesa ${d.promise} retirada`,
  'promise excused': (d) => `promesa ${d.promise} disculpada: no cuenta contra el cliente`,
  'promise confirmation sent': (d) => `confirmación de una promesa enviada a ${d.to}`,
  'promise reminder sent': (d) => `recordatorio de un pago prometido enviado a ${d.to}`,
  'payment announced': (d, say) =>
    `pago de ${say.amount(d.amount, d.currency)} anunciado (${d.announcement}${d.trackingKey ? `, clave de rastreo ${d.trackingKey}` : ''}); se espera hasta el ${say.date(d.waitsUntil)}`,
  'announced payment withdrawn': (d) => `pago anunciado ${d.announcement} retirado`,
  'announced payment arrived': (d, say) =>
    `llegó el pago anunciado ${d.announcement} de ${say.amount(d.amount, d.currency)}`,
  'announced payment lapsed': (d, say) =>
    `el pago anunciado ${d.announcement} de ${say.amount(d.amount, d.currency)} nunca llegó`,
  'announced payment reopened': (d) =>
    `se espera otra vez el pago anunciado ${d.announcement}: se canceló el pago recibido`,
  'provisional receipt issued': (d, say) =>
    `${provisional(d, say)} a ${d.receivedFrom ? `${d.receivedFrom}: ` : ''}${say.list(d.documents)}; debe registrarse a más tardar el ${say.date(d.convertBy)}${withOutcome(d)}`,
  'provisional receipt converted': (d, say) =>
    `${provisional(d, say)} registrado${d.receipt ? ` como pago ${d.receipt}` : ' en el origen'}`,
  'provisional receipt cancelled': (d, say) => `${provisional(d, say)} cancelado`,
  'provisional receipt overdue': (d, say) =>
    `${provisional(d, say)}, expedido por ${d.issuedBy}, no está registrado: se avisa al supervisor`,
  'provisional receipt reopened': (d, say) => `${provisional(d, say)} abierto otra vez: se canceló el pago`,
  'dispute opened': (d, say) =>
    `aclaración ${d.dispute} (${reason(d)})${d.owner ? `, a cargo de ${d.owner}` : ''}${d.dueOn ? ` hasta el ${say.date(d.dueOn)}` : ''}: ${listLines(d.lines, say)}`,
  'dispute resolved': (d, say) => {
    const what = word(esCodes.disputeOutcomes, d.outcome)
    const document = d.credit ?? d.invoice
    const how = `${what}${document ? ` ${document}` : ''}${Array.isArray(d.lines) ? `; ${listLines(d.lines, say)}` : ''}`
    return `aclaración ${d.dispute} resuelta${d.open ? ' en parte' : ''}: ${how}`
  },
  'dispute split': (d, say) =>
    `aclaración ${d.dispute} separada de la ${d.from} (${reason(d)}), a cargo de ${d.owner} hasta el ${say.date(d.dueOn)}: ${listLines(d.lines, say)}`,
  'dispute changed': (d, say) =>
    `aclaración ${d.dispute}${d.reason ? `: ${reason(d)}` : ''}${d.rootCause ? `, causa ${rootCause(d)}` : ''}, a cargo de ${d.owner}${d.dueOn ? ` hasta el ${say.date(d.dueOn)}` : ''}`,
  'dispute owner reminded': (d, say) =>
    `se recordó a ${d.owner} la aclaración ${d.dispute}, que vencía el ${say.date(d.dueOn)}`,
  presented: (d, say) =>
    `aceptada por el cliente el ${say.date(d.acceptedOn)}: ${((d.lines ?? []) as { document: string; dueOn: string }[]).map((l) => `${l.document} vence el ${say.date(l.dueOn)}`).join(', ')}`,
  'review days set': (d, say) =>
    d.reviewDays === null
      ? 'el cliente recibe facturas sin revisión'
      : `el cliente recibe facturas a revisión: ${d.reviewDays === '' ? 'cualquier día hábil' : d.reviewDays}; próxima el ${say.date(d.nextOn)}`,
  paused: (d, say) => `pausa ${d.pause} de ${d.covers} del ${say.date(d.from)} al ${say.date(d.to)}`,
  snoozed: (d, say) => `${d.customer} pospuesto para ${d.owner} hasta el ${say.date(d.until)}`,
  unsnoozed: (d) => `${d.customer} vuelve a la lista de ${d.owner}`,
  resumed: (d) => `pausa ${d.pause} reanudada`,
  'confirmation asked': (d, say) =>
    `confirmación ${d.confirmation} (${word(esCodes.confirmationModes, d.mode)}) del saldo al ${say.date(d.asOf)}${d.closesOn ? `; se tendrá por conforme el ${say.date(d.closesOn)}` : `; se recuerda el ${say.date(d.remindOn)} y se llama el ${say.date(d.callOn)}`}`,
  'confirmation sent': (d) => `pregunta por el saldo enviada a ${d.to}`,
  'confirmation agreed': (d) => `confirmación ${d.confirmation}: ${d.answeredBy} está conforme`,
  'confirmation differs': (d, say) =>
    `confirmación ${d.confirmation}: ${d.answeredBy} tiene ${differences(d, say)}${d.dispute ? `; aclaración ${d.dispute}` : ''}`,
  'confirmation unopposed': (d) => `confirmación ${d.confirmation}: nadie la objetó`,
  'confirmation withdrawn': (d) => `confirmación ${d.confirmation} retirada`,
  credited: (d, say) =>
    `nota de crédito ${d.credit} de ${say.amount(d.amount, d.currency)}: ${say.amount(d.applied, d.currency)} a ${d.document}, quedan ${say.amount(d.openCredit, d.currency)} a favor`,
  'interest accrued': (d, say) =>
    `intereses registrados hasta el ${say.date(d.through)}: ${listAmounts(d.amounts, say)}`,
  'interest charged': (d, say) =>
    `nota de intereses ${d.document} por ${say.amount(d.amount, d.currency)}, vence el ${say.date(d.dueOn)}: ${listLines(d.lines, say)}`,
  'interest waived': (d, say) => `intereses condonados: ${listLines(d.lines, say)}`,
  'interest restored': (d, say) => `los intereses condonados se deben de nuevo: ${listLines(d.lines, say)}`,
  'fee charged': (d, say) =>
    `cargo de ${say.amount(d.amount, d.currency)} a ${d.document}${d.fee ? ` (${d.fee})` : ''}`,
  'written off': (d, say) =>
    `${d.document} castigado: ${say.amount(d.amount, d.currency)}, autorizado por ${say.list(d.approvedBy)}`,
  recovered: (d, say) =>
    `el pago ${d.receipt} recupera ${say.amount(d.amount, d.currency)} de ${d.document}, que estaba castigado`,
  cancelled: (d, say) => `${d.document} cancelado: ${say.amount(d.amount, d.currency)}`,
  replaced: (d, say) =>
    `${d.document} reemplazado por ${d.by} de ${say.amount(d.amount, d.currency)}; su plazo ${d.clock === 'kept' ? 'sigue corriendo' : 'empieza de nuevo'}`,
  'receipt posted': (d, say) =>
    `pago ${d.receipt} de ${say.amount(d.amount, d.currency)}${d.valueOn ? `, pagado el ${say.date(d.valueOn)}` : ''}: ${applied(d, say)}, ${say.amount(d.unapplied, d.currency)} sin aplicar${exceptions(d)}`,
  'receipt applied': (d, say) =>
    `pago ${d.receipt} ${applied(d, say)}, ${say.amount(d.unapplied, d.currency)} sin aplicar`,
  'receipt reversed': (d, say) =>
    `pago ${d.receipt} de ${say.amount(d.amount, d.currency)} cancelado (${word(esCodes.reversalReasons, d.reason)}); se debe otra vez: ${say.list(d.reopened) || 'nada'}`,
  'credit applied': (d, say) =>
    `crédito ${d.credit} ${applied(d, say)}, quedan ${say.amount(d.open, d.currency)} a favor`,
  'reminder sent': (d) => `recordatorio enviado a ${d.to}`,
  'statement sent': (d) => `estado de cuenta enviado a ${d.to}`,
  'notice skipped': (d) => `mensaje ${d.message} no enviado`,
  'notice failed': (d) => `mensaje ${d.message} fallido`,
  'notice deferred': (d) => `mensaje ${d.message} aún no aceptado (intento ${d.attempts})`,
  'notice refused': (d) =>
    `mensaje ${d.message} rechazado para ${d.to}; ${d.fallback === null ? 'espera un correo que funcione' : `se envía a ${d.fallback}`}`,
  'left out of notice': (d) => `quedó fuera del mensaje ${d.message}`,
  regrouped: (d, say) =>
    `${d.moved} documentos movidos a ${say.list(d.cases) || 'ningún otro expediente'} (agrupados por ${word(esCodes.groupings, d.grouping)})`,
  'policy adopted': (d) => `${d.adopted} documentos toman la política ${d.policy}`,
  'exception resolved': (d) => `excepción ${d.exception} (${word(esCodes.exceptionKinds, d.kind)}) resuelta`,
  'source changed': (d, say) => `al ${say.date(d.asOf)} el origen dice: ${sourceChanges(d, say)}`,
  'tasks handed over': (d, say) => `tareas ${say.list(d.tasks)} pasaron de ${d.from} a ${d.to}`,
  'customer changed': (d) => `datos del cliente cambiados: ${listChanges(d.changes)}`,
  'contact added': (d) => `contacto ${d.name}: ${[d.email, d.phone].filter(Boolean).join(', ')}`,
  'documents received': (d) => `documentos recibidos: ${namesOf(d.documents)}`,
  'documents made': (d) => `documentos generados: ${namesOf(d.documents)}`,
  'policies published': (d, say) =>
    `políticas publicadas: ${say.list(d.published) || 'nada, todo está como se publicó'}`,
  'suspension extended': (d) => `puede seguir sin cobranza ${d.days} días más`,
  'policy activated': (d) => `la política ${d.policy} v${d.version} rige desde ahora`,
  'receipt tied': (d) => `el pago ${d.receipt} corresponde a la clave de rastreo ${d.trackingKey}`,
  'role granted': (d) => `${d.person} tiene el rol ${d.role}${d.branch ? ` de ${d.branch}` : ''}`,
  'role revoked': (d) => `${d.person} ya no tiene el rol ${d.role}${d.branch ? ` de ${d.branch}` : ''}`,
  'approval requested': (d, say) =>
    `autorización ${d.approval} solicitada: ${word(esCodes.approvalKinds, d.kind)}${d.amount ? ` por ${say.amount(d.amount, d.currency)}` : ''}; espera a ${say.list(d.waitsFor) || 'nadie: ninguna persona tiene el rol'}`,
  'approval given': (d) =>
    `autorización ${d.approval} (${word(esCodes.approvalKinds, d.kind)}) otorgada como ${d.role}${inPlace(d)}`,
  'approval refused': (d) =>
    `autorización ${d.approval} (${word(esCodes.approvalKinds, d.kind)}) negada como ${d.role}${inPlace(d)}`,
  'approval withdrawn': (d) => `autorización ${d.approval} (${word(esCodes.approvalKinds, d.kind)}) retirada`,
  'approval escalated': (d) =>
    `la autorización ${d.approval} (${word(esCodes.approvalKinds, d.kind)}) pasa de ${d.from} a ${d.to}`,
  'approval reminded': (d, say) =>
    `autorización ${d.approval} (${word(esCodes.approvalKinds, d.kind)}): ${say.list(d.people) ? `se recordó a ${say.list(d.people)}` : `no está nadie con el rol ${word(esCodes.roles, d.role)}`}`,
  'approval stale': (d) =>
    `la autorización ${d.approval} (${word(esCodes.approvalKinds, d.kind)}) se otorgó y ya no corresponde a lo que se pidió`,
  'approval overtaken': (d) =>
    `autorización ${d.approval} (${word(esCodes.approvalKinds, d.kind)}): no queda nada por decidir`,
  'approval mail refused': (d) => `el correo a ${d.person} (${d.email}) sobre autorizaciones fue rechazado`,
  ...esCreditEvents,
  ...esOrders.events,
}

export const esTaskEvents: Words['taskEvents'] = {
  opened: (kind, d, say) =>
    `tarea ${d.task}: ${kind}${d.what ? ` (${d.what})` : ''}${d.owner ? `, para ${d.owner}` : ''}${d.dueOn ? `, antes del ${say.date(d.dueOn)}` : ''}`,
  extended: (kind, d) => `la tarea ${d.task} (${kind}) también lo incluye`,
  overtaken: (kind, d) => `tarea ${d.task} (${kind}) cerrada: ya no hay qué hacer`,
  done: (kind, d) => `tarea ${d.task}${kind ? ` (${kind})` : ''} hecha`,
}

const inPlace = (d: Data): string => (d.inPlaceOf && d.inPlaceOf !== d.by ? ` (por ${d.inPlaceOf})` : '')
