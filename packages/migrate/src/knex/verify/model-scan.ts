import type { MigrationDialect } from '../dialect/migration-dialect.js'
import type { ListedColumn } from '../dialect/reading-dialect.js'
import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'
import { MerkleHasher } from './merkle-hasher.js'
import { findMerkleLeaf, type MerkleLeaf } from './merkle-leaf.js'
import { hashRawTransaction, isCoinbaseTransaction, parseRawTransaction } from './raw-transaction.js'

/** Rows collected before they are written: no statement may write while another one is being read. More would only cost memory. */
const PAGE_ROWS = 500

/** A stored proof; txid and root in lower case. */
export interface StoredProof {
  readonly txid: string
  readonly merkleRoot: string | null
  readonly merklePath: unknown
  readonly height: unknown
}

interface ProofRow extends StoredProof {
  readonly provenTxId: number
  readonly merkleIndex: number
}

/** Where the path places the txid, when it leads to the root and the height the row says; undefined when it proves nothing. */
export function findProvenLeaf(proof: StoredProof, hasher?: MerkleHasher): MerkleLeaf | undefined {
  const { txid, merkleRoot, merklePath, height } = proof
  const leaf = merklePath instanceof Uint8Array ? findMerkleLeaf(merklePath, txid, hasher) : undefined
  return leaf !== undefined && leaf.root === merkleRoot && leaf.blockHeight === height ? leaf : undefined
}

/** Fills `model_bad_proof` and `model_leaf` (proofs whose path says another index than their row) by reading every path once. */
export async function scanLegacyProofs(session: SqlSession, db: LegacyDatabase, signal?: AbortSignal): Promise<void> {
  const bad: number[] = []
  const moved: { id: number; leaf: number }[] = []
  const hasher = new MerkleHasher()
  const rows = session.iterate<ProofRow>(
    `SELECT provenTxId, coalesce(lower(txid), '') AS txid, "index" AS merkleIndex, lower(merkleRoot) AS merkleRoot, merklePath, height
       FROM ${db.legacy('proven_txs')} ORDER BY provenTxId`,
  )
  for await (const row of rows) {
    const { provenTxId, merkleIndex } = row
    const leaf = findProvenLeaf(row, hasher)
    if (leaf === undefined) bad.push(provenTxId)
    else if (leaf.merkleIndex !== merkleIndex) moved.push({ id: provenTxId, leaf: leaf.merkleIndex })
  }
  signal?.throwIfAborted()
  await insertRows(
    session,
    'model_bad_proof',
    [{ name: 'provenTxId', type: 'number' }],
    bad.map((id) => [id]),
  )
  await insertRows(
    session,
    'model_leaf',
    [
      { name: 'provenTxId', type: 'number' },
      { name: 'leaf', type: 'number' },
    ],
    moved.map(({ id, leaf }) => [id, leaf]),
  )
}

interface RawRow {
  readonly model: number
  readonly txid: string
  readonly isLive: number
  readonly rawTx: unknown
}

interface Consumed {
  readonly txid: string
  readonly vout: number
  /** The number of the transaction that takes it. */
  readonly consumer: number
}

/**
 * Reads every raw transaction once, table by table, and fills `model_consumed` (what live transactions take),
 * `model_raw_mismatch` and `isCoinbase`.
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
      after = await scanPage(session, { source, table, key }, after)
    }
  }
  await session.run(`UPDATE model_txid SET isCoinbase = 1 WHERE merkleIndex = 0`)
}

/** Where raw transactions stand: `rawSource` of the model, the table, its key. */
interface RawSource {
  readonly source: string
  readonly table: string
  readonly key: string
}

/** Reads on from the txid numbered `after` until a page is full; answers with the last number read, or undefined at the end. */
async function scanPage(
  session: SqlSession,
  { source, table, key }: RawSource,
  after: number,
): Promise<number | undefined> {
  const consumed: Consumed[] = []
  const mismatches: string[] = []
  const coinbases: number[] = []
  let last: number | undefined
  const rows = session.iterate<RawRow>(
    `SELECT m.model, m.txid, s.rawTx,
            m.proofId IS NOT NULL OR m.processing IN (${LIVE_STATUSES}) AS isLive
       FROM model_txid m JOIN ${table} s ON s.${key} = m.rawId
      WHERE m.rawSource = ? AND m.model > ? ORDER BY m.model`,
    [source, after],
  )
  for await (const row of rows) {
    readRawTransaction(row, consumed, mismatches, coinbases)
    if (consumed.length + mismatches.length < PAGE_ROWS) continue
    last = row.model
    break
  }
  for (let start = 0; start < consumed.length; start += PAGE_ROWS)
    await insertConsumed(session, consumed.slice(start, start + PAGE_ROWS))
  await insertRows(
    session,
    'model_raw_mismatch',
    [{ name: 'txid', type: 'text' }],
    mismatches.map((txid) => [txid]),
  )
  const { sql, bindings } = session.dialect.reading.listedRows(
    [{ name: 'model', type: 'number' }],
    coinbases.map((model) => [model]),
  )
  await session.run(
    `UPDATE model_txid SET isCoinbase = 1 WHERE model IN (SELECT model FROM ${sql} AS listed)`,
    bindings,
  )
  return last
}

/** A live transaction holds what it consumes. Source: docs/spec/lifecycle.md §3 step 5. */
const LIVE_STATUSES = `'sending', 'frozen', 'sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed'`

function readRawTransaction(row: RawRow, consumed: Consumed[], mismatches: string[], coinbases: number[]): void {
  const bytes = row.rawTx instanceof Uint8Array ? row.rawTx : undefined
  const transaction = bytes === undefined ? undefined : parseRawTransaction(bytes)
  if (bytes === undefined || transaction === undefined || hashRawTransaction(bytes) !== row.txid) {
    mismatches.push(row.txid)
    return
  }
  if (isCoinbaseTransaction(transaction)) {
    coinbases.push(row.model)
    return
  }
  if (row.isLive !== 1) return
  for (const { txid, vout } of transaction.inputs) consumed.push({ txid, vout, consumer: row.model })
}

/** What was paid by strangers is nobody's coin here: only txids the model knows. */
function insertConsumedStatement({ number, reading }: MigrationDialect): string {
  return reading.addRows(
    'model_consumed (producer, vout, consumer)',
    `SELECT m.model, ${number('v.column2')}, ${number('v.column3')} FROM ${reading.boundRows(3, PAGE_ROWS)} v
     JOIN model_txid m ON m.txid = v.column1`,
  )
}

/** At most one page. What it lacks is filled up with nulls, which are nobody's: one statement serves every page. */
async function insertConsumed(session: SqlSession, page: readonly Consumed[]): Promise<void> {
  const values: (string | number | null)[] = page.flatMap(({ txid, vout, consumer }) => [txid, vout, consumer])
  while (values.length < 3 * PAGE_ROWS) values.push(null)
  await session.run(insertConsumedStatement(session.dialect), values)
}

async function insertRows(
  session: SqlSession,
  into: string,
  columns: readonly ListedColumn[],
  rows: readonly (readonly (string | number)[])[],
): Promise<void> {
  if (rows.length === 0) return
  const { sql, bindings } = session.dialect.reading.listedRows(columns, rows)
  const names = columns.map(({ name }) => name).join(', ')
  await session.run(
    session.dialect.reading.addRows(`${into} (${names})`, `SELECT ${names} FROM ${sql} AS listed`),
    bindings,
  )
}
