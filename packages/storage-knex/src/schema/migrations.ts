import type { SchemaDialect } from '../dialect/schema-dialect.js'
import { integer, string, timestamp } from './columns.js'
import { createTableStatements } from './create-table-statements.js'
import type { TableDefinition } from './table-definition.js'
import { TABLES } from './tables.js'

/** Which numbered steps a database has been through; the highest is its schema version. */
export const MIGRATIONS_TABLE: TableDefinition = {
  name: 'txkeep_migrations',
  origin: 'new',
  columns: [integer('version'), string('name', 255), timestamp('applied_at', 'now')],
  primaryKey: ['version'],
  uniqueKeys: [],
  indexes: [],
  foreignKeys: [],
  checks: [],
}

/** One forward step. Its statements never change once released. */
export interface SchemaMigration {
  readonly version: number
  readonly name: string
  statements(dialect: SchemaDialect): string[]
}

/**
 * Every step in order. A new store is made at the newest version at once from `TABLES`; a store of an older version runs the
 * steps above its own. The first step is `TABLES` itself as long as it is the only one.
 */
export const MIGRATIONS: readonly SchemaMigration[] = [
  {
    version: 1,
    name: '0001-initial',
    statements: (dialect) => Object.values(TABLES).flatMap((table) => createTableStatements(dialect, table)),
  },
]

/** The statements that make a whole new store, its version included. */
export function createSchemaStatements(dialect: SchemaDialect): string[] {
  return [
    ...Object.values(TABLES).flatMap((table) => createTableStatements(dialect, table)),
    ...createTableStatements(dialect, MIGRATIONS_TABLE),
    ...recordMigrationsStatements(dialect),
  ]
}

/** The statements that mark every step as done in an existing `txkeep_migrations`, whatever is marked already. */
export function recordMigrationsStatements(dialect: SchemaDialect): string[] {
  const table = dialect.quote(MIGRATIONS_TABLE.name)
  const [version, name] = [dialect.quote('version'), dialect.quote('name')]
  return MIGRATIONS.map(
    (step) =>
      `insert into ${table} (${version}, ${name}) select ${step.version}, ${dialect.literal(step.name)}` +
      ` where not exists (select 1 from ${table} where ${version} = ${step.version})`,
  )
}
