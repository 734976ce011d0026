export interface Percentiles {
  times: number
  p50: number
  p95: number
}

/** Of so many times that something took. */
export function percentiles(took: readonly number[]): Percentiles {
  const sorted = [...took].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!
  return { times: sorted.length, p50: at(0.5), p95: at(0.95) }
}

/** How long each of so many runs took, after two that only warm up. */
export async function timed(times: number, run: (turn: number) => Promise<unknown>): Promise<Percentiles> {
  const took: number[] = []
  for (let turn = -2; turn < times; turn++) {
    const startedAt = performance.now()
    await run(turn + 2)
    if (turn >= 0) took.push(performance.now() - startedAt)
  }
  return percentiles(took)
}
