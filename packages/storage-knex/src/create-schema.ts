import type { Connections } from './connections.js'
import type { Dialect } from './dialect/dialect.js'
import { createSchemaStatements } from './schema/migrations.js'

/** Makes the schema in an empty database, in one transaction. Does nothing when somebody made it in the meantime. */
export function createSchema(connections: Connections, dialect: Dialect): Promise<void> {
  return connections.use(async (connection) => {
    await connection.begin('write')
    try {
      const catalogue = await dialect.readCatalogue(connection)
      if (catalogue.size === 0) {
        for (const sql of createSchemaStatements(dialect.schema)) await connection.execute(sql, [])
      }
      await connection.commit()
    } catch (error) {
      await connection.rollback()
      throw error
    }
  })
}
