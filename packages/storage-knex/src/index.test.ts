import { publicSurface } from '@txkeep/tooling/exports'
import { expect, test } from 'vitest'

test('the public surface changes only on purpose', () => {
  expect(publicSurface('.')).toMatchInlineSnapshot(`
    {
      ".": [
        "KnexStore",
        "SESSION_MARKER_FUNCTION",
        "SESSION_MARKER_SETTING",
        "SESSION_MARKER_VARIABLE",
        "createStore",
        "openKnex",
        "openStore",
        "parseDatabaseUrl",
        "redactDatabaseUrl",
        "type CreateStoreOptions",
        "type DatabaseUrl",
        "type KnexStoreOptions",
        "type KnexStoreParts",
        "type OpenKnexOptions",
        "type OpenStoreOptions",
      ],
      "./schema": [
        "LEGACY_FENCE_SENTENCE",
        "MIGRATIONS",
        "MIGRATIONS_TABLE",
        "TABLES",
        "createIndexStatements",
        "createSchemaStatements",
        "createTableStatements",
        "mysqlSchema",
        "postgresSchema",
        "recordMigrationsStatements",
        "sqliteSchema",
        "type CheckDefinition",
        "type ColumnDefinition",
        "type ColumnType",
        "type CreateTableOptions",
        "type ForeignKeyDefinition",
        "type IndexDefinition",
        "type SchemaDialect",
        "type SchemaMigration",
        "type TableDefinition",
        "type TableName",
      ],
    }
  `)
})
