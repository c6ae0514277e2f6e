import type { CheckResult } from '../../../check-result.js'
import { compareColumns, type ColumnPair } from '../compare-columns.js'
import { DifferenceList } from '../differences.js'
import { readLegacyTimestamp } from '../legacy-timestamp.js'
import type { VerifyContext } from '../verify-context.js'

const NOT_DIRTY = 'NOT EXISTS (SELECT 1 FROM dirty_txid d WHERE d.txid = m.txid)'

/** What each transaction row must say: its status by the pair rule, its proof and its request's figures, its bytes, its times. */
export async function checkTransactions(context: VerifyContext): Promise<CheckResult[]> {
  const { session, db } = context
  const from = `FROM model_txid m
    JOIN ${db.ours('transactions')} n ON n.txid = m.txid
    LEFT JOIN ${db.legacy('proven_tx_reqs')} r ON r.provenTxReqId = m.requestId
    LEFT JOIN ${db.legacy('proven_txs')} p ON p.provenTxId = m.proofId
   WHERE ${NOT_DIRTY}`
  const compare = async (columns: readonly ColumnPair[], source = from): Promise<DifferenceList> =>
    await compareColumns(session, { table: 'transactions', key: 'm.txid', from: source, columns })

  const statuses = await compare([{ column: 'processing', expected: 'm.processing', actual: 'n.processing' }])
  const columns = await compare(copiedColumns(context))
  const proofs = await compare([{ column: 'merkle_path', expected: 'p.merklePath', actual: 'n.merkle_path' }])
  const raw = await compare(
    [{ column: 'raw_tx', expected: 'coalesce(wp.rawTx, wr.rawTx, wt.rawTx)', actual: 'n.raw_tx' }],
    `FROM model_txid m JOIN ${db.ours('transactions')} n ON n.txid = m.txid
       LEFT JOIN ${db.legacy('proven_txs')} wp ON m.rawSource = 'proof' AND wp.provenTxId = m.rawId
       LEFT JOIN ${db.legacy('proven_tx_reqs')} wr ON m.rawSource = 'request' AND wr.provenTxReqId = m.rawId
       LEFT JOIN ${db.legacy('transactions')} wt ON m.rawSource = 'action' AND wt.transactionId = m.rawId
      WHERE ${NOT_DIRTY}`,
  )
  return [
    statuses.toCheck('statuses.pairs', 'Every status is the one the pair of legacy statuses gives.'),
    columns.toCheck('columns.transactions', 'Figures of requests and proofs stand in the transaction as they were.'),
    proofs.toCheck('bytes.proofs', 'Every usable merkle path is there byte for byte, and no other.'),
    raw.toCheck('bytes.raw-transactions', 'Every raw transaction is there byte for byte.'),
    (await compareTimes(context)).toCheck(
      'times.transactions',
      'A transaction is as old as its oldest source and as new as its newest.',
    ),
  ]
}

function copiedColumns({ db }: VerifyContext): readonly ColumnPair[] {
  const request = (column: string, fallback: string): string =>
    `coalesce(${db.column('proven_tx_reqs', 'r', column, fallback)}, ${fallback})`
  return [
    { column: 'attempts', expected: request('attempts', '0'), actual: 'n.attempts' },
    { column: 'batch', expected: 'r.batch', actual: 'n.batch' },
    { column: 'was_broadcast', expected: `${request('wasBroadcast', '0')} <> 0`, actual: 'n.was_broadcast' },
    { column: 'rebroadcast_cycles', expected: request('rebroadcastAttempts', '0'), actual: 'n.rebroadcast_cycles' },
    { column: 'height', expected: 'p.height', actual: 'n.height' },
    { column: 'merkle_index', expected: 'm.merkleIndex', actual: 'n.merkle_index' },
    { column: 'merkle_root', expected: 'p.merkleRoot', actual: 'n.merkle_root' },
    { column: 'block_hash', expected: 'p.blockHash', actual: 'n.block_hash' },
    { column: 'is_coinbase', expected: 'm.isCoinbase', actual: 'n.is_coinbase' },
    { column: 'legacy_proven_id', expected: 'm.provenId', actual: 'n.legacy_proven_id' },
    { column: 'legacy_req_id', expected: 'r.provenTxReqId', actual: 'n.legacy_req_id' },
    { column: 'proof_attempts', expected: '0', actual: 'n.proof_attempts' },
    { column: 'idempotency_key', expected: 'NULL', actual: 'n.idempotency_key' },
  ]
}

interface TimesRow {
  readonly txid: string
  readonly created: unknown
  readonly updated: unknown
  readonly requestCreated: unknown
  readonly requestUpdated: unknown
  readonly proofCreated: unknown
  readonly proofUpdated: unknown
}

interface UserTimesRow {
  readonly txid: string
  readonly created: unknown
  readonly updated: unknown
}

/** Two streams in order of txid, merged as they come: our rows with request and proof, and users' rows. */
async function compareTimes({ session, db }: VerifyContext): Promise<DifferenceList> {
  const differences = new DifferenceList()
  const userRows = session
    .iterate<UserTimesRow>(
      `SELECT lower(t.txid) AS txid, t.created_at AS created, t.updated_at AS updated
         FROM ${db.legacy('transactions')} t WHERE t.txid <> '' ORDER BY lower(t.txid)`,
    )
    [Symbol.asyncIterator]()
  let next = await userRows.next()
  const rows = session.iterate<TimesRow>(
    `SELECT m.txid, n.created_at AS created, n.updated_at AS updated,
            r.created_at AS requestCreated, r.updated_at AS requestUpdated,
            p.created_at AS proofCreated, p.updated_at AS proofUpdated
       FROM model_txid m
       JOIN ${db.ours('transactions')} n ON n.txid = m.txid
       LEFT JOIN ${db.legacy('proven_tx_reqs')} r ON r.provenTxReqId = m.requestId
       LEFT JOIN ${db.legacy('proven_txs')} p ON p.provenTxId = m.provenId
      WHERE ${NOT_DIRTY} ORDER BY m.txid`,
  )
  for await (const row of rows) {
    const times = new TimeRange()
    times.add(row.requestCreated, row.requestUpdated)
    times.add(row.proofCreated, row.proofUpdated)
    while (next.done !== true && next.value.txid <= row.txid) {
      if (next.value.txid === row.txid) times.add(next.value.created, next.value.updated)
      next = await userRows.next()
    }
    compareTimesOf(row, times, differences)
  }
  await userRows.return?.()
  return differences
}

/** The earliest creation and the latest update among what it was given; what cannot be read does not count. */
class TimeRange {
  created: string | undefined
  updated: string | undefined

  add(created: unknown, updated: unknown): void {
    const one = readLegacyTimestamp(created)
    if (one !== undefined && (this.created === undefined || one < this.created)) this.created = one
    const other = readLegacyTimestamp(updated)
    if (other !== undefined && (this.updated === undefined || other > this.updated)) this.updated = other
  }
}

function compareTimesOf(row: TimesRow, { created, updated }: TimeRange, differences: DifferenceList): void {
  if (created !== undefined && created !== row.created)
    differences.add({
      table: 'transactions',
      key: row.txid,
      column: 'created_at',
      expected: created,
      actual: String(row.created),
    })
  if (updated !== undefined && updated !== row.updated)
    differences.add({
      table: 'transactions',
      key: row.txid,
      column: 'updated_at',
      expected: updated,
      actual: String(row.updated),
    })
}
