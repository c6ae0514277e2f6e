import { SESSION_MARKER_SETTING } from '@txkeep/storage-knex'
import type { Knex } from 'knex'
import type { ClientBase } from 'pg'
import type { SqlBinding, SqlSession, SqlSessionOptions } from '../sql-session.js'
import type { MigrationDialect } from './migration-dialect.js'
import { translatePostgresError } from './postgres-errors.js'
import { postgresStatement } from './postgres-statement.js'
import { showThroughViews } from './postgres-reading-dialect.js'
import { POSTGRES_VALUES } from './postgres-values.js'

const LOCK_WAIT_MS = 30_000
/** A session that reads everything joins whole tables. */
const READING_MEMORY = '32MB'

/** What a fetch may bring at once: rows are small or hold a whole transaction, and nobody knows which before. */
const FETCHED_BYTES = 2_000_000
const FIRST_FETCH = 16
const MOST_FETCHED = 2000

/** Any number that no other application is likely to use: "txkmig" in ASCII. */
const MIGRATOR_LOCK = 0x74_78_6b_6d_69_67

/** Only a migrator's connection has it: triggers that refuse everybody else look at it. */
export const MIGRATOR_MARKER_SETTING = 'txkeep.migrator'

/** What a migration needs of its connection. Given back as it was. */
const SETTINGS = {
  [SESSION_MARKER_SETTING]: '1',
  [MIGRATOR_MARKER_SETTING]: '1',
  timezone: 'UTC',
  datestyle: 'ISO, YMD',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  statement_timeout: '0',
  idle_in_transaction_session_timeout: '0',
  // Statements are many and short: compiling them costs more than running them.
  jit: 'off',
} as const

/**
 * Joins are written in the order in which they are to be walked, because work sets have no statistics; and looking a row up costs hardly
 * more than reading on, because what is looked up was just written or read.
 */
const DERIVING = {
  join_collapse_limit: '1',
  random_page_cost: '1.1',
  work_mem: '32MB',
} as const

/** Pins a connection of a `pg` pool. `close` restores every setting. */
export async function openPostgresMigrationSession(
  knex: Knex,
  dialect: MigrationDialect,
  { lockWaitMs = LOCK_WAIT_MS, readsEverything = false }: SqlSessionOptions,
): Promise<SqlSession> {
  const client: ClientBase = await translated(knex.client.acquireConnection())
  const settings = {
    ...SETTINGS,
    lock_timeout: String(Math.round(lockWaitMs)),
    ...(readsEverything ? { work_mem: READING_MEMORY } : {}),
  }
  try {
    const before: [string, string][] = []
    for (const [name, value] of Object.entries(settings)) {
      const { rows } = await client.query<{ was: string | null }>(`select current_setting($1, true) as was`, [name])
      before.push([name, rows[0]?.was ?? ''])
      await client.query('select set_config($1, $2, false)', [name, value])
    }
    return new PostgresMigrationSession(knex, client, dialect, before)
  } catch (error) {
    await knex.client.releaseConnection(client)
    throw translatePostgresError(error)
  }
}

/** Shows every table through a view of this session that writes do not go through. */
export async function showTables(session: SqlSession): Promise<void> {
  if (session instanceof PostgresMigrationSession) await session.showTables()
}

/** Until the transaction ends, names mean the tables themselves. */
export async function hideTables(session: SqlSession): Promise<void> {
  if (session instanceof PostgresMigrationSession) await session.hideTables()
}

/** Runs `work` with names that mean the tables themselves, inside a transaction. */
export async function namingTables<T>(session: SqlSession, work: () => Promise<T>): Promise<T> {
  const row = await session.get<{ path: string }>(`select current_setting('search_path') as path`)
  const setPath = 'select set_config(?, ?, true)'
  await session.all(setPath, ['search_path', `${row?.path ?? 'public'}, pg_temp`])
  const result = await work()
  await session.all(setPath, ['search_path', row?.path ?? 'public'])
  return result
}

class PostgresMigrationSession implements SqlSession {
  readonly dialect: MigrationDialect
  readonly #knex: Knex
  readonly #client: ClientBase
  readonly #settingsBefore: readonly (readonly [string, string])[]
  readonly #statements: Map<string, string> = new Map()
  #inTransaction = false
  #cursors = 0
  #shown: Shown | undefined
  #closed = false

  constructor(
    knex: Knex,
    client: ClientBase,
    dialect: MigrationDialect,
    settingsBefore: readonly (readonly [string, string])[],
  ) {
    this.#knex = knex
    this.#client = client
    this.dialect = dialect
    this.#settingsBefore = settingsBefore
  }

  get inTransaction(): boolean {
    return this.#inTransaction
  }

