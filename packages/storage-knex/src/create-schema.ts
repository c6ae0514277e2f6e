import type { Connections } from './connections.js'
import { databaseShape } from './database-shape.js'
import type { Dialect } from './dialect/dialect.js'
import { readShapeFacts } from './read-shape-facts.js'
import { createTableStatements } from './schema/create-table-statements.js'
import { MIGRATIONS_TABLE, recordMigrationsStatements } from './schema/migrations.js'
import { TABLES } from './schema/tables.js'

/**
 * Makes the schema in an empty database, or what is missing of one whose making was interrupted. Does nothing when somebody made it
 * in the meantime. The table of versions comes first and its rows come last, so that an unfinished schema is known for one.
 */
export function createSchema(connections: Connections, dialect: Dialect): Promise<void> {
  return connections.use((connection) =>
    dialect.makingSchema(connection, async () => {
      const facts = await readShapeFacts(connection, dialect)
      if (facts.catalogue.size > 0 && databaseShape(facts).kind !== 'unfinished') return
      for (const table of [MIGRATIONS_TABLE, ...Object.values(TABLES)]) {
        if (facts.catalogue.has(table.name)) continue
        for (const sql of createTableStatements(dialect.schema, table)) await connection.execute(sql, [])
      }
      for (const sql of recordMigrationsStatements(dialect.schema)) await connection.execute(sql, [])
    }),
  )
}
