import type { Connection } from './connection.js'
import type { SchemaDialect } from './schema-dialect.js'
import type { SqlValue } from './sql-value.js'

/** The names of a database's tables, and of the columns of each. */
export type Catalogue = ReadonlyMap<string, ReadonlySet<string>>

/** SQL text with what it binds. */
export interface SqlFragment {
  readonly sql: string
  readonly bindings: readonly SqlValue[]
}

/** The parts of an update from a subquery, as SQL text with quoted names. */
export interface UpdateFrom {
  readonly table: string
  /** What gets the value the subquery has under the same name. */
  readonly columns: readonly string[]
  readonly from: SqlFragment
  readonly where: string
}

/**
 * What one engine does its own way. Everything else is knex builders and shared SQL; an engine is named nowhere but in this
 * folder. A second engine is a second value of this type.
 */
export interface Dialect {
  /** For messages and for `settings.dbtype`. */
  readonly name: string
  readonly schema: SchemaDialect

  /**
   * `insert` and `update` can return rows, and `insert … on conflict` can leave a row out. Without it a repository reads again by
   * key, tries an insert that may meet a row, and takes the unique violation for an answer: it must not spoil the transaction.
   */
  readonly supportsReturning: boolean
  /**
   * More than one unit of work can write at the same time: rows are locked (`for update`, `for share`, `skip locked`) before a
   * decision is made about them. Without it the engine has one write lock, and `Store` queues writes in this process.
   */
  readonly supportsConcurrentWriters: boolean
  /**
   * A shared lock on a row keeps every other writer from changing it. Without it (a cluster that certifies only what was written)
   * a lease is fenced by a write to its row.
   */
  readonly supportsReadLocks: boolean
  /** A read that locks takes the rows of every table it joins; those of a subquery it leaves alone. */
  readonly locksWholeJoins?: boolean
  /** A union reads its parts to their end, whatever its limit, so each part is ordered and limited by itself too. */
  readonly limitsUnionParts?: boolean
  /** A database is the wallet of one user or few: reading a small set of everybody's rows once beats asking for each row of one's own. */
  readonly holdsFewWallets?: boolean
  /** Values one statement can bind. */
  readonly maxBindings: number

  /** The nth value of a statement, from 1, as the driver takes it: `?`, `$1`. */
  placeholder(position: number): string
  /** Database time in whole milliseconds since 1970, as an expression. Leases use no other clock. */
  readonly nowMillisecondsExpression: string
  /** A text column as an expression that sorts by the numbers of its characters, whatever language the database sorts in. */
  bytewise(column: string): string
  /** A subquery with one column holding `values`, however many: `where id in (…)` without a limit on their number. */
  valueList(values: readonly (string | number)[]): SqlFragment
  /**
   * Text behind a table's name that makes a statement read it by this index. Left out where the engine finds that index by itself,
   * also while a user has few coins: what is right for few must stay right for many.
   */
  indexHint?(index: string): string
  /** The numbers of a list stand in the statement itself: with a subquery an update would read the whole table. */
  readonly writesNumbersOut?: boolean
  /**
   * A subquery with the columns `c0`, `c1`, … holding `tuples`, however many, to join with. Numbers stay numbers.
   */
  tupleList(tuples: readonly (readonly (string | number | null)[])[]): SqlFragment
  /**
   * One update of the rows of `table` that have a partner in the subquery `from`, known as `r` in `where`. Each is text; the
   * placeholders of `from` are the driver's already.
   */
  updateFrom(update: UpdateFrom): SqlFragment
  /** What makes every other writer of a table wait until the transaction ends; undefined where writers run one at a time. */
  lockTable(table: string): SqlFragment | undefined

  /**
   * Runs `work`, which looks at the database and makes the schema, while nobody else does; in one transaction where the engine
   * can roll a schema back.
   */
  makingSchema<T>(connection: Connection, work: () => Promise<T>): Promise<T>

  /** The session behind a connection of knex's pool, set up (session marker, foreign keys) the first time it is seen. */
  connect(driverConnection: unknown): Connection
  readCatalogue(connection: Connection): Promise<Catalogue>
  /** The error of core that says what a driver's error means; one that is not of the driver comes back as it is. */
  translateError(error: unknown): unknown
}
