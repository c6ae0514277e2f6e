import type { SqlSession } from '../sql-session.js'
import { usualLeaf } from './merkle-path.js'
import { RowInserter } from './row-inserter.js'
import { scanRawTx } from './scan-raw-tx.js'

type WrittenRow = readonly [
  transactionId: number,
  txid: string,
  rawTx: unknown,
  merklePath: unknown,
  merkleRoot: unknown,
  merkleIndex: number | null,
  height: unknown,
]

/** Rows read at a time: what they consume waits in memory, because nothing is written while rows are read. */
const CHUNK_ROWS = 500

/**
 * Parses the transactions written with numbers above one, which were taken for sound: their outpoints go to `migration_scan_inputs`.
 * Resolves to the numbers of those that are not, or that cannot be told so simply; what they consume is left to who looks again.
 */
export async function scanWrittenTransactions(session: SqlSession, above: number): Promise<readonly number[]> {
  const odd: number[] = []
  const inputs = new RowInserter(session, 'migration_scan_inputs', ['txid', 'vout', 'consumer'])
  let last = above
  for (let rows = CHUNK_ROWS; rows === CHUNK_ROWS;) {
    rows = 0
    await session.each<WrittenRow>(
      `select "transactionId", txid, raw_tx, merkle_path, merkle_root, merkle_index, height from transactions_new
       where "transactionId" > ${last} order by "transactionId" limit ${CHUNK_ROWS}`,
      (row) => {
        rows += 1
        last = row[0]
        if (!takeIfSound(row, inputs)) odd.push(last)
      },
    )
    await inputs.makeRoom()
  }
  await inputs.flush()
  return odd
}

function takeIfSound(row: WrittenRow, into: RowInserter): boolean {
  const [, txid, rawTx] = row
  const { rawOk, isCoinbase, inputs } = scanRawTx(txid, rawTx)
  if (!rawOk || isCoinbase || !isProofSound(row)) return false
  for (const [outputTxid, vout] of inputs) into.add(outputTxid, vout, txid)
  return true
}

function isProofSound([, txid, , merklePath, merkleRoot, merkleIndex, height]: WrittenRow): boolean {
  if (merkleRoot === null && merklePath === null) return true
  if (!Buffer.isBuffer(merklePath) || typeof merkleRoot !== 'string') return false
  const leaf = usualLeaf(merklePath, txid, merkleRoot)
  return leaf?.blockHeight === height && leaf?.merkleIndex === merkleIndex
}
