import { OUTPUT_DEFAULTS, WITHHELD_REASONS, type OutputRow } from '@txkeep/core'
import { bytes, flag, integer, moment, nullable, oneOf, satoshis, text, txid } from './field.js'
import { RecordMapping } from './record-mapping.js'

export const outputRecords: RecordMapping<OutputRow> = new RecordMapping<OutputRow>(
  'outputs',
  'outputId',
  {
    outputId: integer,
    userId: integer,
    actionId: integer,
    basketId: nullable(integer),
    spendable: flag,
    pending: flag,
    maturesAtHeight: nullable(integer),
    withheld: nullable(oneOf(WITHHELD_REASONS)),
    change: flag,
    vout: integer,
    satoshis,
    providedBy: text,
    purpose: text,
    type: text,
    outputDescription: nullable(text),
    txid: nullable(txid),
    senderIdentityKey: nullable(text),
    derivationPrefix: nullable(text),
    derivationSuffix: nullable(text),
    customInstructions: nullable(text),
    spentByActionId: nullable(integer),
    sequenceNumber: nullable(integer),
    spendingDescription: nullable(text),
    scriptLength: nullable(integer),
    scriptOffset: nullable(integer),
    lockingScript: nullable(bytes),
    createdAt: moment,
    updatedAt: moment,
  },
  {
    defaults: OUTPUT_DEFAULTS,
    derive: ({ spentByActionId }) => ({ unspent: spentByActionId === null ? 1 : 0 }),
  },
)
