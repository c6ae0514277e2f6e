import { MIGRATION_OUTBOX } from '../schema/migration-tables.js'
import { newName, REBUILT_TABLES, type RebuiltTable } from '../schema/table-names.js'
import type { SqlSession } from '../sql-session.js'

/** What a comparison before the swap was made over. A smoke test that finds the same needs not compare row by row again. */
export interface ProvenRows {
  /** The number of the last change capture had written down. Every write of the application makes it higher. */
  readonly lastChange: number
  /** How many rows each table of ours had. */
  readonly rows: Readonly<Record<ProvenTable, number>>
  readonly drafts: number
}

export type ProvenTable = RebuiltTable | 'actions'

export const PROVEN_TABLES: readonly ProvenTable[] = [...REBUILT_TABLES, 'actions']

/** Counts the rows of our tables, which are called `nameOf` now. Inside the snapshot of what it is kept with. */
export async function readProvenRows(
  session: SqlSession,
  nameOf: (table: ProvenTable) => string = newName,
): Promise<ProvenRows> {
  const count = async (from: string): Promise<number> =>
    (await session.get<{ rows: number }>(`SELECT count(*) AS rows FROM ${from}`))?.rows ?? 0
  const rows: [ProvenTable, number][] = []
  for (const table of PROVEN_TABLES) rows.push([table, await count(nameOf(table))])
  return {
    lastChange: await session.dialect.readSequence(session, MIGRATION_OUTBOX.name, 'seq'),
    rows: Object.fromEntries(rows) as Record<ProvenTable, number>,
    drafts: await count('actions WHERE transactionId IS NULL'),
  }
}
