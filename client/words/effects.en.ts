import type { Effects } from './words.ts'

/** What an approval brings about, and what its refusal does. */
export const enEffects: Effects = {
  written_off: (d, say) =>
    `${d.document} is written off: ${say.amount(d.amount, d.currency)}; the claim stays`,
  chased_on: (d) => `${d.document ?? 'what it covers'} goes on being collected as before`,
  nothing_changes: () => 'nothing changes',
}
