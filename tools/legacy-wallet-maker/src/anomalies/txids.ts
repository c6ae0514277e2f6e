import type { Anomaly } from './anomaly.js'
import { insert, sampleAction } from './sample-action.js'

/** Txids that are empty, oddly written, or belong to something else. */
export const TXIDS: readonly Anomaly[] = [
  {
    id: 'empty-txid',
    title: 'A draft and its outputs with an empty text as txid',
    finding: 'empty-txid',
    apply: (database) => {
      const { transactionId, outputIds } = sampleAction(database, { status: 'unsigned', request: null })
      database.prepare("update transactions set txid = '' where transactionId = ?").run(transactionId)
      database.prepare("update outputs set txid = '' where transactionId = ?").run(transactionId)
      return [{ table: 'transactions', key: transactionId }, ...outputIds.map((key) => ({ table: 'outputs', key }))]
    },
  },
  {
    id: 'upper-case-txid',
    title: "A user's row and its outputs with the txid in capitals, the request and the proof without",
    finding: 'txid-case',
    apply: (database) => {
      const { transactionId, txid, outputIds } = sampleAction(database)
      database
        .prepare('update transactions set txid = ? where transactionId = ?')
        .run(txid.toUpperCase(), transactionId)
      database.prepare('update outputs set txid = ? where transactionId = ?').run(txid.toUpperCase(), transactionId)
      return [{ table: 'transactions', key: transactionId }, ...outputIds.map((key) => ({ table: 'outputs', key }))]
    },
  },
  {
    id: 'requests-differ-in-case',
    title: 'Two requests whose txids differ only in case, with different statuses',
    finding: 'txid-case',
    apply: (database) => {
      const {
        txid,
        raw,
        provenTxReqId = 0,
        transactionId,
      } = sampleAction(database, { status: 'unproven', request: 'unmined' })
      const shouting = insert(database, 'proven_tx_reqs', {
        status: 'invalid',
        txid: txid.toUpperCase(),
        history: '{}',
        notify: JSON.stringify({ transactionIds: [transactionId] }),
        rawTx: raw.bytes,
      })
      return [
        { table: 'proven_tx_reqs', key: provenTxReqId },
        { table: 'proven_tx_reqs', key: shouting },
      ]
    },
  },
  {
    id: 'proofs-differ-in-case',
    title: 'Two proofs whose txids differ only in case',
    finding: 'txid-case',
    apply: (database) => {
      const { txid, provenTxId = 0 } = sampleAction(database)
      const proof = database.prepare('select * from proven_txs where provenTxId = ?').get(provenTxId) as Record<
        string,
        unknown
      >
      const shouting = insert(database, 'proven_txs', { ...proof, provenTxId: null, txid: txid.toUpperCase() })
      return [
        { table: 'proven_txs', key: provenTxId },
        { table: 'proven_txs', key: shouting },
      ]
    },
  },
  {
    id: 'output-txid-mismatch',
    title: "An output whose txid is not its transaction's, while its script is",
    finding: 'output-txid-mismatch',
    apply: (database) => {
      const { outputIds } = sampleAction(database)
      const [outputId = 0] = outputIds
      database.prepare('update outputs set txid = ? where outputId = ?').run('ab'.repeat(32), outputId)
      return [{ table: 'outputs', key: outputId }]
    },
  },
  {
    id: 'output-txid-and-script-mismatch',
    title: "An output whose txid and script are both not its transaction's",
    finding: 'output-txid-mismatch',
    apply: (database) => {
      const { outputIds } = sampleAction(database)
      const [outputId = 0] = outputIds
      const script = Buffer.from(`76a914${'00'.repeat(20)}88ac`, 'hex')
      database
        .prepare('update outputs set txid = ?, lockingScript = ? where outputId = ?')
        .run('cd'.repeat(32), script, outputId)
      return [{ table: 'outputs', key: outputId }]
    },
  },
]
