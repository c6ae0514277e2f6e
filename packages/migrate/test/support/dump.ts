import { createHash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { LEGACY_TABLES } from '../../src/knex/schema/table-names.js'

const SHARED_TABLES = [
  'users',
  'settings',
  'sync_states',
  'monitor_events',
  'output_baskets',
  'output_tags',
  'tx_labels',
  'certificates',
  'certificate_fields',
  'knex_migrations',
] as const

/** Everything a legacy application sees of its database: how it is written down, every row, every reference, every sequence. */
export function legacyState(database: Database.Database): Record<string, unknown> {
  const tables: readonly string[] = [...LEGACY_TABLES, ...SHARED_TABLES]
  const schema = database
    .prepare<[], { type: string; name: string; tbl_name: string; sql: string | null }>(
      `select type, name, tbl_name, sql from sqlite_schema where type in ('table', 'index') order by type, name`,
    )
    .all()
    .filter(({ tbl_name: table }) => tables.includes(table))
  return {
    schema,
    rows: Object.fromEntries(tables.map((table) => [table, rowsOf(database, table)])),
    references: Object.fromEntries(
      tables.map((table) => [table, database.prepare('select * from pragma_foreign_key_list(?)').all(table)]),
    ),
    sequences: database
      .prepare<[], { name: string; seq: number }>('select name, seq from sqlite_sequence order by name')
      .all()
      .filter(({ name }) => tables.includes(name)),
  }
}

/** One line per row of a table, in the order the rows were made. Long ones as their hash. */
export function rowsOf(database: Database.Database, table: string): string[] {
  return database.prepare<[], Record<string, unknown>>(`select * from "${table}"`).all().map(line)
}

/**
 * What a migration made, without the numbers and times that differ from run to run: transactions are named by their txid.
 * `suffix` is `_new` before a swap and empty after it.
 */
export function movedState(database: Database.Database, suffix: '' | '_new'): Record<string, string[]> {
  const t = `transactions${suffix}`
  const dump = (sql: string): string[] => database.prepare<[], Record<string, unknown>>(sql).all().map(line)
  return {
    transactions: dump(
      `select created_at, updated_at, txid, processing, processing_changed_at, next_action_at, attempts, proof_attempts, rebroadcast_cycles,
         was_broadcast, batch, height, merkle_index, merkle_root, block_hash, is_coinbase, frozen_reason, legacy_proven_id, legacy_req_id,
         hex(merkle_path) as path, hex(raw_tx) as raw, hex(input_beef) as beef from ${t} order by txid`,
    ),
    actions: dump(
      `select a.actionId, a.userId, t.txid, a.reference, a.description, a.isOutgoing, a.satoshis_delta, a.version, a.lock_time, a.user_nosend,
         a.hidden, a.user_aborted, a.notify_json, hex(a.draft_input_beef) as beef
       from actions a left join ${t} t on t.transactionId = a.transactionId order by a.actionId`,
    ),
    outputs: dump(`select * from outputs${suffix} order by outputId`),
    commissions: dump(`select * from commissions${suffix} order by commissionId`),
    labels: dump(`select * from tx_labels_map${suffix} order by txLabelId, actionId`),
    tags: dump(`select * from output_tags_map${suffix} order by outputTagId, outputId`),
    histories: dump(
      `select t.txid, x.details_json from tx_audit x left join ${t} t on t.transactionId = x.transactionId
       where x.event = 'legacy.history' order by t.txid, x.details_json`,
    ),
    findings: dump(
      'select class, table_name, key1, key2, action from migration_findings order by class, table_name, key1, key2',
    ),
    tip: dump('select height, block_hash, merkle_root from chain_tip'),
  }
}

function line(row: Record<string, unknown>): string {
  const text = JSON.stringify(row, (_key, value: unknown) => (Buffer.isBuffer(value) ? value.toString('hex') : value))
  return text.length > 400 ? `${text.slice(0, 200)}… ${createHash('sha256').update(text).digest('hex')}` : text
}
