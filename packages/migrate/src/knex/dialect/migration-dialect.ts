import type { SchemaDialect } from '@txkeep/storage-knex/schema'
import type { Knex } from 'knex'
import type { SqlSession, SqlSessionOptions } from '../sql-session.js'
import type { ReadingDialect } from './reading-dialect.js'

/** One table, index, view or trigger as the catalogue has it. */
export interface CatalogueObject {
  readonly type: string
  readonly name: string
  readonly table: string
  /** Null for indexes an engine makes by itself. */
  readonly sql: string | null
}

export interface NamedStatement {
  readonly name: string
  readonly sql: string
}

/** Which columns of a changed row a capture trigger writes as `key1` and `key2`. */
export interface CaptureKeys {
  readonly table: string
  readonly key1: string
  readonly key2: string | undefined
  /** Other columns no two rows may share: a write that replaces what is in its way removes the row that has them. */
  readonly unique?: readonly string[]
}

/** One reference as the catalogue has it. */
export interface DeclaredReference {
  readonly column: string
  readonly parent: string
  /** Null where the catalogue leaves the parent's primary key unsaid. */
  readonly references: string | null
}

/** Rows that are written whatever is there under their key. */
export interface RowOverwrite {
  readonly table: string
  readonly key: string
  readonly columns: readonly string[]
  /** `select` with the values of the columns in order, up to a condition. */
  readonly select: string
  readonly order?: string
  /** Columns an existing row keeps. */
  readonly kept?: readonly string[]
}

/** What one engine does its own way. Everything else is shared SQL; an engine is named nowhere but in this folder. */
export interface MigrationDialect {
  readonly name: string
  readonly schema: SchemaDialect
  /** How legacy rows are read and understood. */
  readonly reading: ReadingDialect
  openSession(knex: Knex, options: SqlSessionOptions): Promise<SqlSession>

  /** Database time in whole milliseconds since 1970, as an expression. */
  readonly nowMs: string
  /** Database time in the stored form of a timestamp. */
  readonly now: string
  /** `value` in the stored form of a timestamp (UTC, milliseconds); null when it cannot be read. */
  timestamp(value: string): string
  /** Whether `value` has the stored form already, by its shape. */
  isStoredTimestamp(value: string): string
  /** `value` verbatim when it is JSON, else as a JSON string. */
  jsonText(value: string): string
  /** The number JSON text in `column` has under `key`; null when there is none. */
  jsonNumber(column: string, key: string): string
  /** JSON text of an object with these values; bytes as their hex digits. */
  jsonObject(values: Readonly<Record<string, string>>): string
  /** Whether two values are not the same, null being the same as null. */
  differs(one: string, other: string): string
  /** A whole number that is kept as text. */
  number(value: string): string
  /** `value` as `column` takes it, of whichever table: a flag is given as 0 or 1, a moment in the stored form. */
  stored(column: string, value: string): string
  /** The next number of `table`, as a value for its numbering column. */
  newNumber(table: string, column: string): string
  /** The lesser and the greater of values that are not null. */
  least(...values: readonly string[]): string
  greatest(...values: readonly string[]): string
  /** All `values` in one text that is another one when a value is: cheaper to read than many columns. Bytes as hex digits. */
  rowText(values: readonly string[]): string
  /** Bytes for `rowText`, or only how many they are when they are more than `most`. */
  bytesOrLength(value: string, most: number): string
  /** `value` as text, for keys of findings. */
  text(value: string): string
  /**
   * A join whose left side is walked first. Work sets are small and have no statistics: without it an engine may walk the whole
   * table and look every row up in the work set, once per range.
   */
  readonly joinInOrder: string
  /** What rows of an ordered subquery have to be ordered by once more before they are numbered: nothing where it is walked in its order. */
  orderAgain(column: string): string
  /**
   * From now on, until this session ends, every table shows its rows to it as `reading.present` makes them, and writes go to the tables
   * themselves. Outside a transaction.
   */
  show(session: SqlSession): Promise<void>
  /** Until the transaction ends, names mean the tables themselves again. */
  hide(session: SqlSession): Promise<void>
  /**
   * How many rows of values one statement takes: more would save little, and no engine takes any number of bindings. Where statements
   * travel, what is left over goes `restTogether`; where they are kept prepared, one by one.
   */
  readonly insertedAtOnce: { readonly rows: number; readonly restTogether: boolean }
  /** Whether one request may hold several statements. */
  readonly takesManyStatements: boolean
  /**
   * `insert`, `select` and its `order`, as statements that also overwrite rows that have their `key` already.
   */
  overwrite(write: RowOverwrite): readonly string[]
  /** Statements that empty temporary tables. */
  emptyTemporaryTables(names: readonly string[]): readonly string[]
  /** A temporary table of this session; `columns` as in `create table`. */
  createTemporaryTable(name: string, columns: string): string
  /** A `create table` with a primary key, stored in the order of that key where the engine lets one choose. */
  organizeByKey(createTable: string): string
  /** Makes indexes one after the other. Sorting takes memory beside the page cache, so that both together stay bounded. */
  makeIndexes(session: SqlSession, statements: readonly NamedStatement[]): Promise<void>
  renameTable(from: string, to: string): string
  /** Row triggers that only append keys to `outbox`, of rows a write replaces as well. Their names start with `prefix`. */
  captureTriggers(keys: CaptureKeys, prefix: string, outbox: string): readonly NamedStatement[]
  /** Triggers that refuse every write of a connection without our session marker, with a sentence. */
  fenceTriggers(table: string, prefix: string): readonly NamedStatement[]
  /** Triggers that refuse every write of a connection that is not a migrator's, with a sentence: ours as well. */
  retirementTriggers(table: string, prefix: string): readonly NamedStatement[]
  dropTrigger(name: string, table: string): string

