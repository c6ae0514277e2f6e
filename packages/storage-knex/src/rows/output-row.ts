import { OUTPUT_DEFAULTS, WITHHELD_REASONS, type NewOutputRow, type OutputRow } from '@txkeep/core'

import { boolean, bytes, integer, nullable, oneOf, satoshis, text, timestamp, txid } from './field.js'
import { RowMapping } from './row-mapping.js'

export const outputRows: RowMapping<OutputRow> = new RowMapping<OutputRow>('outputs', 'outputId', {
  outputId: integer('outputId'),
  userId: integer('userId'),
  actionId: integer('actionId'),
  basketId: nullable(integer('basketId')),
  spendable: boolean('spendable'),
  pending: boolean('pending'),
  maturesAtHeight: nullable(integer('matures_at_height')),
  withheld: nullable(oneOf('withheld', WITHHELD_REASONS)),
  change: boolean('change'),
  vout: integer('vout'),
  satoshis: satoshis('satoshis'),
  providedBy: text('providedBy'),
  purpose: text('purpose'),
  type: text('type'),
  outputDescription: nullable(text('outputDescription')),
  txid: nullable(txid('txid')),
  senderIdentityKey: nullable(text('senderIdentityKey')),
  derivationPrefix: nullable(text('derivationPrefix')),
  derivationSuffix: nullable(text('derivationSuffix')),
  customInstructions: nullable(text('customInstructions')),
  spentByActionId: nullable(integer('spentByActionId')),
  sequenceNumber: nullable(integer('sequenceNumber')),
  spendingDescription: nullable(text('spendingDescription')),
  scriptLength: nullable(integer('scriptLength')),
  scriptOffset: nullable(integer('scriptOffset')),
  lockingScript: nullable(bytes('lockingScript')),
  createdAt: timestamp('created_at'),
  updatedAt: timestamp('updated_at'),
})

/** `row` with every column filled in, so that many rows fit one statement. */
export function newOutputRow(row: NewOutputRow, now: Date): Omit<OutputRow, 'outputId'> {
  return { ...OUTPUT_DEFAULTS, createdAt: now, updatedAt: now, ...row }
}
