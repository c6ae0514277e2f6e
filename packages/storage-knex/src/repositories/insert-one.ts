import { UniqueViolationError } from '@txkeep/core'

import type { DatabaseRow } from '../dialect/sql-value.js'
import type { RowMapping } from '../rows/row-mapping.js'
import { TABLES } from '../schema/tables.js'
import { insertRow, type InsertOptions } from '../statements/insert-rows.js'
import { selectRows } from '../statements/select-rows.js'
import type { ColumnValues } from '../statements/statement.js'
import type { UnitOfWork } from '../unit-of-work.js'

/** Inserts one row and returns it as it is stored, or undefined where `skipOnConflict` left it out. */
export async function insertOne<Row>(
  unit: UnitOfWork,
  mapping: RowMapping<Row>,
  row: Partial<Row>,
  options: InsertOptions = {},
): Promise<DatabaseRow | undefined> {
  if (unit.db.dialect.supportsReturning) return unit.row(insertRow(unit.db, mapping, row, options))
  const plain = insertRow(unit.db, mapping, row)
  if (options.skipOnConflict === undefined) return readInserted(unit, mapping, row, (await unit.run(plain)).insertedId)
  const outcome = await unit.attempt(plain)
  if (!(outcome instanceof UniqueViolationError)) return readInserted(unit, mapping, row, outcome.insertedId)
  if (options.skipOnConflict === 'any' || (await isTaken(unit, mapping, row, options.skipOnConflict))) return undefined
  throw unit.refuse(outcome)
}

/** The row an engine without `returning` has just inserted: by the number it gave, else by the key of the table. */
function readInserted<Row>(
  unit: UnitOfWork,
  mapping: RowMapping<Row>,
  row: Partial<Row>,
  insertedId: number | undefined,
): Promise<DatabaseRow | undefined> {
  const { columns, primaryKey } = TABLES[mapping.table]
  const id = columns.find((column) => column.type === 'id')
  const select = selectRows(unit.db, mapping)
  if (id !== undefined && insertedId !== undefined) return unit.row(select.where(id.name, insertedId))
  return unit.row(select.where(pick(mapping.encode(row) as ColumnValues, primaryKey ?? [mapping.keyColumn])))
}

/** Looks past the unit's own view: the row that was met may have been committed a moment ago. */
async function isTaken<Row>(
  unit: UnitOfWork,
  mapping: RowMapping<Row>,
  row: Partial<Row>,
  uniqueKey: readonly string[],
): Promise<boolean> {
  const select = selectRows(unit.db, mapping).where(pick(mapping.encode(row) as ColumnValues, uniqueKey))
  return (await unit.row(select.forShare())) !== undefined
}

function pick(columns: ColumnValues, names: readonly string[]): ColumnValues {
  return Object.fromEntries(names.map((name) => [name, columns[name] ?? null]))
}
