import type { NamedStatement } from '../dialect/migration-dialect.js'
import {
  ADDED_TABLES,
  FENCE_PREFIX,
  LEGACY_TABLES,
  REBUILT_TABLES,
  RETIRED_PREFIX,
  REVERSE_PREFIX,
} from '../schema/table-names.js'
import { runTogether } from '../run-together.js'
import type { SqlSession } from '../sql-session.js'

const REBUILT: ReadonlySet<string> = new Set(REBUILT_TABLES)

/** Tables a legacy application still finds by name after the swap. */
const FENCED = [
  ...REBUILT_TABLES,
  'actions',
  'users',
  'settings',
  'sync_states',
  'output_baskets',
  'output_tags',
  'tx_labels',
  'certificates',
  'certificate_fields',
  'monitor_events',
] as const

/** Every table a swap changes, in the order in which it keeps writers from them. Applications write parents before children. */
export const HELD_TABLES: readonly string[] = [
  ...FENCED.filter((table) => !REBUILT.has(table) && table !== 'actions'),
  ...LEGACY_TABLES,
]

/** Writes under the new schema that a rollback has to know of. Shared tables serve both schemas as they are, but for the id maps. */
const REVERSED = [
  { table: 'transactions', key1: 'transactionId', key2: 'txid' },
  { table: 'actions', key1: 'actionId', key2: undefined },
  { table: 'outputs', key1: 'outputId', key2: undefined },
  { table: 'commissions', key1: 'commissionId', key2: undefined },
  { table: 'tx_labels_map', key1: 'txLabelId', key2: 'actionId' },
  { table: 'output_tags_map', key1: 'outputTagId', key2: 'outputId' },
  { table: 'sync_states', key1: 'syncStateId', key2: undefined },
] as const

/** The migration a legacy application finds in its own list and does not know, so that it refuses to start. */
export const FENCE_MIGRATION = '9999-12-31-001 moved to the txkeep schema, see txkeep-migrate'
/** Below every number knex gives out, so that its sequence stays as it was. */
const FENCE_MIGRATION_ID = -1

export function reverseTriggers(session: SqlSession): NamedStatement[] {
  return REVERSED.flatMap((keys) => [
    ...session.dialect.captureTriggers(keys, REVERSE_PREFIX, 'migration_reverse_outbox'),
  ])
}

export function fenceTriggers(session: SqlSession): NamedStatement[] {
  return FENCED.flatMap((table) => [...session.dialect.fenceTriggers(table, FENCE_PREFIX)])
}

/**
 * Tables of ours that keep their name after a rollback: what a new application that was not stopped wrote there, the legacy one
 * would never see. The others have another shape by then, or another name.
 */
export function retirementTriggers(session: SqlSession): NamedStatement[] {
  return ADDED_TABLES.flatMap((table) => [...session.dialect.retirementTriggers(table, RETIRED_PREFIX)])
}

/** Inside a transaction. */
export async function dropTriggersOf(session: SqlSession, prefix: string): Promise<void> {
  const catalogue = await session.dialect.readCatalogue(session)
  const ours = catalogue.filter(({ type, name }) => type === 'trigger' && name.startsWith(prefix))
  await runTogether(
    session,
    ours.map(({ name, table }) => session.dialect.dropTrigger(name, table)),
  )
}

export async function addFenceMigration(session: SqlSession): Promise<void> {
  if ((await session.dialect.columnNames(session, 'knex_migrations')).length === 0) return
  await session.run(
    `insert into knex_migrations (id, name, batch, migration_time) select ?, ?, coalesce(max(batch), 1), ${session.dialect.now} from knex_migrations`,
    [FENCE_MIGRATION_ID, FENCE_MIGRATION],
  )
}

export async function removeFenceMigration(session: SqlSession): Promise<void> {
  if ((await session.dialect.columnNames(session, 'knex_migrations')).length === 0) return
  await session.run('delete from knex_migrations where id = ? and name = ?', [FENCE_MIGRATION_ID, FENCE_MIGRATION])
}
