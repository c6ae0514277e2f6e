import type { Match } from '@txkeep/core'

/** Whether the row has what is asked for in every column: null is absence, a list any of its values. */
export function matches<Row extends object>(row: Row, match: Match<Row>): boolean {
  return Object.entries(match).every(([name, wanted]) => {
    if (wanted === undefined) return true
    const value: unknown = row[name as keyof Row]
    return Array.isArray(wanted) ? wanted.some((one) => isSame(one, value)) : isSame(wanted, value)
  })
}

function isSame(one: unknown, other: unknown): boolean {
  return one instanceof Date && other instanceof Date ? one.getTime() === other.getTime() : one === other
}
