/** `rows` as `show` shows them, in lists by key, each in the order of `rows`. */
export function groupBy<Row, Shown>(
  rows: readonly Row[],
  keyOf: (row: Row) => number | null,
  show: (row: Row) => Shown,
): ReadonlyMap<number, Shown[]> {
  const groups = new Map<number, Shown[]>()
  for (const row of rows) {
    const key = keyOf(row)
    if (key === null) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [show(row)])
    else group.push(show(row))
  }
  return groups
}
