import type { ColumnDefinition } from '../schema/table-definition.js'

/** How one engine writes a schema down. `createTableStatements` renders everything else, so that engines differ only in this. */
export interface SchemaDialect {
  /** An identifier, quoted so that reserved words (`change`, `when`, `key`) are fine. */
  quote(identifier: string): string
  /** The declared type of a column, e.g. `varchar(64)`. For `id` it holds the key and the generator too. */
  columnType(column: ColumnDefinition): string
  /** A value as it stands in a column default or a check. `now` is an expression in the stored form of a timestamp. */
  literal(value: number | string | boolean): string
  readonly nowExpression: string
  /** Foreign keys cannot be added later, so they belong into the statement that makes the table. */
  readonly foreignKeysAtCreation: boolean
}
