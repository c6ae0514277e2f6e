import type { Anomaly } from './anomaly.js'
import { sampleAction } from './sample-action.js'

/** Raw transactions, proofs and scripts that are missing, wrong or out of reach. */
export const BYTES: readonly Anomaly[] = [
  {
    id: 'raw-tx-hash-mismatch',
    title: 'A raw transaction that does not hash to its txid',
    finding: 'raw-tx-hash-mismatch',
    apply: (database) => {
      const { raw, provenTxReqId = 0 } = sampleAction(database, { status: 'unproven', request: 'unmined' })
      const changed = Buffer.from(raw.bytes)
      changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1)
      database.prepare('update proven_tx_reqs set rawTx = ? where provenTxReqId = ?').run(changed, provenTxReqId)
      return [{ table: 'proven_tx_reqs', key: provenTxReqId }]
    },
  },
  {
    id: 'raw-tx-not-a-transaction',
    title: 'Raw transaction bytes that are no transaction',
    finding: 'raw-tx-hash-mismatch',
    apply: (database) => {
      const { provenTxReqId = 0 } = sampleAction(database, { status: 'unproven', request: 'unmined' })
      database.prepare("update proven_tx_reqs set rawTx = x'deadbeef' where provenTxReqId = ?").run(provenTxReqId)
      return [{ table: 'proven_tx_reqs', key: provenTxReqId }]
    },
  },
  {
    id: 'missing-raw-tx',
    title: 'A transaction with a txid and no raw transaction anywhere',
    finding: 'missing-raw-tx',
    apply: (database) => {
      const { transactionId, provenTxReqId } = sampleAction(database, { status: 'unproven', request: 'unmined' })
      database.prepare('update proven_tx_reqs set rawTx = null where provenTxReqId = ?').run(provenTxReqId)
      return [{ table: 'transactions', key: transactionId }]
    },
  },
  {
    id: 'missing-raw-tx-no-request',
    title: 'A row on its way out with a txid, no request and no raw transaction',
    finding: 'missing-raw-tx',
    apply: (database) => {
      const { transactionId } = sampleAction(database, { status: 'sending', request: null })
      return [{ table: 'transactions', key: transactionId }]
    },
  },
  {
    id: 'bad-proof',
    title: 'A merkle path that does not contain its txid',
    finding: 'bad-proof',
    apply: (database) => {
      const { provenTxId = 0 } = sampleAction(database)
      const other = sampleAction(database)
      database
        .prepare(
          'update proven_txs set merklePath = (select merklePath from proven_txs where provenTxId = ?) where provenTxId = ?',
        )
        .run(other.provenTxId, provenTxId)
      return [{ table: 'proven_txs', key: provenTxId }]
    },
  },
  {
    id: 'unreadable-proof',
    title: 'A merkle path that is cut off',
    finding: 'bad-proof',
    apply: (database) => {
      const { provenTxId = 0 } = sampleAction(database)
      database
        .prepare('update proven_txs set merklePath = substr(merklePath, 1, 9) where provenTxId = ?')
        .run(provenTxId)
      return [{ table: 'proven_txs', key: provenTxId }]
    },
  },
  {
    id: 'missing-script',
    title: 'An output of a signed transaction with no script and no place to find it',
    finding: 'missing-script',
    apply: (database) => {
      const { outputIds } = sampleAction(database)
      const [outputId = 0] = outputIds
      database
        .prepare('update outputs set lockingScript = null, scriptOffset = null, scriptLength = null where outputId = ?')
        .run(outputId)
      return [{ table: 'outputs', key: outputId }]
    },
  },
  {
    id: 'script-only-in-raw-tx',
    title: 'An output whose script is only in the raw transaction, where its offset says',
    finding: undefined,
    apply: (database) => {
      const { outputIds } = sampleAction(database)
      const [outputId = 0] = outputIds
      database.prepare('update outputs set lockingScript = null where outputId = ?').run(outputId)
      return [{ table: 'outputs', key: outputId }]
    },
  },
  {
    id: 'script-slice-outside',
    title: 'An output whose script is said to lie behind the end of the raw transaction',
    finding: 'script-slice-outside',
    apply: (database) => {
      const { outputIds, raw } = sampleAction(database)
      const [outputId = 0] = outputIds
      database
        .prepare('update outputs set lockingScript = null, scriptOffset = ?, scriptLength = 25 where outputId = ?')
        .run(raw.bytes.length + 10, outputId)
      return [{ table: 'outputs', key: outputId }]
    },
  },
]
