import type { Fee, InterestRule } from '../../domain/interest/rule.ts'
import type { InterestPhrases } from './interest.ts'
import type { Speech } from './speech.ts'

const DAY_COUNTS: Record<InterestRule['day_count'], string> = {
  'act/360': 'por días naturales sobre un año de 360',
  'act/365': 'por días naturales sobre un año de 365',
  '30/360': 'por meses de 30 días sobre un año de 360 (30E/360)',
}
const amounts = (table: Record<string, string>, say: Speech): string =>
  Object.entries(table)
    .map(([currency, amount]) => say.amount(amount, currency))
    .join(', ')
const when = (fee: Fee): string =>
  fee.step !== undefined
    ? `al hacerse el paso "${fee.step}"`
    : fee.overdue_days !== undefined
      ? `a los ${fee.overdue_days} días de vencido`
      : 'a mano'

export const esMXInterest: InterestPhrases = {
  title: 'Intereses y cargos',
  labels: {
    interest: 'Intereses',
    fees: 'Cargos',
    charged: 'En notas',
    waived: 'Condonado',
    uncharged: 'Aún sin nota',
    bookedThrough: 'Registrado al',
    notes: 'Notas de intereses',
    inNotes: 'En notas por cobrar',
    base: 'Sobre',
    rate: 'Anual',
    days: 'Días',
  },
  beside: 'Intereses, aparte',
  none: 'Sin intereses ni cargos.',
  cameOf: (document) => `Cálculo de los intereses de ${document}`,
  rule: (rule, say) => [
    ...rule.rates.map(
      ({ from, percent }) => `${percent} % anual a partir del ${say.date(from)}, interés simple`,
    ),
    `Se calcula ${DAY_COUNTS[rule.day_count]}, sobre el capital vencido; los pagos cuentan por su fecha valor`,
    ...(rule.grace_days > 0
      ? [
          `Pagado dentro de ${rule.grace_days} días: sin intereses; después corren desde ${rule.counts_from === 'due' ? 'el vencimiento' : 'el fin de esos días'}`,
        ]
      : []),
    rule.disputed === 'bears'
      ? 'Los importes en aclaración también causan intereses'
      : 'Los importes en aclaración no causan intereses mientras está abierta; si resultan procedentes, los causaron desde el principio',
    ...(rule.cap_percent === undefined ? [] : [`A lo más ${rule.cap_percent} % del importe original`]),
    `Se registran al fin de cada ${rule.accrue === 'daily' ? 'día' : 'mes'}, y al pagarse, cobrarse o condonarse`,
    `Una nota vence a los ${rule.note_due_days} días de emitida${Object.keys(rule.minimum).length === 0 ? '' : `, y se hace desde ${amounts(rule.minimum, say)}`}`,
    ...rule.fees.map((fee) => `${fee['es-MX']} (${fee.id}): ${amounts(fee.amount, say)}, ${when(fee)}`),
  ],
  noRule: 'Lo vencido no causa intereses ni cargos.',
}
