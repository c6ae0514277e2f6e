import { isDraftPlan, type ActionRow, type NewActionRow } from '@txkeep/core'

import { boolean, bytes, integer, json, nullable, satoshisDelta, text, timestamp } from './field.js'
import { RowMapping } from './row-mapping.js'

export const actionRows: RowMapping<ActionRow> = new RowMapping<ActionRow>('actions', 'actionId', {
  actionId: integer('actionId'),
  userId: integer('userId'),
  transactionId: nullable(integer('transactionId')),
  reference: text('reference'),
  description: nullable(text('description')),
  isOutgoing: boolean('isOutgoing'),
  satoshisDelta: satoshisDelta('satoshis_delta'),
  version: nullable(integer('version')),
  lockTime: nullable(integer('lock_time')),
  userNosend: boolean('user_nosend'),
  hidden: boolean('hidden'),
  userAborted: boolean('user_aborted'),
  draftInputBeef: nullable(bytes('draft_input_beef')),
  plan: nullable(json('plan_json', isDraftPlan)),
  notifyJson: nullable(text('notify_json')),
  rowVersion: integer('row_version'),
  createdAt: timestamp('created_at'),
  updatedAt: timestamp('updated_at'),
})

/** `row` with the moment of its insert wherever it names no time itself. */
export function newActionRow(row: NewActionRow, now: Date): NewActionRow {
  return { createdAt: now, updatedAt: now, ...row }
}
