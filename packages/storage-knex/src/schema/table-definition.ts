/** What a column holds, whatever an engine calls it. `id` is a generated integer primary key that never reuses a number. */
export type ColumnType = 'id' | 'integer' | 'bigint' | 'boolean' | 'timestamp' | 'string' | 'text' | 'bytes'

export interface ColumnDefinition {
  readonly name: string
  readonly type: ColumnType
  /** Characters, for `string` only. */
  readonly length?: number
  readonly nullable: boolean
  /** `now` is the moment of the insert by database time, in the stored form of a timestamp. */
  readonly default?: number | string | boolean | 'now'
}

export interface IndexDefinition {
  /** Unique in the whole database: index names are global on some engines and do not move with a renamed table. */
  readonly name: string
  readonly columns: readonly string[]
  /**
   * One of `columns`, a boolean: only rows where it is true are looked for. An engine with partial indexes holds only those, and
   * leaves the column out; elsewhere it is an ordinary index.
   */
  readonly onlyWhere?: string
  /** The same for one of `columns` that is null in every row looked for. */
  readonly onlyWhereNull?: string
}

/** One column that points to the single-column key of another table. Nothing cascades. */
export interface ForeignKeyDefinition {
  readonly column: string
  readonly table: string
  readonly references: string
}

/** A rule the engine itself holds. */
export type CheckDefinition =
  | {
      readonly name: string
      readonly kind: 'in'
      readonly column: string
      readonly values: readonly (string | number)[]
    }
  | {
      readonly name: string
      /** While `column` is one of `values`, `notNull` holds something. */
      readonly kind: 'requires'
      readonly column: string
      readonly values: readonly string[]
      readonly notNull: string
    }

export interface TableDefinition {
  readonly name: string
  /**
   * `shared`: the legacy schema has the same table and a migration leaves it in place. `rebuilt`: the legacy schema has a table
   * of this name and another shape, so a migration fills it under another name. `new`: only this schema has it.
   */
  readonly origin: 'shared' | 'rebuilt' | 'new'
  readonly columns: readonly ColumnDefinition[]
  /** Left out when a column of type `id` is the key, or when the table has none. */
  readonly primaryKey?: readonly string[]
  readonly uniqueKeys: readonly IndexDefinition[]
  readonly indexes: readonly IndexDefinition[]
  /** Columns that decide one another: an engine that can be told so does not take their combinations for rare. */
  readonly dependencies?: readonly IndexDefinition[]
  readonly foreignKeys: readonly ForeignKeyDefinition[]
  readonly checks: readonly CheckDefinition[]
}
