import { mysqlTestEngine } from './mysql-test-engine.js'
import { postgresTestEngine } from './postgres-test-engine.js'
import { sqliteTestEngine } from './sqlite-test-engine.js'
import type { EngineName, TestEngine } from './test-engine.js'

/** Every engine, asked just now whether it answers. One that is added to `EngineName` and forgotten here does not compile. */
export async function testEngines(): Promise<Readonly<Record<EngineName, TestEngine>>> {
  const [Postgres, MySQL] = await Promise.all([postgresTestEngine(), mysqlTestEngine()])
  return { SQLite: sqliteTestEngine, Postgres, MySQL }
}
