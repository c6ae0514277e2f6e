import { isDraftPlan, type ActionRow } from '@txkeep/core'
import { bytes, flag, integer, json, moment, named, nullable, satoshisDelta, text } from './field.js'
import { RecordMapping } from './record-mapping.js'

export const actionRecords: RecordMapping<ActionRow> = new RecordMapping<ActionRow>(
  'actions',
  'actionId',
  {
    actionId: integer,
    userId: integer,
    transactionId: nullable(integer),
    reference: text,
    description: nullable(text),
    isOutgoing: flag,
    satoshisDelta,
    version: nullable(integer),
    lockTime: nullable(integer),
    userNosend: flag,
    hidden: flag,
    userAborted: flag,
    draftInputBeef: nullable(bytes),
    plan: named('planJson', nullable(json(isDraftPlan))),
    notifyJson: nullable(text),
    rowVersion: integer,
    createdAt: moment,
    updatedAt: moment,
  },
  {
    defaults: {
      transactionId: null,
      description: null,
      isOutgoing: false,
      satoshisDelta: 0,
      version: null,
      lockTime: null,
      userNosend: false,
      hidden: false,
      userAborted: false,
      draftInputBeef: null,
      plan: null,
      notifyJson: null,
      rowVersion: 0,
    },
    derive: ({ transactionId }) => ({ isDraft: transactionId === null ? 1 : 0 }),
  },
)
