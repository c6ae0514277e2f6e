import type { SqlSession } from '../sql-session.js'
import { DifferenceList, showValue } from './differences.js'
import { readLegacyTimestamp } from './legacy-timestamp.js'

/** One column of ours, what it must hold as SQL over the legacy side, and how our side is called in the same statement. */
export interface ColumnPair {
  readonly column: string
  readonly expected: string
  readonly actual: string
  /** For values that may be written in another form. Without it they must be the same, null being equal to null. */
  readonly isSame?: (expected: unknown, actual: unknown) => boolean
}

export interface ColumnComparison {
  readonly table: string
  /** SQL that names the row in a report. */
  readonly key: string
  /** `FROM … JOIN … [WHERE …]`: both sides, joined by primary key so that the engine streams them. */
  readonly from: string
  readonly columns: readonly ColumnPair[]
}

/** Every row whose columns differ. The engine compares; only rows that differ come here. */
export async function compareColumns(session: SqlSession, comparison: ColumnComparison): Promise<DifferenceList> {
  const { columns, ...rest } = comparison
  return (await compareColumnGroups(session, { ...rest, groups: { columns } })).columns
}

/** The same for several checks that read the same rows, in one pass: a list of differences for each group. */
export async function compareColumnGroups<Group extends string>(
  session: SqlSession,
  comparison: Omit<ColumnComparison, 'columns'> & { readonly groups: Readonly<Record<Group, readonly ColumnPair[]>> },
): Promise<Record<Group, DifferenceList>> {
  const { table, key, from, groups } = comparison
  const names = Object.keys(groups) as Group[]
  const lists = Object.fromEntries(names.map((name) => [name, new DifferenceList()])) as Record<Group, DifferenceList>
  const columns = names.flatMap((group) => groups[group].map((pair) => ({ ...pair, list: lists[group] })))
  const selected = columns.map(({ expected, actual }, index) => `${expected} AS e${index}, ${actual} AS a${index}`)
  const differs = columns.map(({ expected, actual }) => session.dialect.differs(expected, actual))
  const glue = /\bWHERE\b/.test(from) ? 'AND' : 'WHERE'
  const rows = session.iterate<Record<string, unknown>>(
    `SELECT ${key} AS rowKey, ${selected.join(', ')} ${from} ${glue} (${differs.join(' OR ')})`,
  )
  for await (const row of rows) {
    for (const [index, { column, list, isSame = equal }] of columns.entries()) {
      const expected = row[`e${index}`]
      const actual = row[`a${index}`]
      if (isSame(expected, actual)) continue
      list.add({
        table,
        key: String(row.rowKey),
        column,
        expected: showValue(expected),
        actual: showValue(actual),
      })
    }
  }
  return lists
}

/** A column that is copied as it is. */
export function copied(
  legacyAlias: string,
  ourAlias: string,
  legacyColumn: string,
  ourColumn: string = legacyColumn,
): ColumnPair {
  return { column: ourColumn, expected: `${legacyAlias}."${legacyColumn}"`, actual: `${ourAlias}."${ourColumn}"` }
}

/** A timestamp that is kept to the millisecond, whatever form the legacy one has. */
export function copiedTimestamp(legacyAlias: string, ourAlias: string, column: string): ColumnPair {
  return { ...copied(legacyAlias, ourAlias, column), isSame: isSameTimestamp }
}

function isSameTimestamp(expected: unknown, actual: unknown): boolean {
  const read = readLegacyTimestamp(expected)
  return read === undefined ? typeof actual === 'string' : read === actual
}

function equal(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return a === b
}
