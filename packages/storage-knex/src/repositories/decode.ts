import type { DatabaseRow } from '../dialect/sql-value.js'
import type { RowMapping } from '../rows/row-mapping.js'

/** The row, or undefined where there is none. */
export function decodeOne<Row>(mapping: RowMapping<Row>, stored: DatabaseRow | undefined): Row | undefined {
  return stored === undefined ? undefined : mapping.decode(stored)
}

export function decodeAll<Row>(mapping: RowMapping<Row>, stored: readonly DatabaseRow[]): Row[] {
  return stored.map((row) => mapping.decode(row))
}

/** A number the database counted. */
export function countOf(stored: DatabaseRow | undefined, column: string): number {
  return Number(stored?.[column] ?? 0)
}
