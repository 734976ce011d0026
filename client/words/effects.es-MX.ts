import type { Effects } from './words.ts'

/** Lo que trae consigo una autorización, y lo que hace su negativa. */
export const esEffects: Effects = {
  written_off: (d, say) =>
    `${d.document} se cancela como incobrable: ${say.amount(d.amount, d.currency)}; el derecho de cobro queda`,
  chased_on: (d) => `${d.document ?? 'lo que abarca'} se sigue cobrando como hasta ahora`,
  nothing_changes: () => 'nada cambia',
}
