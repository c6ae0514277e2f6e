import type { Anomaly } from './anomaly.js'
import { sampleAction } from './sample-action.js'

/** Statuses that nobody knows, or that contradict what is stored. */
export const STATUSES: readonly Anomaly[] = [
  {
    id: 'unknown-transaction-status',
    title: "A user's row with a status no version writes",
    finding: 'unknown-status',
    apply: (database) => {
      const { transactionId } = sampleAction(database, { status: 'unproven', request: 'unmined' })
      database.prepare("update transactions set status = 'waiting' where transactionId = ?").run(transactionId)
      return [{ table: 'transactions', key: transactionId }]
    },
  },
  {
    id: 'unknown-request-status',
    title: 'A request with a status no version writes',
    finding: 'unknown-status',
    apply: (database) => {
      const { provenTxReqId = 0 } = sampleAction(database, { status: 'unproven', request: 'unmined' })
      database.prepare("update proven_tx_reqs set status = 'notifying?' where provenTxReqId = ?").run(provenTxReqId)
      return [{ table: 'proven_tx_reqs', key: provenTxReqId }]
    },
  },
  {
    id: 'completed-without-proof',
    title: 'Completed in both rows, with no proof stored',
    finding: 'completed-without-proof',
    apply: (database) => {
      const { transactionId, provenTxReqId = 0 } = sampleAction(database, { proven: false })
      return [
        { table: 'transactions', key: transactionId },
        { table: 'proven_tx_reqs', key: provenTxReqId },
      ]
    },
  },
  {
    id: 'completed-with-nothing',
    title: 'A completed row with neither request nor proof',
    finding: 'completed-without-proof',
    apply: (database) => {
      const { transactionId, raw } = sampleAction(database, { proven: false, request: null })
      database.prepare('update transactions set rawTx = ? where transactionId = ?').run(raw.bytes, transactionId)
      return [{ table: 'transactions', key: transactionId }]
    },
  },
  {
    id: 'stale-request',
    title: 'A request that still waits to be mined although its proof is stored',
    finding: 'stale-request',
    apply: (database) => {
      const { provenTxReqId = 0 } = sampleAction(database, { request: 'unmined' })
      database.prepare('update proven_tx_reqs set provenTxId = null where provenTxReqId = ?').run(provenTxReqId)
      return [{ table: 'proven_tx_reqs', key: provenTxReqId }]
    },
  },
  {
    id: 'failed-although-proven',
    title: 'An action that failed for its user although its proof is stored',
    finding: 'stale-request',
    apply: (database) => {
      const { transactionId, provenTxReqId = 0 } = sampleAction(database, {
        status: 'failed',
        request: 'invalid',
        proven: true,
      })
      database.prepare('update transactions set provenTxId = null where transactionId = ?').run(transactionId)
      return [
        { table: 'transactions', key: transactionId },
        { table: 'proven_tx_reqs', key: provenTxReqId },
      ]
    },
  },
  {
    id: 'phantom-coin',
    title: 'A coin that its flags still say is free although a live transaction consumes it',
    finding: 'phantom-coin',
    apply: (database) => {
      const parent = sampleAction(database, { satoshis: [12_000, 1_000] })
      sampleAction(database, {
        status: 'unproven',
        request: 'unmined',
        inputs: [{ txid: parent.txid, vout: 0 }],
        satoshis: [11_000],
      })
      return [{ table: 'outputs', key: parent.outputIds[0] ?? 0 }]
    },
  },
  {
    id: 'phantom-coin-of-failed',
    title: 'A coin free by its flags, consumed by a transaction that failed for its user and is proven',
    finding: 'phantom-coin',
    apply: (database) => {
      const parent = sampleAction(database, { satoshis: [13_000] })
      sampleAction(database, {
        status: 'failed',
        request: 'completed',
        proven: true,
        inputs: [{ txid: parent.txid, vout: 0 }],
        satoshis: [12_500],
      })
      return [{ table: 'outputs', key: parent.outputIds[0] ?? 0 }]
    },
  },
  {
    id: 'immature-coinbase',
    title: 'A coinbase output, spendable by its flag, five blocks below the tip',
    finding: 'immature-coinbase',
    apply: (database) => {
      const { outputIds } = sampleAction(database, {
        coinbase: true,
        request: null,
        isOutgoing: false,
        satoshis: [5_000_000_000],
      })
      return outputIds.map((key) => ({ table: 'outputs', key }))
    },
  },
]
