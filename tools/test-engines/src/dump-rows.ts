/** A row as one line of text, bytes in hex: two dumps are equal when their lines are. */
export function rowAsText(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(row).map(([column, value]) => [column, asText(value)]))
}

function asText(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return typeof value === 'bigint' ? String(value) : value
}

/** Every row of every table, by table; the lines of each in an order that does not depend on the engine. */
export async function dumpTables(
  tables: readonly string[],
  rowsOf: (table: string) => Promise<readonly Record<string, unknown>[]> | readonly Record<string, unknown>[],
): Promise<Readonly<Record<string, readonly string[]>>> {
  const dump: Record<string, readonly string[]> = {}
  for (const table of [...tables].sort()) dump[table] = (await rowsOf(table)).map(rowAsText).sort()
  return dump
}
