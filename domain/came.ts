/** Money that came to the books by a transfer; `minor` is what is left of it. */
export interface Came {
  transfer: bigint
  minor: bigint
}

/** Takes so much of it, the first first, and says what is missing. */
export function take(came: readonly Came[], wanted: bigint): bigint {
  let missing = wanted
  for (const one of came) {
    const taken = one.minor < missing ? one.minor : missing
    one.minor -= taken
    missing -= taken
  }
  return missing
}
