import { createIndexStatements, TABLES, type TableDefinition } from '@txkeep/storage-knex/schema'
import { MIGRATION_SCAN_INPUTS } from './schema/migration-tables.js'
import { newName } from './schema/table-names.js'
import type { NamedStatement } from './dialect/migration-dialect.js'
import type { SqlSession } from './sql-session.js'

/** Groups of indexes, in the order a backfill needs them. */
export const INDEX_GROUPS = ['txids', 'transactions', 'actions', 'outputs', 'attachments', 'log'] as const

export type IndexGroup = (typeof INDEX_GROUPS)[number]

const DEFINITIONS: Readonly<Record<IndexGroup, readonly TableDefinition[]>> = {
  txids: [{ ...TABLES.transactions, indexes: [] }],
  transactions: [TABLES.transactions],
  actions: [TABLES.actions, MIGRATION_SCAN_INPUTS],
  outputs: [TABLES.outputs],
  attachments: [TABLES.commissions, TABLES.tx_labels_map, TABLES.output_tags_map],
  log: [TABLES.tx_audit, TABLES.chain_tip, TABLES.monitor_lease, TABLES.monitor_task, TABLES.sync_arrivals],
}

/** The indexes of a group that are not there yet. Made before the fill when others are writing, after it otherwise. */
export async function missingIndexes(session: SqlSession, group: IndexGroup): Promise<NamedStatement[]> {
  const catalogue = await session.dialect.readCatalogue(session)
  const there = new Set(catalogue.filter(({ type }) => type === 'index').map(({ name }) => name))
  return DEFINITIONS[group]
    .flatMap((definition) => {
      const statements = createIndexStatements(session.dialect.schema, definition, { nameOf: newName })
      return [...definition.uniqueKeys, ...definition.indexes].map(({ name }, at) => ({
        name,
        sql: statements[at] ?? '',
      }))
    })
    .filter(({ name }) => !there.has(name))
}
