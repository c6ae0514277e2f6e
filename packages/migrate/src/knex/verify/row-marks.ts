/** Conditions of a row, and the bit each of them has in one whole number. */
export interface RowMarks<Name extends string> {
  /** The number, as SQL. A condition that is null does not hold. */
  readonly sql: string
  readonly bits: Readonly<Record<Name, number>>
}

/**
 * Conditions as one column, for statements whose rows are read by the hundred thousand: each further column of a row costs more
 * than a bit. At most 31.
 */
export function rowMarks<Name extends string>(conditions: Readonly<Record<Name, string>>): RowMarks<Name> {
  const names = Object.keys(conditions) as Name[]
  return {
    sql: names.map((name, bit) => `CASE WHEN ${conditions[name]} THEN ${2 ** bit} ELSE 0 END`).join(' + '),
    bits: Object.fromEntries(names.map((name, bit) => [name, bit])) as Record<Name, number>,
  }
}

/** One of them again: 0 or 1. */
export function readMark(marks: number, bit: number): number {
  return (marks >> bit) & 1
}