  /** The highest number a table ever gave out; 0 when it gave none. */
  readSequence(session: SqlSession, table: string, column: string): Promise<number>
  /** Makes sure the next number of `table` is above `atLeast`. */
  raiseSequence(session: SqlSession, table: string, column: string, atLeast: number): Promise<void>
  /** What the engine finds wrong with its own files, in its words, at most 20; undefined where it has no way to ask. */
  findDamage(session: SqlSession): Promise<readonly string[] | undefined>
  /** Rows of `table` whose reference points nowhere. */
  brokenReferences(
    session: SqlSession,
    table: string,
  ): Promise<readonly { readonly parent: string; readonly rowid: number | null }[]>
  /** Writes out what is pending, so that the swap itself has little to do. Waits for nobody. */
  beforeSwap(session: SqlSession): Promise<void>
  /**
   * Inside the transaction of a swap: keeps writers from `tables`, or readers as well, for as long as it takes. Waits a moment only.
   *
   * @throws {StoreBusyError} when somebody else holds one of them.
   */
  lockForSwap(session: SqlSession, tables: readonly string[], exclusively: boolean): Promise<void>
  /** Statements that change the schema commit by themselves, so that a step of several can end between two of them. */
  readonly schemaCommitsItself: boolean
  /** Whether this version swaps names on this engine; what needs it refuses before it changes anything. */
  readonly swaps: boolean
  /** For how long a swap that gave way to somebody is tried again, in milliseconds. */
  readonly swapPatienceMs: number
  /** Statements that declare the references of our tables where that was not done when they were made. Inside the swap. */
  declareReferences(): readonly string[]
  /** Statements that take back what `declareReferences` did. Inside the swap back. */
  withdrawReferences(session: SqlSession): Promise<readonly string[]>
  /** After the swap, with others at work: what is left to do about declared references. Does nothing when it was done. */
  settleReferences(session: SqlSession): Promise<void>
  /** How a statement names a table whatever else is shown under its name. */
  tableItself(session: SqlSession, table: string): Promise<string>
  /** Rewrites the database without the space dropped tables held. */
  giveBackSpace(session: SqlSession): Promise<void>
  /**
   * Writes catalogue entries down with other quotes. Inside a transaction. Undefined where a rename leaves what is written down as it is.
   */
  readonly rewriteSchemaText: ((session: SqlSession, objects: readonly CatalogueObject[]) => Promise<void>) | undefined
  readCatalogue(session: SqlSession): Promise<readonly CatalogueObject[]>
  columnNames(session: SqlSession, table: string): Promise<readonly string[]>
  /** Every column of every table that is not the engine's own. */
  tableColumns(session: SqlSession): Promise<readonly { readonly table: string; readonly column: string }[]>
  /** The references a table declares. */
  declaredReferences(session: SqlSession, table: string): Promise<readonly DeclaredReference[]>
  /** The index the engine takes for a statement with a fixed order; `, then sorts` behind it when it has to sort. */
  plannedIndex(session: SqlSession, select: string): Promise<string>
  /** How much room the database takes on its disk. */
  databaseBytes(session: SqlSession): Promise<number>
  /** The columns of a table that are not declared as not null. */
  nullableColumns(session: SqlSession, table: string): Promise<readonly string[]>
  /** Whether an index sees to it that no two rows share the values of `columns`, or of some of them. */
  hasUniqueIndex(session: SqlSession, table: string, columns: readonly string[]): Promise<boolean>
  /** Inside a transaction: fails with the engine's own words when something in the schema would not let a table be renamed. */
  assertRenamable(session: SqlSession, table: string): Promise<void>
}
