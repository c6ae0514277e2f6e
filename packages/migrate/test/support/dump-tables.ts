import type { Database } from 'better-sqlite3'

/** Every row of every table as text, sorted, by table name. */
export type TableDump = Readonly<Record<string, readonly string[]>>

/** Bookkeeping whose content tells of the way and not of the result. */
const NOT_DUMPED = /^(sqlite_|migration_(state|outbox|reverse_outbox|batch|scan_inputs)$)/

/** Columns that hold when or as how manieth something was done. */
const OWN_TIMES: Readonly<Record<string, readonly string[]>> = {
  migration_findings: ['findingId', 'created_at'],
  tx_audit: ['auditId'],
  chain_tip: ['observed_at'],
  knex_migrations: ['migration_time'],
  txkeep_migrations: ['applied_at', 'migration_time'],
}

/**
 * What two ways of migrating one wallet must agree on. Numbers our schema gives out are replaced by the txid they stand for,
 * and times of our own are left out; everything else is compared byte for byte.
 */
export function dumpTables(database: Database): TableDump {
  const tables = database
    .prepare(`select name from sqlite_schema where type = 'table' order by name`)
    .pluck()
    .all() as string[]
  const txids = readTxids(database, tables)
  const dump: Record<string, string[]> = {}
  for (const table of tables) {
    if (NOT_DUMPED.test(table)) continue
    const rows = database.prepare(`select * from "${table}"`).all() as Record<string, unknown>[]
    dump[table] = rows.map((row) => rowText(table, row, txids)).sort()
  }
  return dump
}

function readTxids(database: Database, tables: readonly string[]): ReadonlyMap<unknown, unknown> {
  const table = tables.includes('transactions_new') ? 'transactions_new' : 'transactions'
  const columns = database.prepare(`select name from pragma_table_info(?)`).pluck().all(table)
  if (!columns.includes('processing')) return new Map()
  return new Map(
    database.prepare(`select "transactionId", txid from ${table}`).raw().all() as (readonly [unknown, unknown])[],
  )
}

function rowText(table: string, row: Record<string, unknown>, txids: ReadonlyMap<unknown, unknown>): string {
  const isOurs = ['transactions_new', 'actions', 'tx_audit'].includes(table) || 'processing' in row
  const isPlaceholder = table === 'actions' && String(row['reference']).startsWith('recovered-')
  const isNote = table === 'tx_audit' && String(row['event']).startsWith('migration.')
  const entries = Object.entries(row)
    .filter(([column]) => OWN_TIMES[table]?.includes(column) !== true)
    .filter(([column]) => !((isPlaceholder || isNote) && /^((created|updated)_at|details_json)$/.test(column)))
    .map(([column, value]) => {
      if (isOurs && column === 'transactionId') return [column, txids.get(value) ?? value]
      if (table === 'migration_keep' && row['table_name'] === 'migration') return [column, null]
      if (table === 'migration_findings' && column === 'original_json') return [column, withTxid(value, txids)]
      return [column, value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value]
    })
  return JSON.stringify(Object.fromEntries(entries))
}

/** What consumes a phantom coin is written down as our number of it. */
function withTxid(json: unknown, txids: ReadonlyMap<unknown, unknown>): unknown {
  if (typeof json !== 'string') return json
  return json.replace(/"consumer":(\d+)/, (_, id: string) => `"consumer":"${String(txids.get(Number(id)))}"`)
}

/** The tables that differ, and by which rows; empty when the dumps agree. */
export function differencesOf(one: TableDump, other: TableDump): Record<string, { only1: string[]; only2: string[] }> {
  const tables = new Set([...Object.keys(one), ...Object.keys(other)])
  return Object.fromEntries(
    [...tables].flatMap((table) => {
      const only1 = minus(one[table] ?? ['no such table'], other[table] ?? ['no such table'])
      const only2 = minus(other[table] ?? ['no such table'], one[table] ?? ['no such table'])
      return only1.length + only2.length === 0 ? [] : [[table, { only1, only2 }]]
    }),
  )
}

function minus(rows: readonly string[], taken: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const row of taken) left.set(row, (left.get(row) ?? 0) + 1)
  return rows.filter((row) => {
    const count = left.get(row) ?? 0
    left.set(row, count - 1)
    return count <= 0
  })
}
