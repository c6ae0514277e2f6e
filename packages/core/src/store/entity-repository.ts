/** The key columns of a row, e.g. `{ txLabelId, actionId }`. */
export type KeyOf<Row, Key extends keyof Row> = Pick<Row, Key>

/** Equality on any columns but blobs; `null` matches absence, an array matches any of its values. */
export type Match<Row> = {
  readonly [Column in keyof Row]?: Row[Column] | readonly NonNullable<Row[Column]>[]
}

export interface Page {
  /** At most this many rows. */
  readonly limit?: number
  /** Rows to leave out first, in key order. */
  readonly offset?: number
  readonly descending?: boolean
}

/** Columns an insert may leave out: the generated key, and the timestamps, which storage sets. */
export type NewEntity<Row, Generated extends keyof Row> = Omit<Row, Generated | 'createdAt' | 'updatedAt'> &
  Partial<Pick<Row, Extract<keyof Row, 'createdAt' | 'updatedAt'>>>

export interface EntityReader<Row, Key extends keyof Row> {
  get(key: KeyOf<Row, Key>): Promise<Row | undefined>
  /** Rows that match every given column, in key order. */
  find(match: Match<Row>, page?: Page): Promise<Row[]>
  count(match: Match<Row>): Promise<number>
}

/** Reads and writes one table that no rule needs more of than this. */
export interface EntityWriter<Row, Key extends keyof Row, Generated extends keyof Row> extends EntityReader<Row, Key> {
  /** @throws {UniqueViolationError} if a unique key is taken. */
  insert(row: NewEntity<Row, Generated>): Promise<Row>
  /** The row with this unique key: the stored one untouched, or `row` newly inserted. Safe under concurrent callers. */
  insertIfAbsent(row: NewEntity<Row, Generated>): Promise<{ readonly row: Row; readonly inserted: boolean }>
  /** Whether a row with this key was there to change. Sets `updatedAt` unless `changes` does. */
  update(key: KeyOf<Row, Key>, changes: Partial<Omit<Row, Key | 'createdAt'>>): Promise<boolean>
  /** Whether a row with this key was there to delete. */
  delete(key: KeyOf<Row, Key>): Promise<boolean>
}
