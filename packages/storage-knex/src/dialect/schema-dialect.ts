import type { ColumnDefinition, TableDefinition } from '../schema/table-definition.js'

/** How one engine writes a schema down. `createTableStatements` renders everything else, so that engines differ only in this. */
export interface SchemaDialect {
  /** An identifier, quoted so that reserved words (`change`, `when`, `key`) are fine. */
  quote(identifier: string): string
  /** The declared type of a column, e.g. `varchar(64)`. For `id` it holds the key and the generator too. */
  columnType(column: ColumnDefinition, table: TableDefinition): string
  /** A value as it stands in a column default or a check. `now` is an expression in the stored form of a timestamp. */
  literal(value: number | string | boolean): string
  readonly nowExpression: string
  /** Foreign keys cannot be added later, so they belong into the statement that makes the table. */
  readonly foreignKeysAtCreation: boolean
  /** Statements of the schema commit by themselves, so a table comes with its keys and indexes in one, or not at all. */
  readonly indexesAtCreation?: boolean
  /** An index can leave out the rows a query never asks for. */
  readonly partialIndexes?: boolean
  /** The engine can be told which columns decide one another. */
  readonly dependencyStatistics?: boolean
  /** What stands behind the columns of every table, e.g. its collation. */
  readonly tableOptions?: string
}
