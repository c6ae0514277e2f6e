import type { Anomaly } from './anomaly.js'
import { insert, missingId, sampleAction, secondUser } from './sample-action.js'

/** Rows that point at nothing, or at somebody else's. */
export const ORPHANS: readonly Anomaly[] = [
  {
    id: 'orphan-proof',
    title: 'A proof that no user and no request refers to',
    finding: 'orphan-proof',
    apply: (database) => {
      const { transactionId, provenTxId = 0, provenTxReqId } = sampleAction(database)
      dropAction(database, transactionId)
      database.prepare('delete from proven_tx_reqs where provenTxReqId = ?').run(provenTxReqId)
      return [{ table: 'proven_txs', key: provenTxId }]
    },
  },
  {
    id: 'orphan-request',
    title: "A request that no user's transaction refers to",
    finding: 'orphan-request',
    apply: (database) => {
      const { transactionId, provenTxReqId = 0 } = sampleAction(database, { status: 'unproven', request: 'unmined' })
      dropAction(database, transactionId)
      return [{ table: 'proven_tx_reqs', key: provenTxReqId }]
    },
  },
  {
    id: 'request-of-missing-proof',
    title: 'A completed request and its action whose proof row is gone',
    finding: 'completed-without-proof',
    apply: (database) => {
      const { transactionId, provenTxId, provenTxReqId = 0 } = sampleAction(database)
      database.prepare('delete from proven_txs where provenTxId = ?').run(provenTxId)
      return [
        { table: 'transactions', key: transactionId },
        { table: 'proven_tx_reqs', key: provenTxReqId },
      ]
    },
  },
  {
    id: 'orphan-output',
    title: 'An output of a transaction that is not there',
    finding: 'orphan-output',
    apply: (database) => {
      const { outputIds } = sampleAction(database)
      const [outputId = 0] = outputIds
      const nowhere = missingId(database, 'transactions', 'transactionId')
      database.prepare('update outputs set transactionId = ? where outputId = ?').run(nowhere, outputId)
      return [{ table: 'outputs', key: outputId }]
    },
  },
  {
    id: 'orphan-label-map',
    title: 'A label on a transaction that is not there, and a transaction with a label that is not there',
    finding: 'orphan-label-map',
    apply: (database) => {
      const { transactionId, txLabelId } = sampleAction(database)
      const noTransaction = missingId(database, 'transactions', 'transactionId')
      const noLabel = missingId(database, 'tx_labels', 'txLabelId')
      insert(database, 'tx_labels_map', { txLabelId, transactionId: noTransaction, isDeleted: 0 })
      insert(database, 'tx_labels_map', { txLabelId: noLabel, transactionId, isDeleted: 0 })
      return [
        { table: 'tx_labels_map', key: `${txLabelId},${noTransaction}` },
        { table: 'tx_labels_map', key: `${noLabel},${transactionId}` },
      ]
    },
  },
  {
    id: 'orphan-tag-map',
    title: 'A tag on an output that is not there, and an output with a tag that is not there',
    finding: 'orphan-tag-map',
    apply: (database) => {
      const { userId, outputIds } = sampleAction(database)
      const [outputId = 0] = outputIds
      const outputTagId = insert(database, 'output_tags', { userId, tag: `damaged ${outputId}`, isDeleted: 0 })
      const noOutput = missingId(database, 'outputs', 'outputId')
      const noTag = missingId(database, 'output_tags', 'outputTagId')
      insert(database, 'output_tags_map', { outputTagId, outputId: noOutput, isDeleted: 0 })
      insert(database, 'output_tags_map', { outputTagId: noTag, outputId, isDeleted: 0 })
      return [
        { table: 'output_tags_map', key: `${outputTagId},${noOutput}` },
        { table: 'output_tags_map', key: `${noTag},${outputId}` },
      ]
    },
  },
  {
    id: 'orphan-commission',
    title: 'A commission of a transaction that is not there',
    finding: 'orphan-commission',
    apply: (database) => {
      const { userId } = sampleAction(database)
      const key = insert(database, 'commissions', {
        userId,
        transactionId: missingId(database, 'transactions', 'transactionId'),
        satoshis: 100,
        keyOffset: '11'.repeat(32),
        isRedeemed: 0,
        lockingScript: Buffer.from([0x51]),
      })
      return [{ table: 'commissions', key }]
    },
  },
  {
    id: 'dangling-spent-by',
    title: 'A spent output whose spender is not there',
    finding: 'dangling-spent-by',
    apply: (database) => dangle(database, 0),
  },
  {
    id: 'dangling-spent-by-spendable',
    title: 'An output said to be spent by a transaction that is not there, and to be spendable',
    finding: 'dangling-spent-by',
    apply: (database) => dangle(database, 1),
  },
  {
    id: 'foreign-output-owner',
    title: 'An output of another user than its transaction',
    finding: 'foreign-output-owner',
    apply: (database) => {
      const { outputIds } = sampleAction(database)
      const [outputId = 0] = outputIds
      const userId = secondUser(database)
      const basket = database
        .prepare("select basketId from output_baskets where userId = ? and name = 'default'")
        .pluck()
        .get(userId)
      database.prepare('update outputs set userId = ?, basketId = ? where outputId = ?').run(userId, basket, outputId)
      return [{ table: 'outputs', key: outputId }]
    },
  },
]

type Apply = Anomaly['apply']

const dangle = (database: Parameters<Apply>[0], spendable: 0 | 1): ReturnType<Apply> => {
  const { outputIds } = sampleAction(database)
  const [outputId = 0] = outputIds
  const nobody = missingId(database, 'transactions', 'transactionId')
  database.prepare('update outputs set spentBy = ?, spendable = ? where outputId = ?').run(nobody, spendable, outputId)
  return [{ table: 'outputs', key: outputId }]
}

function dropAction(database: Parameters<Apply>[0], transactionId: number): void {
  for (const table of ['outputs', 'tx_labels_map', 'transactions']) {
    database.prepare(`delete from "${table}" where transactionId = ?`).run(transactionId)
  }
}
