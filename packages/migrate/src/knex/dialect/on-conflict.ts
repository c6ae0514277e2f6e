import type { RowOverwrite } from './migration-dialect.js'
import type { RowMerge } from './reading-dialect.js'

/** A merge as one statement, where the engine has it. */
export function onConflict({ into, key, columns, select, order, set, when }: RowMerge): readonly string[] {
  const sets = Object.entries(set).map(([column, value]) => `${column} = ${value}`)
  const condition = when === undefined ? '' : ` WHERE ${when}`
  return [
    `INSERT INTO ${into} (${columns.join(', ')}) ${select} ORDER BY ${order} ON CONFLICT (${key}) DO UPDATE SET ${sets.join(', ')}${condition}`,
  ]
}

/** An overwriting insert as one statement, where the engine has it. */
export function overwriteOnConflict({
  table,
  key,
  columns,
  select,
  order,
  kept = [],
}: RowOverwrite): readonly string[] {
  const quote = (name: string): string => `"${name}"`
  const sets = columns
    .filter((column) => column !== key && !kept.includes(column))
    .map((column) => `${quote(column)} = excluded.${quote(column)}`)
  return [
    `insert into ${table} (${columns.map(quote).join(', ')}) ${select}${order === undefined ? '' : ` order by ${order}`}` +
      ` on conflict (${quote(key)}) do update set ${sets.join(', ')}`,
  ]
}
