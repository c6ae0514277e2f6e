import type { Knex } from 'knex'

import type { DatabaseRow } from '../dialect/sql-value.js'
import type { RowMapping } from '../rows/row-mapping.js'
import { valuesIn, type ColumnValues } from '../statements/statement.js'
import type { UnitOfWork } from '../unit-of-work.js'

export interface RowsUpdate<Row> {
  readonly mapping: RowMapping<Row>
  /** The column that orders locks and finds the rows again. */
  readonly key: string
  /** Adds the conditions to a query of the table. */
  readonly where: (rows: Knex.QueryBuilder) => Knex.QueryBuilder
  readonly set: ColumnValues
  /** Columns to return. Default: all. */
  readonly returning?: readonly string[]
  /** More than one row may be meant: where several units write at once, they are locked in order of the key first. */
  readonly isMany?: boolean
}

/** Updates the rows `where` names and returns them as they are now, in no order. */
export async function updateRows<Row>(unit: UnitOfWork, update: RowsUpdate<Row>): Promise<readonly DatabaseRow[]> {
  const { mapping, key, where, set, returning = mapping.columns, isMany = false } = update
  const { db } = unit
  const table = () => db.knex(mapping.table)
  const { supportsReturning } = db.dialect
  if (supportsReturning && !(isMany && unit.locksRows)) {
    return unit.rows(
      where(table())
        .update(set)
        .returning([...returning]),
    )
  }
  const namedBy = (rows: readonly DatabaseRow[]): Knex.QueryBuilder => {
    const keys = rows.map((row) => row[key] as string | number)
    return table().whereIn(key, valuesIn(db, keys))
  }
  let locked = await unit.rows(where(table()).select(key).orderBy(key).forUpdate())
  if (locked.length === 0) return []
  // A lock that had to wait was decided about on what the statement saw before. Now that nobody can change the rows, ask again.
  if (supportsReturning)
    return unit.rows(
      where(namedBy(locked))
        .update(set)
        .returning([...returning]),
    )
  if (isMany) locked = await unit.rows(where(namedBy(locked)).select(key))
  await unit.change(namedBy(locked).update(set))
  return unit.rows(namedBy(locked).select([...returning]))
}
