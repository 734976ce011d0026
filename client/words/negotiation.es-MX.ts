import type { GuaranteeKind } from '../../domain/credit/limit.ts'
import type { ToldTerms } from '../../ledger/negotiations/told.ts'
import { esCreditCodes } from './credit.es-MX.ts'
import type { NegotiationWords } from './negotiation.ts'
import type { Speech } from './speech.ts'
import type { Data } from './words.ts'

/** The words of negotiations in Spanish of Mexico. */

const sides = { us: 'nosotros', customer: 'el cliente' }

/** What was offered or agreed, in one breath. */
export const terms = (data: Data, say: Speech): string => {
  const { currency, payments, dueDates, discount, waived, guarantee } = data.terms as ToldTerms
  return [
    ...(payments.length === 0
      ? []
      : [
          `paga ${payments.map((p) => `${say.amount(p.amount, currency)} el ${say.date(p.dueOn)}`).join(', ')}`,
        ]),
    ...(dueDates.length === 0
      ? []
      : [`nuevo vencimiento ${dueDates.map((d) => `de ${d.document}: ${say.date(d.dueOn)}`).join(', ')}`]),
    ...(discount
      ? [
          `descuento de ${say.amount(discount.amount, currency)} si paga a más tardar el ${say.date(discount.paidBy)}`,
        ]
      : []),
    ...(waived ? [`condonación de ${say.amount(waived, currency)} de intereses`] : []),
    ...(guarantee
      ? [
          `${esCreditCodes.guaranteeKinds[guarantee.kind as GuaranteeKind] ?? guarantee.kind} por ${say.amount(guarantee.amount, currency)}${guarantee.coverage === '' ? '' : ` (${guarantee.coverage})`}`,
        ]
      : []),
  ].join('; ')
}
const offered = (data: Data, say: Speech): string =>
  `${say.amount(data.claim, data.currency)} de ${say.list(data.documents)}; ${terms(data, say)}; vigente hasta el ${say.date(data.validThrough)}`

export const negotiationEs: NegotiationWords = {
  codes: {
    negotiationStates: {
      proposed: 'ofrecida',
      countered: 'oferta del cliente',
      submitted: 'espera autorización',
      agreed: 'acordada',
      fulfilled: 'cumplida',
      broken: 'incumplida',
      lapsed: 'vencida',
      rejected: 'no aprobada',
      withdrawn: 'retirada',
    },
    sides,
  },
  refusals: {
    NegotiationExists: ({ document, negotiation }) =>
      `${document} ya está en la negociación ${negotiation}. Primero haga una contraoferta en ella, retírela o espere a que termine.`,
    NothingClaimed: ({ document }) => `De ${document} no hay nada por pagar que no esté en aclaración.`,
    AwaitsPresentation: ({ document }) =>
      `El cliente aún no acepta ${document}: su plazo corre desde entonces y no hay vencimiento que mover.`,
    TermsExceedClaim: ({ part, claim, given }, say) =>
      `${
        {
          instalments: 'La suma de las parcialidades',
          discount: 'El importe del descuento',
          waiver: 'El importe de intereses que se condona',
        }[part]
      } (${say.number(given)}) debe ser ${part === 'discount' ? 'menor que' : 'mayor que cero y a lo más'} ${say.number(claim)}.`,
    DiscountNotPaid: ({ payable, given }, say) =>
      `Con el descuento, las parcialidades deben sumar ${say.number(payable)}; suman ${say.number(given)}.`,
    TermsBeyondPolicy: ({ term, limit, given, currency }, say) => {
      const told = (value: string) => (currency === undefined ? say.date(value) : say.amount(value, currency))
      return `La política permite ${
        {
          furthest: `fechas hasta el ${told(limit)}`,
          instalments: `${limit} parcialidades`,
          discount: `un descuento de ${told(limit)}`,
          waiver: `condonar ${told(limit)} de intereses`,
          down_payment: `una primera parcialidad de al menos ${told(limit)}`,
        }[term]
      }, no ${told(given)}.`
    },
  },
  phrases: {
    labels: {
      claim: 'Adeudo',
      interest: 'Intereses',
      paid: 'Paga',
      discount: 'Descuento',
      given: 'Otorgado',
      waived: 'Intereses condonados',
      stillOpen: 'Sigue abierto',
      cost: 'Costo del plazo',
      daysLate: 'Días tras vencer',
      givenUp: 'Se cede',
      exposure: 'Exposición',
      now: 'Si paga hoy',
      asOffered: 'Con la oferta',
      payment: 'Pago',
      left: 'Queda',
      newDue: 'Nuevo vencimiento',
      paidOn: 'Pagado el',
      round: 'Ronda',
      offeredBy: 'De',
      terms: 'Oferta',
      validThrough: 'Vigente hasta',
      agreed: 'Acordada',
      promise: 'Promesa',
      approval: 'Autorización',
      endsOn: 'Termina',
      claimThen: 'Negociado',
      standing: 'Situación para pedidos',
      standings: 'hoy, acordado, pagado',
    },
    cost: (rate) => `al ${rate} % anual`,
    terms: (told, speech) => terms({ terms: told }, speech),
    beyond: (sentence) => `Fuera de la política: ${sentence}`,
    noOffer: 'Diga qué se ofrece: --pay, --extend, --due, --discount con --paid-by, --waive o --guarantee.',
  },
  events: {
    'negotiation proposed': (d, say) =>
      `negociación ${d.negotiation}: ${d.by === 'us' ? `se ofreció a ${d.person}` : `${d.person} ofrece`}: ${offered(d, say)}`,
    'negotiation countered': (d, say) =>
      `negociación ${d.negotiation}, ronda ${d.round}: ${d.by === 'us' ? `se ofreció a ${d.person}` : `${d.person} ofrece`}: ${offered(d, say)}`,
    'negotiation agreed': (d, say) =>
      `negociación ${d.negotiation} acordada con ${d.with}: ${terms(d, say)}${d.promise ? `; promesa ${d.promise}` : ''}${d.approvedBy ? `; la aprobó ${say.list(d.approvedBy)}` : ''}`,
    'negotiation withdrawn': (d) =>
      `negociación ${d.negotiation} retirada por ${sides[d.by as keyof typeof sides] ?? d.by}`,
    'negotiation lapsed': (d) => `la negociación ${d.negotiation} venció: nadie la aceptó a tiempo`,
    'negotiation rejected': (d) => `la negociación ${d.negotiation} no se aprobó`,
    'negotiation fulfilled': (d, say) =>
      `acuerdo ${d.negotiation} cumplido${d.discount ? `; se otorgó el descuento de ${say.amount(d.discount, d.currency)}` : ''}`,
    'negotiation broken': (d, say) =>
      `acuerdo ${d.negotiation} incumplido: rigen otra vez las condiciones anteriores${d.discount ? `; se canceló el descuento de ${say.amount(d.discount, d.currency)}` : ''}${d.interest ? `; se deben otra vez ${say.amount(d.interest, d.currency)} de intereses` : ''}`,
  },
}
