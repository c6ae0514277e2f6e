import { STAMPS, bigint, boolean, bytes, id, integer, nullable, string, text } from '../columns.js'
import type { TableDefinition } from '../table-definition.js'

/** One row per coin, owned by the action that made it. */
export const OUTPUTS_TABLE: TableDefinition = {
  name: 'outputs',
  origin: 'rebuilt',
  columns: [
    ...STAMPS,
    id('outputId'),
    integer('userId'),
    integer('actionId'),
    nullable(integer('basketId')),
    boolean('spendable', false),
    boolean('pending', false),
    nullable(integer('matures_at_height')),
    nullable(string('withheld', 32)),
    boolean('change', false),
    integer('vout'),
    bigint('satoshis'),
    string('providedBy', 130),
    string('purpose', 20),
    string('type', 50),
    nullable(text('outputDescription')),
    nullable(string('txid', 64)),
    nullable(string('senderIdentityKey', 130)),
    nullable(string('derivationPrefix', 200)),
    nullable(string('derivationSuffix', 200)),
    nullable(text('customInstructions')),
    nullable(integer('spentByActionId')),
    nullable(bigint('sequenceNumber')),
    nullable(text('spendingDescription')),
    nullable(bigint('scriptLength')),
    nullable(bigint('scriptOffset')),
    nullable(bytes('lockingScript')),
  ],
  uniqueKeys: [{ name: 'txk_outputs_action_vout', columns: ['actionId', 'vout'] }],
  indexes: [
    {
      name: 'txk_outputs_hot',
      columns: ['userId', 'basketId', 'spendable', 'satoshis', 'outputId'],
      onlyWhere: 'spendable',
    },
    {
      name: 'txk_outputs_hot_pending',
      columns: ['userId', 'basketId', 'pending', 'satoshis', 'outputId'],
      onlyWhere: 'pending',
    },
    {
      name: 'txk_outputs_unspent',
      columns: ['userId', 'basketId', 'spentByActionId', 'outputId'],
      onlyWhereNull: 'spentByActionId',
    },
    { name: 'txk_outputs_user', columns: ['userId', 'spendable', 'outputId'], onlyWhere: 'spendable' },
    { name: 'txk_outputs_txid', columns: ['txid'] },
    { name: 'txk_outputs_spent_by', columns: ['spentByActionId'] },
    { name: 'txk_outputs_matures', columns: ['matures_at_height'] },
  ],
  // A basket has one user: taken as independent, they make a wallet's coins look few, and few are sorted instead of walked.
  dependencies: [{ name: 'txk_outputs_basket_user', columns: ['userId', 'basketId'] }],
  foreignKeys: [
    { column: 'userId', table: 'users', references: 'userId' },
    { column: 'actionId', table: 'actions', references: 'actionId' },
    { column: 'basketId', table: 'output_baskets', references: 'basketId' },
    { column: 'spentByActionId', table: 'actions', references: 'actionId' },
  ],
  checks: [],
}
