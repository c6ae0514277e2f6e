import type { DatabaseRow } from '../dialect/sql-value.js'

/** Label or tag texts by the id of what they are on; the order of the rows is kept. */
export function marksByOwner(rows: readonly DatabaseRow[]): ReadonlyMap<number, readonly string[]> {
  const marks = new Map<number, string[]>()
  for (const { owner, mark } of rows) {
    const id = Number(owner)
    const known = marks.get(id)
    if (known === undefined) marks.set(id, [String(mark)])
    else known.push(String(mark))
  }
  return marks
}
