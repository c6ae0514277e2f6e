import type { ArrivalsQuery, ChangedRowsQuery, SyncEntity } from '@txkeep/core'
import type { Knex } from 'knex'

import type { TableName } from '../schema/tables.js'
import { orderByColumn } from './order-by.js'
import type { StatementBuilder } from './statement.js'

/** Where the rows of one entity are. */
interface ChangeSource {
  readonly table: TableName
  /** The table and what it is joined with; every row of the user and no other. */
  from(db: StatementBuilder, userId: number): Knex.QueryBuilder
  readonly keys: readonly string[]
  /** The moment of the change; left out, the table's own. */
  changedAt?(db: StatementBuilder): Knex.Raw
}

/**
 * One page of the rows a copy of this user's wallet has to be told of: `changed_at` and `key0`, `key1`, in order of the key.
 */
export function listChangedRows(db: StatementBuilder, query: ChangedRowsQuery): Knex.QueryBuilder {
  const { knex } = db
  const source = SOURCES[query.entity]
  const changedAt = () => source.changedAt?.(db) ?? knex.raw('??', [`${source.table}.updated_at`])
  const select = source.from(db, query.userId).select({ changed_at: changedAt() })
  if (query.since !== undefined) select.where(changedAt(), '>=', query.since)
  for (const [index, key] of source.keys.entries()) {
    select.select({ [`key${index}`]: `${source.table}.${key}` })
    orderByColumn(db, select, source.table, key, 'asc', source.table)
  }
  return select.limit(query.limit).offset(query.offset ?? 0)
}

/** Keys of the rows of one entity that came by sync at or after a moment, in order of arrival. */
export function listArrivals(db: StatementBuilder, query: ArrivalsQuery): Knex.QueryBuilder {
  const select = db
    .knex('sync_arrivals')
    .select('key')
    .where({ userId: query.userId, entity: query.entity })
    .where('arrived_at', '>=', query.since)
    .orderBy('arrived_at')
  return orderByColumn(db, select, 'sync_arrivals', 'key')
}

/** A table whose rows name their user. */
function owned(table: TableName, ...keys: readonly string[]): ChangeSource {
  return { table, keys, from: ({ knex }, userId) => knex(table).where(`${table}.userId`, userId) }
}

/** A table whose rows belong to a label or a tag, which names the user. */
function mapped(table: TableName, owner: TableName, ownerKey: string, ...keys: readonly string[]): ChangeSource {
  return {
    table,
    keys,
    from: ({ knex }, userId) =>
      knex(table).join(owner, `${owner}.${ownerKey}`, `${table}.${ownerKey}`).where(`${owner}.userId`, userId),
  }
}

/** An action and, once it is signed, its transaction: a change of either is a change of what its user sees. */
const actions: ChangeSource = {
  table: 'actions',
  keys: ['actionId'],
  from: ({ knex }, userId) =>
    knex('actions')
      .leftJoin('transactions', 'transactions.transactionId', 'actions.transactionId')
      .where('actions.userId', userId),
  changedAt: ({ knex }) =>
    knex.raw('case when ?? > ?? then ?? else ?? end', [
      'transactions.updated_at',
      'actions.updated_at',
      'transactions.updated_at',
      'actions.updated_at',
    ]),
}

const SOURCES: Readonly<Record<SyncEntity, ChangeSource>> = {
  provenTx: {
    ...actions,
    from: (db, userId) => actions.from(db, userId).where('transactions.processing', 'confirmed'),
  },
  outputBasket: owned('output_baskets', 'basketId'),
  outputTag: owned('output_tags', 'outputTagId'),
  txLabel: owned('tx_labels', 'txLabelId'),
  transaction: actions,
  output: owned('outputs', 'outputId'),
  txLabelMap: mapped('tx_labels_map', 'tx_labels', 'txLabelId', 'txLabelId', 'actionId'),
  outputTagMap: mapped('output_tags_map', 'output_tags', 'outputTagId', 'outputTagId', 'outputId'),
  certificate: owned('certificates', 'certificateId'),
  certificateField: owned('certificate_fields', 'certificateId', 'fieldName'),
  commission: owned('commissions', 'commissionId'),
  provenTxReq: { ...actions, from: (db, userId) => actions.from(db, userId).whereNotNull('transactions.raw_tx') },
}
