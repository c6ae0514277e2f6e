import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'
import { findMerkleLeaf } from './merkle-leaf.js'
import { hashRawTransaction, isCoinbaseTransaction, parseRawTransaction } from './raw-transaction.js'

/** Rows collected before they are written: no statement may write while another one is being read. More would only cost memory. */
const PAGE_ROWS = 2_000

interface ProofRow {
  readonly provenTxId: number
  readonly txid: string
  readonly merkleIndex: number
  readonly merkleRoot: string | null
  readonly merklePath: Uint8Array | null
  readonly height: unknown
}

/** Fills `model_bad_proof` and `model_leaf` (proofs whose path says another index than their row) by reading every path once. */
export async function scanLegacyProofs(session: SqlSession, db: LegacyDatabase, signal?: AbortSignal): Promise<void> {
  const bad: number[] = []
  const moved: { id: number; leaf: number }[] = []
  const rows = session.iterate<ProofRow>(
    `SELECT provenTxId, lower(txid) AS txid, "index" AS merkleIndex, lower(merkleRoot) AS merkleRoot, merklePath, height
       FROM ${db.legacy('proven_txs')} ORDER BY provenTxId`,
  )
  for await (const { provenTxId, txid, merkleIndex, merkleRoot, merklePath, height } of rows) {
    const leaf = merklePath instanceof Uint8Array ? findMerkleLeaf(merklePath, txid) : undefined
    if (leaf === undefined || leaf.root !== merkleRoot || leaf.blockHeight !== height) bad.push(provenTxId)
    else if (leaf.merkleIndex !== merkleIndex) moved.push({ id: provenTxId, leaf: leaf.merkleIndex })
  }
  signal?.throwIfAborted()
  await insertJson(session, 'model_bad_proof (provenTxId)', 'value', bad)
  await insertJson(
    session,
    'model_leaf (provenTxId, leaf)',
    `json_extract(value, '$.id'), json_extract(value, '$.leaf')`,
    moved,
  )
}

interface RawRow {
  readonly id: number
  readonly txid: string
  readonly isLive: number
  readonly rawTx: unknown
}

interface Consumed {
  readonly txid: string
  readonly vout: number
  readonly consumer: string
}

/**
 * Reads every raw transaction once, in the order it lies on disk, and fills `model_consumed` (what live transactions
 * take), `model_raw_mismatch` and `isCoinbase`.
 */
export async function scanLegacyRawTransactions(
  session: SqlSession,
  db: LegacyDatabase,
  signal?: AbortSignal,
): Promise<void> {
  const sources = [
    { source: 'proof', table: db.legacy('proven_txs'), key: 'provenTxId' },
    { source: 'request', table: db.legacy('proven_tx_reqs'), key: 'provenTxReqId' },
    { source: 'action', table: db.legacy('transactions'), key: 'transactionId' },
  ]
  for (const { source, table, key } of sources) {
    let after: number | undefined = -1
    while (after !== undefined) {
      signal?.throwIfAborted()
      after = await scanPage(session, source, table, key, after)
    }
  }
  await session.run(`UPDATE model_txid SET isCoinbase = 1 WHERE merkleIndex = 0`)
}

/** Reads on from the key `after` until a page is full; answers with the last key read, or undefined at the end. */
async function scanPage(
  session: SqlSession,
  source: string,
  table: string,
  key: string,
  after: number,
): Promise<number | undefined> {
  const consumed: Consumed[] = []
  const mismatches: string[] = []
  const coinbases: string[] = []
  let last: number | undefined
  const rows = session.iterate<RawRow>(
    `SELECT s.${key} AS id, m.txid, s.rawTx,
            m.proofId IS NOT NULL OR m.processing IN (${LIVE_STATUSES}) AS isLive
       FROM ${table} s JOIN model_txid m ON m.txid = lower(s.txid) AND m.rawSource = ? AND m.rawId = s.${key}
      WHERE s.${key} > ? ORDER BY s.${key}`,
    [source, after],
  )
  for await (const row of rows) {
    readRawTransaction(row, consumed, mismatches, coinbases)
    if (consumed.length + mismatches.length < PAGE_ROWS) continue
    last = row.id
    break
  }
  await insertJson(
    session,
    'model_consumed (txid, vout, consumer)',
    `json_extract(value, '$.txid'), json_extract(value, '$.vout'), json_extract(value, '$.consumer')`,
    consumed,
    // What was paid by strangers is nobody's coin here.
    `WHERE json_extract(value, '$.txid') IN (SELECT txid FROM model_txid)`,
  )
  await insertJson(session, 'model_raw_mismatch (txid)', 'value', mismatches)
  await session.run(`UPDATE model_txid SET isCoinbase = 1 WHERE txid IN (SELECT value FROM json_each(?))`, [
    JSON.stringify(coinbases),
  ])
  return last
}

/** A live transaction holds what it consumes. Source: docs/spec/lifecycle.md §3 step 5. */
const LIVE_STATUSES = `'sending', 'frozen', 'sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed'`

function readRawTransaction(row: RawRow, consumed: Consumed[], mismatches: string[], coinbases: string[]): void {
  const bytes = row.rawTx instanceof Uint8Array ? row.rawTx : undefined
  const transaction = bytes === undefined ? undefined : parseRawTransaction(bytes)
  if (bytes === undefined || transaction === undefined || hashRawTransaction(bytes) !== row.txid) {
    mismatches.push(row.txid)
    return
  }
  if (isCoinbaseTransaction(transaction)) {
    coinbases.push(row.txid)
    return
  }
  if (row.isLive !== 1) return
  for (const { txid, vout } of transaction.inputs) consumed.push({ txid, vout, consumer: row.txid })
}

async function insertJson(
  session: SqlSession,
  into: string,
  select: string,
  values: readonly unknown[],
  where: string = 'WHERE true',
): Promise<void> {
  if (values.length === 0) return
  await session.run(`INSERT INTO ${into} SELECT ${select} FROM json_each(?) ${where} ON CONFLICT DO NOTHING`, [
    JSON.stringify(values),
  ])
}
