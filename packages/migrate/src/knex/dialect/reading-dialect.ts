import type { SqlBinding, SqlSession } from '../sql-session.js'

/** A column of rows handed over as one value. */
export interface ListedColumn {
  readonly name: string
  readonly type: 'number' | 'text'
}

export interface BoundRows {
  /** A parenthesis to select from. */
  readonly sql: string
  readonly bindings: readonly SqlBinding[]
}

/** Rows that are added to a temporary table, or change the ones that have their key. */
export interface RowMerge {
  readonly into: string
  readonly key: string
  readonly columns: readonly string[]
  /** Values in order of the columns: a `SELECT` without an order, and the order in which new rows are numbered. */
  readonly select: string
  readonly order: string
  /** What a row that is there gets: expressions over `excluded`, the new row, and the table itself. */
  readonly set: Readonly<Record<string, string>>
  /** Only where this holds. */
  readonly when?: string
}

/** How one engine says what reading and understanding legacy rows needs. The model of `verify/legacy-model.ts` is written in it. */
export interface ReadingDialect {
  /**
   * Until the transaction ends, every table shows its rows to this session as SQLite would: flags as 0 and 1, moments as text in the
   * stored form. Inside a read transaction; nothing of it outlives it.
   */
  present(session: SqlSession): Promise<void>
  /** Drops a temporary table, when it is there. */
  dropTemporaryTable(name: string): string
  /** An index of a temporary table that is filled; undefined where making one would end the transaction. */
  temporaryIndex(name: string, table: string, columns: string): string | undefined
  /** What then stands behind the columns when the table is made. */
  indexedAtCreation(columns: string): string
  /** The type of a column that takes a legacy timestamp as it is. */
  readonly timestampType: string
  /**
   * Runs statements that insert or update, and may meet one `key` more than once. `source` is what it selects from: the rows
   * of `table` (those without a key may be missing), all at once or one per key and turn in order of `order`, whichever the engine can.
   */
  inTurns(
    session: SqlSession,
    rows: { readonly table: string; readonly key: string; readonly order: string },
    statements: (source: string) => readonly string[],
  ): Promise<void>

  /** A statement that adds rows to a temporary table with a key: `select` may give a key again, or one that is there. */
  addRows(table: string, select: string): string
  /** Rows of bound values with the columns `column1`, `column2`, …, to select from. */
  boundRows(width: number, count: number): string
  /** Statements that merge rows into a temporary table, each key once. In order. */
  mergeRows(merge: RowMerge): readonly string[]
  /** JSON text of a text. */
  jsonString(value: string): string
  /** No bytes, as a value of a column of bytes. */
  readonly noBytes: string
  /** Whether `value` is stored as a whole number; false for null. */
  isWholeNumber(value: string): string
  /** `value` when it is printable ASCII, else its bytes as `0x…`; null when it is null. */
  printable(value: string): string
  /** The place of `part` in `text`, from 1; 0 when it is not in it. */
  position(text: string, part: string): string
  /** JSON text of an array with `value` alone. */
  jsonArrayOf(value: string): string
  jsonArrayLength(value: string): string
  /** Whether text is JSON, and an object. */
  isJsonObject(value: string): string
  /** Whether a legacy timestamp can be read. */
  isReadableMoment(value: string): string
  /** Any number of rows, bound as one value. */
  listedRows(columns: readonly ListedColumn[], rows: readonly (readonly (string | number)[])[]): BoundRows
  /** How the engine logs writes, where there is a choice. For people. */
  describeJournal(session: SqlSession): Promise<string | undefined>
  /** Where the database takes room: a folder of this machine, its memory, or the disk of a server nobody can ask about. */
  placeOf(session: SqlSession): Promise<{ readonly folder: string } | 'memory' | 'server'>
  /** Names of views that cannot be read, where the engine lets one break. */
  brokenViews(session: SqlSession): Promise<readonly string[]>
  /** What makes a backup and tries it, where a backup is no file that opens by itself. For people. */
  readonly backupTools: string | undefined
}
