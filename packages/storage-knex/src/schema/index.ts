// The schema as data
export { TABLES, type TableName } from './tables.js'
export type {
  CheckDefinition,
  ColumnDefinition,
  ColumnType,
  ForeignKeyDefinition,
  IndexDefinition,
  TableDefinition,
} from './table-definition.js'

// Rendering it
export { createIndexStatements, createTableStatements, type CreateTableOptions } from './create-table-statements.js'
export type { SchemaDialect } from '../dialect/schema-dialect.js'
export { mysqlSchema } from '../dialect/mysql-schema.js'
export { postgresSchema } from '../dialect/postgres-schema.js'
export { sqliteSchema } from '../dialect/sqlite-schema.js'

// Its version
export {
  MIGRATIONS,
  MIGRATIONS_TABLE,
  createSchemaStatements,
  recordMigrationsStatements,
  type SchemaMigration,
} from './migrations.js'

// What migrations and storage agree on
export { LEGACY_FENCE_SENTENCE } from '../dialect/legacy-fence.js'
