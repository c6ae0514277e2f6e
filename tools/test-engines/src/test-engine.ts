export type EngineName = 'SQLite' | 'Postgres' | 'MySQL'

/** An engine suites run on. `MySQL` stands for its family: the server may be a MariaDB. */
export interface TestEngine {
  readonly name: EngineName
  /** Why nothing can run on it here, as a sentence; undefined when it answers. */
  readonly missing: string | undefined
  /** Making a database takes so long that a suite had better empty one (`TestDatabase.empty`) and use it again. */
  readonly isCostly: boolean
  /** A new, empty database that nobody else uses. */
  makeDatabase(): Promise<TestDatabase>
}

export interface TestDatabase {
  /** As `openStore` takes it. */
  readonly url: string
  /** Runs one statement as a stranger, on a connection without our session marker. Values are as the driver gives them. */
  query(sql: string, bindings?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Every row of every table, each as a line of text, by table: what a test compares before and after. */
  dump(): Promise<Readonly<Record<string, readonly string[]>>>
  /** Deletes every row of these tables, children before parents. */
  empty(tables: readonly string[]): Promise<void>
  /** Ends every connection to it, also those of others, and removes it. */
  drop(): Promise<void>
}
