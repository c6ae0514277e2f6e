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

/**
 * What one engine does its own way. Everything else is knex builders and shared SQL; an engine is named nowhere but in this
 * folder. A second engine is a second value of this type.
 */
export interface Dialect {
  /** For messages and for `settings.dbtype`. */
  readonly name: string
  readonly schema: SchemaDialect

  /** `insert`, `update` and `delete` can return rows. Without it a repository reads again by key. */
  readonly supportsReturning: boolean
  /** Readers can skip rows another transaction has locked. Without it writers run one at a time. */
  readonly supportsSkipLocked: boolean
  /** More than one unit of work can write at the same time. Without it `Store` queues writes in this process. */
  readonly supportsConcurrentWriters: boolean
  /** Values one statement can bind. */
  readonly maxBindings: number

  /** Database time in whole milliseconds since 1970, as an expression. Leases use no other clock. */
  readonly nowMillisecondsExpression: string
  /** A subquery with one column holding `values`, however many: `where id in (…)` without a limit on their number. */
  valueList(values: readonly (string | number)[]): SqlFragment
  /**
   * A subquery with the columns `c0`, `c1`, … holding `tuples`, however many, to join with. Numbers stay numbers.
   */
  tupleList(tuples: readonly (readonly (string | number | null)[])[]): SqlFragment

  /** The session behind a connection of knex's pool, set up (session marker, foreign keys) the first time it is seen. */
  connect(driverConnection: unknown): Connection
  readCatalogue(connection: Connection): Promise<Catalogue>
  /** The error of core that says what a driver's error means; one that is not of the driver comes back as it is. */
  translateError(error: unknown): unknown
}
