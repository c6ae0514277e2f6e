import BetterSqlite3 from 'better-sqlite3'

/** The published migrations of the legacy schema, newest first; the last one makes the tables and cannot be undone. */
export const LEGACY_MIGRATIONS = [
  '2026-04-30-001 add wasBroadcast and rebroadcastAttempts to proven_tx_reqs',
  '2026-02-27-002 add createAction path indexes',
  '2026-02-27-001 add listOutputs path indexes',
  '2025-10-18-002 add proven_tx_reqs txid index',
  '2025-10-18-001 add transactions txid index',
  '2025-10-13-001 add outputs spendable index',
  '2025-09-06-001 add proven txs blockHash index',
  '2025-05-13-001 add monitor events event index',
  '2025-03-03-001 descriptions to 2000',
  '2025-03-01-001 reset req history',
  '2025-02-28-001 derivations to 200',
  '2025-02-22-001 nonNULL activeStorage',
  '2025-01-21-001 add activeStorage to users',
  '2024-12-26-001 initial migration',
] as const

export type LegacyMigration = (typeof LEGACY_MIGRATIONS)[number]

/** What undoes a migration on SQLite. The others changed widths of texts, which SQLite ignores, or values. */
const UNDO: Readonly<Partial<Record<LegacyMigration, readonly string[]>>> = {
  '2026-04-30-001 add wasBroadcast and rebroadcastAttempts to proven_tx_reqs': [
    'alter table proven_tx_reqs drop column rebroadcastAttempts',
    'alter table proven_tx_reqs drop column wasBroadcast',
  ],
  '2026-02-27-002 add createAction path indexes': [
    'drop index idx_outputs_spentby',
    'drop index idx_outputs_user_basket_spendable_satoshis',
  ],
  '2026-02-27-001 add listOutputs path indexes': [
    'drop index idx_tx_labels_map_tx_deleted',
    'drop index idx_output_tags_map_output_deleted_tag',
    'drop index idx_outputs_user_basket_spendable_outputid',
    'drop index idx_outputs_user_spendable_outputid',
  ],
  '2025-10-18-002 add proven_tx_reqs txid index': ['drop index proven_tx_reqs_txid_index'],
  '2025-10-18-001 add transactions txid index': ['drop index transactions_txid_index'],
  '2025-10-13-001 add outputs spendable index': ['drop index outputs_spendable_index'],
  '2025-09-06-001 add proven txs blockHash index': ['drop index proven_txs_blockhash_index'],
  '2025-05-13-001 add monitor events event index': ['drop index monitor_events_event_index'],
  '2025-01-21-001 add activeStorage to users': ['alter table users drop column activeStorage'],
}

/**
 * Makes a legacy database look as an older version of the toolbox left it: `to` is the newest migration it then knows.
 * Columns and indexes that came later are gone, and so are their rows in `knex_migrations`. Returns what was undone.
 */
export function downgradeLegacySchema(file: string, to: LegacyMigration): LegacyMigration[] {
  const undone: LegacyMigration[] = []
  const database = new BetterSqlite3(file, { fileMustExist: true })
  try {
    database.pragma('foreign_keys = off')
    const applied = database.prepare('select 1 from knex_migrations where name = ?').pluck()
    const forget = database.prepare('delete from knex_migrations where name = ?')
    database.transaction(() => {
      for (const name of LEGACY_MIGRATIONS.slice(0, LEGACY_MIGRATIONS.indexOf(to))) {
        if (applied.get(name) === undefined) continue
        for (const statement of UNDO[name] ?? []) database.exec(statement)
        forget.run(name)
        undone.push(name)
      }
    })()
    return undone
  } finally {
    database.close()
  }
}