  async run(sql: string, bindings: readonly SqlBinding[] = []): Promise<{ readonly changes: number }> {
    return { changes: (await this.#query(sql, bindings)).rowCount ?? 0 }
  }

  async all<T>(sql: string, bindings: readonly SqlBinding[] = []): Promise<T[]> {
    return (await this.#query(sql, bindings)).rows as T[]
  }

  async get<T>(sql: string, bindings: readonly SqlBinding[] = []): Promise<T | undefined> {
    return (await this.all<T>(sql, bindings))[0]
  }

  async *iterate<T>(sql: string, bindings: readonly SqlBinding[] = []): AsyncGenerator<T> {
    for await (const rows of this.#batches<T>(sql, bindings, {})) yield* rows
  }

  async each<Row extends readonly unknown[]>(sql: string, visit: (row: Row) => void): Promise<void> {
    for await (const rows of this.#batches<Row>(sql, [], { rowMode: 'array' })) for (const row of rows) visit(row)
  }

  /** A cursor, so that rows wait on the server; outside a transaction in one of its own that is kept open meanwhile. */
  async *#batches<T>(sql: string, bindings: readonly SqlBinding[], shape: RowShape): AsyncGenerator<readonly T[]> {
    const ownsTransaction = !this.#inTransaction
    if (ownsTransaction) await this.#query('begin isolation level repeatable read')
    this.#inTransaction = true
    this.#cursors += 1
    const cursor = `txkeep_rows_${this.#cursors}`
    let isSound = false
    try {
      await this.#query(`declare ${cursor} no scroll cursor for ${sql}`, bindings)
      let size = FIRST_FETCH
      for (;;) {
        const rows = (await this.#query(`fetch forward ${size} from ${cursor}`, [], shape)).rows as T[]
        yield rows
        if (rows.length < size) break
        size = nextFetch(rows)
      }
      isSound = true
    } catch (error) {
      throw translatePostgresError(error)
    } finally {
      if (ownsTransaction) {
        this.#inTransaction = false
        await this.#client.query('rollback')
      } else if (isSound || !(await this.#isAborted())) await this.#client.query(`close ${cursor}`)
    }
  }

  /** A transaction that reads sees one moment and is rolled back: nothing it made for itself stays. */
  async transaction<T>(mode: 'read' | 'immediate', work: () => Promise<T>): Promise<T> {
    await this.#query(
      mode === 'read'
        ? 'begin isolation level repeatable read read write'
        : 'begin isolation level read committed read write',
    )
    this.#inTransaction = true
    let isDone = false
    try {
      // One migrator writes at a time; legacy writers go on.
      if (mode === 'immediate') await this.#query(`select pg_advisory_xact_lock(${MIGRATOR_LOCK})`)
      const result = await work()
      if (mode === 'immediate') await this.#commit()
      isDone = mode === 'immediate'
      return result
    } finally {
      this.#inTransaction = false
      if (!isDone) await this.#client.query('rollback').catch(() => undefined)
    }
  }

  async showTables(): Promise<void> {
    if (this.#shown === undefined) {
      const place = await this.get<{ schema: string; path: string }>(
        `select quote_ident(current_schema()) as schema, current_setting('search_path') as path`,
      )
      for (const [name, value] of Object.entries(DERIVING))
        await this.all('select set_config(?, ?, false)', [name, value])
      const names = await showThroughViews(this)
      this.#shown = { names: new Set(names), schema: place?.schema ?? 'public', path: place?.path ?? 'public' }
      this.#statements.clear()
    } else if (this.#inTransaction) {
      await this.run(`set local search_path to ${this.#shown.path}`)
    }
  }

  /** Where temporary names come last. */
  async hideTables(): Promise<void> {
    if (this.#shown !== undefined) await this.run(`set local search_path to ${this.#shown.path}, pg_temp`)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    try {
      if (this.#shown !== undefined) for (const name of Object.keys(DERIVING)) await this.#client.query(`reset ${name}`)
      for (const [name, value] of this.#settingsBefore) {
        await this.#client.query('select set_config($1, $2, false)', [name, value])
      }
      await this.#client.query('discard temp')
    } catch {
      // A connection that is broken has nothing to restore: knex finds out when it lends it again.
    } finally {
      await this.#knex.client.releaseConnection(this.#client)
    }
  }

  /** A transaction with a failed statement answers its commit with ROLLBACK. */
  async #commit(): Promise<void> {
    const { command } = await this.#query('commit')
    if (command !== 'COMMIT') throw translatePostgresError(Object.assign(new Error('not committed'), { code: '40001' }))
  }

  /** A write goes to the table, not to the view that shows it. */
  #intoTables(sql: string): string {
    const shown = this.#shown
    if (shown === undefined) return sql
    return sql.replace(TARGET, (text, verb: string, name: string) =>
      shown.names.has(name.replaceAll('"', '')) ? `${verb}${shown.schema}.${name}` : text,
    )
  }

  async #isAborted(): Promise<boolean> {
    return await this.#client.query('select 1').then(
      () => false,
      () => true,
    )
  }

  async #query(
    sql: string,
    bindings: readonly SqlBinding[] = [],
    shape: RowShape = {},
  ): Promise<{ readonly rows: unknown[]; readonly rowCount: number | null; readonly command: string }> {
    let text = this.#statements.get(sql)
    if (text === undefined) {
      text = this.#intoTables(postgresStatement(sql))
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear()
      this.#statements.set(sql, text)
    }
    return await translated(this.#client.query({ text, values: [...bindings], types: POSTGRES_VALUES, ...shape }))
  }
}

/** What views show, and where the tables behind them are. */
interface Shown {
  readonly names: ReadonlySet<string>
  readonly schema: string
  readonly path: string
}

const TARGET = /^(\s*(?:insert into|update|delete from)\s+)("?\w+"?)(?=[\s(]|$)/i

/** Rows come under the names of their columns, or as values in order. */
type RowShape = { readonly rowMode?: 'array' }

const MOST_STATEMENTS = 500

async function translated<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (error) {
    throw translatePostgresError(error)
  }
}

/** As many rows as fit, judged by those that came. */
function nextFetch(rows: readonly unknown[]): number {
  const bytes = rows.reduce<number>((sum, row) => sum + sizeOf(row), 0) / rows.length
  return Math.max(1, Math.min(MOST_FETCHED, Math.floor(FETCHED_BYTES / Math.max(bytes, 1))))
}

function sizeOf(row: unknown): number {
  return Object.values(row as object).reduce<number>(
    (sum, value) => sum + (typeof value === 'string' || value instanceof Uint8Array ? value.length : 8),
    0,
  )
}
