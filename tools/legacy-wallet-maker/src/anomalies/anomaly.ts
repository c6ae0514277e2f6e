import type { Database } from 'better-sqlite3'

/** A row that an anomaly changed, made or left pointing nowhere. */
export interface TouchedKey {
  table: string
  /** The value of the primary key; both values, joined by a comma, where it has two. */
  key: number | string
}

/** One kind of damage that real legacy databases show. */
export interface Anomaly {
  id: string
  /** What is wrong, as a heading. */
  title: string
  /** The class of finding a migration should report; undefined where it should take the data without remark. */
  finding: string | undefined
  /**
   * Does the damage to one fresh action, so that anomalies never meet and every other row stays as it was.
   * Foreign keys must be off.
   */
  apply: (database: Database) => TouchedKey[]
}
