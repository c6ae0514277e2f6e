/** The legacy tables a migration replaces; everything else both schemas share. */
export const LEGACY_TABLES = [
  'transactions',
  'proven_tx_reqs',
  'proven_txs',
  'outputs',
  'commissions',
  'tx_labels_map',
  'output_tags_map',
] as const

export type LegacyTable = (typeof LEGACY_TABLES)[number]

/** Tables of ours that take over a legacy name at the swap and are filled as `<name>_new` before it. */
export const REBUILT_TABLES = ['transactions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map'] as const

export type RebuiltTable = (typeof REBUILT_TABLES)[number]

/** Tables of ours that no legacy name stands in the way of. They have their own name from the start. */
export const ADDED_TABLES = [
  'actions',
  'tx_audit',
  'chain_tip',
  'monitor_lease',
  'monitor_task',
  'sync_arrivals',
] as const

/** The name of a table of ours before the swap: `outputs` is `outputs_new`, `actions` is itself. */
export function newName(table: string): string {
  return (REBUILT_TABLES as readonly string[]).includes(table) ? `${table}_new` : table
}

/** The name of a legacy table after the swap. */
export function keptName(table: LegacyTable): string {
  return `${table}_legacy`
}

/** Triggers of ours start with one of these, so that they are found by name. */
export const CAPTURE_PREFIX = 'txk_capture'
export const REVERSE_PREFIX = 'txk_reverse'
export const FENCE_PREFIX = 'txk_fence'
export const RETIRED_PREFIX = 'txk_retired'
