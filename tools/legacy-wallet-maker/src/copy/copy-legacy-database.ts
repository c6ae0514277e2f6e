import BetterSqlite3, { type Database } from 'better-sqlite3'
import type { Knex } from 'knex'
import { KnexMigrations } from '../toolbox.js'
import { legacyServerFor, type LegacyColumn, type LegacyServer } from './legacy-server.js'
import { momentOf } from './moment-of.js'

export interface CopyLegacyDatabaseOptions {
  /** A legacy wallet on SQLite. It is only read. */
  readonly from: string
  /** An empty database: `postgres://…` or `mysql://…`. */
  readonly to: string
}

/**
 * Makes the legacy schema on a server, in the version the file has, with the published migrations, and copies every row. Numbers,
 * bytes and texts stay; flags and moments take the server's types; rows that point nowhere are copied as they are, and numbering
 * goes on where the file's would. Returns the number of rows per table.
 *
 * @throws {RangeError} if a value has no place in the server's column (text in place of a number, an unreadable moment), naming
 * table and row. The rows are copied in one transaction: then none is there.
 */
export async function copyLegacyDatabase({
  from,
  to,
}: CopyLegacyDatabaseOptions): Promise<Readonly<Record<string, number>>> {
  const server = legacyServerFor(to)
  const source = new BetterSqlite3(from, { readonly: true, fileMustExist: true })
  const target = server.open(to)
  try {
    await makeSchema(source, target, server)
    return await target.transaction(async (transaction) => {
      const columns = await server.readColumns(transaction)
      const counts: Record<string, number> = {}
      await server.suspendReferences(transaction)
      await transaction('settings').delete()
      for (const table of tablesOf(source)) counts[table] = await copyRows(source, transaction, table, columns)
      await transaction('settings').update({ dbtype: server.dbtype })
      await server.resumeReferences(transaction)
      await copySequences(source, transaction, server, columns)
      return counts
    })
  } finally {
    await target.destroy()
    source.close()
  }
}

async function makeSchema(source: Database, target: Knex, server: LegacyServer): Promise<void> {
  const applied = new Set(source.prepare('select name from knex_migrations').pluck().all() as string[])
  const published = new KnexMigrations('mock', 'copy', '00', 1024)
  await target.migrate.latest({
    migrationSource: {
      getMigrations: async () => (await published.getMigrations()).filter((name) => applied.has(name)),
      getMigrationName: (name: string) => name,
      getMigration: (name: string) => published.getMigration(name),
    },
  })
  for (const sql of server.widen) await target.raw(sql)
}

/** Those of the wallet; the published migrations filled their own already. */
function tablesOf(source: Database): string[] {
  return source
    .prepare(
      `select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'
       and name not in ('knex_migrations', 'knex_migrations_lock') order by name`,
    )
    .pluck()
    .all() as string[]
}

/** Few enough that their values are fewer than a statement may bind. */
const ROWS_PER_INSERT = 200

async function copyRows(
  source: Database,
  target: Knex.Transaction,
  table: string,
  columns: readonly LegacyColumn[],
): Promise<number> {
  const kinds = new Map(columns.filter((each) => each.table === table).map(({ column, kind }) => [column, kind]))
  let copied = 0
  let batch: Record<string, unknown>[] = []
  const flush = async (): Promise<void> => {
    try {
      if (batch.length > 0) await target(table).insert(batch)
    } catch (error) {
      const reason = error instanceof Error ? error.message.split(' - ').at(-1) : String(error)
      throw new RangeError(
        `Rows ${copied} to ${copied + batch.length - 1} of ${table} have no place there: ${reason}.`,
        { cause: error },
      )
    }
    copied += batch.length
    batch = []
  }
  for (const row of source.prepare(`select * from "${table}" order by rowid`).iterate()) {
    batch.push(converted(table, row as Record<string, unknown>, kinds))
    if (batch.length === ROWS_PER_INSERT) await flush()
  }
  await flush()
  return copied
}

function converted(
  table: string,
  row: Readonly<Record<string, unknown>>,
  kinds: ReadonlyMap<string, LegacyColumn['kind']>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const kind = kinds.get(column)
      if (kind === undefined) throw new RangeError(`The published schema has no column ${column} in ${table}.`)
      try {
        return [
          column,
          value === null || kind === 'other' ? value : kind === 'moment' ? momentOf(value) : flagOf(value),
        ]
      } catch (error) {
        throw new RangeError(
          `${table}.${column} of ${JSON.stringify(Object.values(row).slice(0, 3))}: ${String(error)}`,
          { cause: error },
        )
      }
    }),
  )
}

function flagOf(value: unknown): boolean {
  if (value !== 0 && value !== 1) throw new RangeError(`'${String(value)}' is no flag.`)
  return value === 1
}

async function copySequences(
  source: Database,
  target: Knex.Transaction,
  server: LegacyServer,
  columns: readonly LegacyColumn[],
): Promise<void> {
  const last = source.prepare('select seq from sqlite_sequence where name = ?').pluck()
  for (const { table, column } of columns.filter(({ numbers }) => numbers)) {
    const seq = table.startsWith('knex_') ? undefined : last.get(table)
    if (typeof seq === 'number' && seq > 0) await server.setSequence(target, table, column, seq)
  }
}
