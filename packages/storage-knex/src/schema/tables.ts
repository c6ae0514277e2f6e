import type { TableDefinition } from './table-definition.js'
import { ACTIONS_TABLE } from './tables/actions-table.js'
import { COMMISSIONS_TABLE, OUTPUT_TAGS_MAP_TABLE, TX_LABELS_MAP_TABLE } from './tables/attachment-tables.js'
import {
  CHAIN_TIP_TABLE,
  MONITOR_LEASE_TABLE,
  MONITOR_TASK_TABLE,
  SYNC_ARRIVALS_TABLE,
  TX_AUDIT_TABLE,
} from './tables/operation-tables.js'
import { OUTPUTS_TABLE } from './tables/outputs-table.js'
import {
  CERTIFICATES_TABLE,
  CERTIFICATE_FIELDS_TABLE,
  MONITOR_EVENTS_TABLE,
  OUTPUT_BASKETS_TABLE,
  OUTPUT_TAGS_TABLE,
  SETTINGS_TABLE,
  SYNC_STATES_TABLE,
  TX_LABELS_TABLE,
  USERS_TABLE,
} from './tables/shared-tables.js'
import { TRANSACTIONS_TABLE } from './tables/transactions-table.js'

export type TableName =
  | 'users'
  | 'settings'
  | 'sync_states'
  | 'monitor_events'
  | 'output_baskets'
  | 'output_tags'
  | 'tx_labels'
  | 'certificates'
  | 'certificate_fields'
  | 'transactions'
  | 'actions'
  | 'outputs'
  | 'commissions'
  | 'tx_labels_map'
  | 'output_tags_map'
  | 'tx_audit'
  | 'chain_tip'
  | 'monitor_lease'
  | 'monitor_task'
  | 'sync_arrivals'

/** Every table of the schema by its name, parents before children: creating them in this order satisfies every reference. */
export const TABLES: Readonly<Record<TableName, TableDefinition>> = {
  users: USERS_TABLE,
  settings: SETTINGS_TABLE,
  sync_states: SYNC_STATES_TABLE,
  monitor_events: MONITOR_EVENTS_TABLE,
  output_baskets: OUTPUT_BASKETS_TABLE,
  output_tags: OUTPUT_TAGS_TABLE,
  tx_labels: TX_LABELS_TABLE,
  certificates: CERTIFICATES_TABLE,
  certificate_fields: CERTIFICATE_FIELDS_TABLE,
  transactions: TRANSACTIONS_TABLE,
  actions: ACTIONS_TABLE,
  outputs: OUTPUTS_TABLE,
  commissions: COMMISSIONS_TABLE,
  tx_labels_map: TX_LABELS_MAP_TABLE,
  output_tags_map: OUTPUT_TAGS_MAP_TABLE,
  tx_audit: TX_AUDIT_TABLE,
  chain_tip: CHAIN_TIP_TABLE,
  monitor_lease: MONITOR_LEASE_TABLE,
  monitor_task: MONITOR_TASK_TABLE,
  sync_arrivals: SYNC_ARRIVALS_TABLE,
}
