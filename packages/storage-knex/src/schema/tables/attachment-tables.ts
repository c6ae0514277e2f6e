import { STAMPS, bigint, boolean, bytes, id, integer, string } from '../columns.js'
import type { TableDefinition } from '../table-definition.js'

/** What hangs on an action or an output: as in the legacy schema, with the action in place of the legacy transaction row. */

export const COMMISSIONS_TABLE: TableDefinition = {
  name: 'commissions',
  origin: 'rebuilt',
  columns: [
    ...STAMPS,
    id('commissionId'),
    integer('userId'),
    integer('actionId'),
    bigint('satoshis'),
    string('keyOffset', 130),
    boolean('isRedeemed', false),
    bytes('lockingScript'),
  ],
  uniqueKeys: [{ name: 'txk_commissions_action', columns: ['actionId'] }],
  indexes: [],
  foreignKeys: [
    { column: 'userId', table: 'users', references: 'userId' },
    { column: 'actionId', table: 'actions', references: 'actionId' },
  ],
  checks: [],
}

export const TX_LABELS_MAP_TABLE: TableDefinition = {
  name: 'tx_labels_map',
  origin: 'rebuilt',
  columns: [...STAMPS, integer('txLabelId'), integer('actionId'), boolean('isDeleted', false)],
  primaryKey: ['txLabelId', 'actionId'],
  uniqueKeys: [],
  indexes: [{ name: 'txk_labels_map_action', columns: ['actionId', 'isDeleted', 'txLabelId'] }],
  foreignKeys: [
    { column: 'txLabelId', table: 'tx_labels', references: 'txLabelId' },
    { column: 'actionId', table: 'actions', references: 'actionId' },
  ],
  checks: [],
}

export const OUTPUT_TAGS_MAP_TABLE: TableDefinition = {
  name: 'output_tags_map',
  origin: 'rebuilt',
  columns: [...STAMPS, integer('outputTagId'), integer('outputId'), boolean('isDeleted', false)],
  primaryKey: ['outputTagId', 'outputId'],
  uniqueKeys: [],
  indexes: [{ name: 'txk_tags_map_output', columns: ['outputId', 'isDeleted', 'outputTagId'] }],
  foreignKeys: [
    { column: 'outputTagId', table: 'output_tags', references: 'outputTagId' },
    { column: 'outputId', table: 'outputs', references: 'outputId' },
  ],
  checks: [],
}
