import type {
  ActionRow,
  ArrivalsQuery,
  ChangedRow,
  ChangedRowsQuery,
  CertificateFieldRow,
  CertificateRow,
  CommissionRow,
  OutputBasketRow,
  OutputRow,
  OutputTagMapRow,
  OutputTagRow,
  SyncArrivalRow,
  SyncReader,
  TransactionRow,
  TxLabelMapRow,
  TxLabelRow,
} from '@txkeep/core'
import type { RecordTable } from '../record-table.js'
import { startingWith } from './ranges.js'

export interface SyncTables {
  readonly actions: RecordTable<ActionRow>
  readonly transactions: RecordTable<TransactionRow>
  readonly outputs: RecordTable<OutputRow>
  readonly baskets: RecordTable<OutputBasketRow>
  readonly tags: RecordTable<OutputTagRow>
  readonly tagMaps: RecordTable<OutputTagMapRow>
  readonly labels: RecordTable<TxLabelRow>
  readonly labelMaps: RecordTable<TxLabelMapRow>
  readonly commissions: RecordTable<CommissionRow>
  readonly certificates: RecordTable<CertificateRow>
  readonly certificateFields: RecordTable<CertificateFieldRow>
  readonly syncArrivals: RecordTable<SyncArrivalRow>
}

export class IdbSyncRepository implements SyncReader {
  readonly #tables: SyncTables

  constructor(tables: SyncTables) {
    this.#tables = tables
  }

  async listChanged(query: ChangedRowsQuery): Promise<ChangedRow[]> {
    const { since, offset = 0, limit } = query
    const rows = (await this.#changed(query)).filter(({ changedAt }) => since === undefined || changedAt >= since)
    rows.sort((one, other) => indexedDB.cmp(one.key, other.key))
    return rows.slice(offset, offset + limit)
  }

  async listArrived({ userId, entity, since }: ArrivalsQuery): Promise<string[]> {
    const range = IDBKeyRange.bound([userId, entity, since], [userId, entity, []])
    return (await this.#tables.syncArrivals.indexed('arrived', range)).map((fields) => String(fields.at(-1)))
  }

  /** Every row of the user, in no order; outputs by what their index holds. */
  async #changed({ userId, entity, since = new Date(-8.64e15) }: ChangedRowsQuery): Promise<ChangedRow[]> {
    const tables = this.#tables
    const own = { index: 'userId', range: userId }
    switch (entity) {
      case 'outputBasket':
        return (await tables.baskets.all(own)).map((row) => changed(row, row.basketId))
      case 'outputTag':
        return (await tables.tags.all(own)).map((row) => changed(row, row.outputTagId))
      case 'txLabel':
        return (await tables.labels.all(own)).map((row) => changed(row, row.txLabelId))
      case 'certificate':
        return (await tables.certificates.all(own)).map((row) => changed(row, row.certificateId))
      case 'certificateField':
        return (await tables.certificateFields.all(own)).map((row) => changed(row, row.certificateId, row.fieldName))
      case 'commission':
        return (await tables.commissions.all(own)).map((row) => changed(row, row.commissionId))
      case 'output': {
        const range = IDBKeyRange.bound([userId, since], [userId, []])
        const fields = await tables.outputs.indexed('changed', range)
        return fields.map((key) => ({ key: [key[2] as number], changedAt: key[1] as Date }))
      }
      case 'txLabelMap': {
        const labels = await tables.labels.keys('userId', userId)
        const maps = await tables.labelMaps.many(labels, 'txLabelId')
        return maps.map((row) => changed(row, row.txLabelId, row.actionId))
      }
      case 'outputTagMap': {
        const tags = await tables.tags.keys('userId', userId)
        const maps = await tables.tagMaps.many(tags, 'outputTagId')
        return maps.map((row) => changed(row, row.outputTagId, row.outputId))
      }
      case 'transaction':
        return this.#changedActions(userId, () => true)
      case 'provenTx':
        return this.#changedActions(userId, (transaction) => transaction?.processing === 'confirmed')
      case 'provenTxReq':
        return this.#changedActions(userId, (transaction) => transaction?.hasRawTx === true)
    }
  }

  /** An action and, once it is signed, its transaction: a change of either is a change of what its user sees. */
  async #changedActions(
    userId: number,
    isMeant: (transaction: TransactionFacts | undefined) => boolean,
  ): Promise<ChangedRow[]> {
    const actions = await this.#tables.actions.all({ index: 'user', range: startingWith(userId) })
    const transactions = await this.#factsOf(actions.flatMap(({ transactionId }) => transactionId ?? []))
    return actions.flatMap(({ actionId, transactionId, updatedAt }) => {
      const transaction = transactions.get(transactionId ?? 0)
      if (!isMeant(transaction)) return []
      const isLater = transaction !== undefined && transaction.updatedAt > updatedAt
      return [{ key: [actionId], changedAt: isLater ? transaction.updatedAt : updatedAt }]
    })
  }

  /** By an index that holds them: a raw transaction is not read to say when it changed. */
  async #factsOf(transactionIds: readonly number[]): Promise<ReadonlyMap<number, TransactionFacts>> {
    const facts = new Map<number, TransactionFacts>()
    for (const id of new Set(transactionIds)) {
      const [fields] = await this.#tables.transactions.indexed('changed', startingWith(id))
      if (fields === undefined) continue
      facts.set(id, { updatedAt: fields[1] as Date, processing: fields[2] as string, hasRawTx: fields[3] === 1 })
    }
    return facts
  }
}

interface TransactionFacts {
  readonly updatedAt: Date
  readonly processing: string
  readonly hasRawTx: boolean
}

function changed(row: { readonly updatedAt: Date }, ...key: (number | string)[]): ChangedRow {
  return { key, changedAt: row.updatedAt }
}
