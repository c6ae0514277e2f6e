/**
 * Adds `leftSatoshis` to these outputs, all of it: a single one takes everything; of several the first is filled to
 * `initialSatoshis`, then random ones get random slices of a quarter to a half of what is left, so that nobody can tell
 * change by its round amounts. Source: docs/spec/wallet-storage.md §3.4 step 6.
 *
 * @param random 0 ≤ x < 1.
 */
export function spreadSatoshis(
  outputs: number[],
  leftSatoshis: number,
  initialSatoshis: number,
  random: () => number,
): void {
  let left = leftSatoshis
  const give = (index: number, satoshis: number): void => {
    outputs[index] = (outputs[index] ?? 0) + satoshis
    left -= satoshis
  }
  if (outputs.length === 1) return give(0, left)
  give(0, Math.min(left, Math.max(0, initialSatoshis - (outputs[0] ?? 0))))
  while (left > 0) {
    const slice = Math.max(1, Math.floor(left * (0.25 + random() / 4)))
    give(Math.floor(random() * outputs.length), slice)
  }
}
