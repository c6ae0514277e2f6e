import type { Connection } from './dialect/connection.js'
import type { Dialect } from './dialect/dialect.js'
import type { ShapeFacts } from './database-shape.js'

/** What the catalogue, the migration and the schema's version say, read through an open connection. */
export async function readShapeFacts(connection: Connection, dialect: Dialect): Promise<ShapeFacts> {
  const catalogue = await dialect.readCatalogue(connection)
  const first = async (table: string, sql: string): Promise<unknown> =>
    catalogue.has(table) ? (await connection.execute(sql, [])).rows[0]?.['value'] : undefined
  const phase = await first('migration_state', 'select phase as value from migration_state where id = 1')
  const version = await first('txkeep_migrations', 'select max(version) as value from txkeep_migrations')
  return {
    catalogue,
    migrationPhase: typeof phase === 'string' ? phase : undefined,
    schemaVersion: typeof version === 'number' ? version : undefined,
  }
}
