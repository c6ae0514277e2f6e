import type { ColumnDefinition, TableDefinition } from '@txkeep/storage-knex/schema'

/** Tables that only a migration uses. They go with `contract` and `drop-legacy`; `migration_state` stays. */

/** One row. It is made before everything else, because it holds the lease. */
export const MIGRATION_STATE: TableDefinition = table('migration_state', {
  columns: [
    integer('id'),
    string('phase', 16),
    nullable(string('step', 64)),
    nullable(string('pass', 32)),
    nullable(text('cursor_json')),
    nullable(string('capture_epoch', 64)),
    nullable(string('owner', 255)),
    { ...bigint('fence'), default: 0 },
    nullable(bigint('lease_until')),
    nullable(text('fingerprint')),
    nullable(text('checksums_json')),
    nullable(text('last_error')),
    { name: 'updated_at', type: 'timestamp', nullable: false, default: 'now' },
  ],
  primaryKey: ['id'],
  checks: [{ name: 'txk_migration_state_single', kind: 'in', column: 'id', values: [1] }],
})

const OUTBOX_COLUMNS: readonly ColumnDefinition[] = [
  { name: 'seq', type: 'id', nullable: false },
  string('table_name', 32),
  bigint('key1'),
  nullable(string('key2', 64)),
]

/** Keys of legacy rows that changed. Appended by triggers, taken by the catch-up. */
export const MIGRATION_OUTBOX: TableDefinition = table('migration_outbox', { columns: OUTBOX_COLUMNS })

/** Keys of our rows that changed after the swap. */
export const MIGRATION_REVERSE_OUTBOX: TableDefinition = table('migration_reverse_outbox', { columns: OUTBOX_COLUMNS })

/** The outbox rows one catch-up took. Empty between transactions. */
export const MIGRATION_BATCH: TableDefinition = table('migration_batch', {
  columns: [bigint('seq'), string('table_name', 32), bigint('key1'), nullable(string('key2', 64))],
  primaryKey: ['seq'],
})

/** What only parsing tells of a txid. A txid without a row is sound: bytes that hash to it, a path that proves it, no coinbase. */
export const MIGRATION_SCAN: TableDefinition = table('migration_scan', {
  columns: [
    string('txid', 64),
    { name: 'raw_ok', type: 'boolean', nullable: false },
    { name: 'is_coinbase', type: 'boolean', nullable: false },
    { name: 'path_ok', type: 'boolean', nullable: false },
    nullable(integer('merkle_index')),
  ],
  primaryKey: ['txid'],
})

/** Every outpoint a parsed transaction consumes. A txid fixes its inputs, so rows are only ever added. */
export const MIGRATION_SCAN_INPUTS: TableDefinition = table('migration_scan_inputs', {
  columns: [string('txid', 64), bigint('vout'), string('consumer', 64)],
  indexes: [{ name: 'txk_scan_inputs_outpoint', columns: ['txid', 'vout'] }],
})

/** The users' rows of a txid, in lower case: not every legacy version has an index that finds them, and none whatever their case. */
export const MIGRATION_SCAN_KEYS: TableDefinition = table('migration_scan_keys', {
  columns: [string('txid', 64), integer('user_id'), integer('id')],
  primaryKey: ['txid', 'user_id', 'id'],
})

/** Proofs (1) and requests (2) whose own txid is not in lower case, which their index does not find. */
export const MIGRATION_SCAN_CASES: TableDefinition = table('migration_scan_cases', {
  columns: [string('txid', 64), integer('source'), integer('id')],
  primaryKey: ['txid', 'source', 'id'],
})

/** Rows of a user who holds a txid more than once, that are not the one kept. */
export const MIGRATION_SCAN_TWINS: TableDefinition = table('migration_scan_twins', {
  columns: [integer('action_id'), integer('keeper_id'), string('txid', 64)],
  primaryKey: ['action_id'],
  indexes: [
    { name: 'txk_scan_twins_keeper', columns: ['keeper_id'] },
    { name: 'txk_scan_twins_txid', columns: ['txid'] },
  ],
})

/** Actions of ours that no legacy row stands behind: they own outputs of transactions that are gone. */
export const MIGRATION_SCAN_PLACEHOLDERS: TableDefinition = table('migration_scan_placeholders', {
  columns: [integer('action_id')],
  primaryKey: ['action_id'],
})

/** What one schema has no word for, and originals a rollback puts back. */
export const MIGRATION_KEEP: TableDefinition = table('migration_keep', {
  columns: [string('table_name', 64), string('key', 255), text('state_json')],
  primaryKey: ['table_name', 'key'],
})

export const MIGRATION_FINDINGS: TableDefinition = table('migration_findings', {
  columns: [
    { name: 'findingId', type: 'id', nullable: false },
    string('class', 64),
    string('table_name', 64),
    string('key1', 255),
    nullable(string('key2', 255)),
    text('action'),
    nullable(text('original_json')),
    { name: 'created_at', type: 'timestamp', nullable: false, default: 'now' },
  ],
  indexes: [
    { name: 'txk_findings_row', columns: ['table_name', 'key1'] },
    { name: 'txk_findings_key2', columns: ['key2'] },
  ],
})

/** Everything `expand` makes beside `migration_state`. */
export const MIGRATION_TABLES: readonly TableDefinition[] = [
  MIGRATION_OUTBOX,
  MIGRATION_REVERSE_OUTBOX,
  MIGRATION_BATCH,
  MIGRATION_SCAN,
  MIGRATION_SCAN_INPUTS,
  MIGRATION_SCAN_KEYS,
  MIGRATION_SCAN_CASES,
  MIGRATION_SCAN_TWINS,
  MIGRATION_SCAN_PLACEHOLDERS,
  MIGRATION_KEEP,
  MIGRATION_FINDINGS,
]

function table(
  name: string,
  parts: Pick<TableDefinition, 'columns'> & Partial<Pick<TableDefinition, 'primaryKey' | 'indexes' | 'checks'>>,
): TableDefinition {
  return { name, origin: 'new', uniqueKeys: [], indexes: [], foreignKeys: [], checks: [], ...parts }
}

function integer(name: string): ColumnDefinition {
  return { name, type: 'integer', nullable: false }
}

function bigint(name: string): ColumnDefinition {
  return { name, type: 'bigint', nullable: false }
}

function string(name: string, length: number): ColumnDefinition {
  return { name, type: 'string', length, nullable: false }
}

function text(name: string): ColumnDefinition {
  return { name, type: 'text', nullable: false }
}

function nullable(column: ColumnDefinition): ColumnDefinition {
  return { ...column, nullable: true }
}
