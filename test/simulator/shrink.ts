/**
 * Makes a failing list shorter while it still fails: drops halves, then quarters, down to single ones.
 * @param fails tells whether a list still fails, and keeps what it saw
 */
export async function shrink<T>(
  all: readonly T[],
  fails: (some: T[]) => Promise<boolean>,
  mostTries = 70,
): Promise<T[]> {
  let kept = [...all]
  let tries = 0
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let from = kept.length - size; from > -size && tries < mostTries; from -= size) {
      const without = [...kept.slice(0, Math.max(0, from)), ...kept.slice(from + size)]
      tries++
      if (without.length < kept.length && (await fails(without))) kept = without
    }
  return kept
}
