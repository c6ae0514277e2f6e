import { SELECT_SCAN_SOURCES } from '../statements/derive-transactions.js'
import type { SqlSession } from '../sql-session.js'
import { provenLeaf } from './merkle-path.js'
import { txidAt, txidOfRawTx, walkRawTransaction } from './raw-transaction.js'

interface ScanSource {
  readonly n: number
  readonly txid: string
  readonly rawSource: number | null
  readonly proofs: number
  readonly rawTx: Buffer | null
  readonly merklePath: Buffer | null
  readonly merkleRoot: string | null
  readonly merkleIndex: number | null
  readonly height: unknown
}

/** What parsing found of one txid. */
interface ScanResult {
  readonly rawOk: boolean
  readonly isCoinbase: boolean
  readonly pathOk: boolean
  readonly merkleIndex: number | null
}

const ZERO_TXID = '0'.repeat(64)

/**
 * Parses what SQL cannot: whether raw bytes hash to their txid, which outpoints they consume, whether a path proves its txid. A few
 * rows in memory at a time. Exceptions to the rule go to `txk_plan_tx` and `migration_scan`, outpoints to `migration_scan_inputs`,
 * and to `txk_consumed` as well when transactions are scanned `again`.
 */
export async function scanPlannedTransactions(session: SqlSession, again: boolean): Promise<void> {
  await session.run('delete from migration_scan where txid in (select txid from txk_work_tx)')
  const planned = await session.all<{ n: number; bytes: number }>(
    'select n, raw_bytes as bytes from txk_plan_tx order by n',
  )
  for (const { first, last } of chunksOf(planned)) {
    for (const source of await session.all<ScanSource>(SELECT_SCAN_SOURCES, [first, last])) {
      await scanOne(session, source, again)
    }
  }
}

const CHUNK_ROWS = 64
const CHUNK_BYTES = 1_000_000

/** Ranges of numbers whose raw bytes together stay small; a larger transaction is a chunk of its own. */
function chunksOf(planned: readonly { n: number; bytes: number }[]): { first: number; last: number }[] {
  const chunks: { first: number; last: number }[] = []
  let [rows, bytes] = [0, 0]
  for (const next of planned) {
    const open = chunks.at(-1)
    if (open === undefined || rows === CHUNK_ROWS || bytes + next.bytes > CHUNK_BYTES) {
      chunks.push({ first: next.n, last: next.n })
      rows = 1
      bytes = next.bytes
    } else {
      open.last = next.n
      rows += 1
      bytes += next.bytes
    }
  }
  return chunks
}

async function scanOne(session: SqlSession, source: ScanSource, again: boolean): Promise<void> {
  const { n } = source
  const raw = await scanRaw(session, source, again)
  const path = await scanPath(session, n, source)
  const result: ScanResult = { ...raw, ...path }
  if (result.rawOk && result.pathOk && !result.isCoinbase && result.merkleIndex === null) return
  const values = [Number(result.rawOk), Number(result.isCoinbase), Number(result.pathOk), result.merkleIndex]
  await session.run('update txk_plan_tx set raw_ok = ?, is_coinbase = ?, path_ok = ?, merkle_index = ? where n = ?', [
    ...values,
    n,
  ])
  await session.run(
    'insert into migration_scan (txid, raw_ok, is_coinbase, path_ok, merkle_index) values (?, ?, ?, ?, ?)',
    [source.txid, ...values],
  )
}

async function scanRaw(
  session: SqlSession,
  { txid, rawTx }: ScanSource,
  again: boolean,
): Promise<Pick<ScanResult, 'rawOk' | 'isCoinbase'>> {
  if (rawTx === null) return { rawOk: true, isCoinbase: false }
  if (!Buffer.isBuffer(rawTx)) return { rawOk: false, isCoinbase: false }
  // Bytes that are some other transaction are kept and never parsed.
  if (txidOfRawTx(rawTx) !== txid) return { rawOk: false, isCoinbase: false }
  const inputs: (readonly [txid: string, vout: number])[] = []
  if (!walkRawTransaction(rawTx, (at, vout) => inputs.push([txidAt(rawTx, at), vout])))
    return { rawOk: false, isCoinbase: false }
  const isCoinbase = inputs.length === 1 && inputs[0]?.[0] === ZERO_TXID
  if (isCoinbase) return { rawOk: true, isCoinbase }
  const known = again && (await isScanned(session, inputs[0], txid))
  for (const [consumed, vout] of inputs) {
    if (again) await session.run('insert into txk_consumed (txid, vout) values (?, ?)', [consumed, vout])
    if (!known)
      await session.run('insert into migration_scan_inputs (txid, vout, consumer) values (?, ?, ?)', [
        consumed,
        vout,
        txid,
      ])
  }
  return { rawOk: true, isCoinbase }
}

/** A txid fixes its inputs, so one of them tells whether they are all there. */
async function isScanned(
  session: SqlSession,
  input: readonly [string, number] | undefined,
  consumer: string,
): Promise<boolean> {
  if (input === undefined) return true
  const row = await session.get('select 1 from migration_scan_inputs where txid = ? and vout = ? and consumer = ?', [
    input[0],
    input[1],
    consumer,
  ])
  return row !== undefined
}

async function scanPath(
  session: SqlSession,
  n: number,
  source: ScanSource,
): Promise<Pick<ScanResult, 'pathOk' | 'merkleIndex'>> {
  if (source.merkleRoot === null && source.merklePath === null) return { pathOk: true, merkleIndex: null }
  const leaf = await leafOf(source)
  if (leaf !== undefined) return { pathOk: true, merkleIndex: leaf === source.merkleIndex ? null : leaf }
  return source.proofs > 1 ? await tryOtherProofs(session, n, source.txid) : { pathOk: false, merkleIndex: null }
}

/** Proofs whose txids differ only in case: the first that proves something is the one to use. */
async function tryOtherProofs(
  session: SqlSession,
  n: number,
  txid: string,
): Promise<Pick<ScanResult, 'pathOk' | 'merkleIndex'>> {
  const others = await session.all<Omit<ScanSource, 'n' | 'rawSource' | 'rawTx' | 'proofs'> & { id: number }>(
    `select p."provenTxId" as id, lower(p.txid) as txid, p."merklePath" as merklePath, p."merkleRoot" as merkleRoot, p."index" as merkleIndex, p.height
     from proven_txs p where p.txid = ? or p."provenTxId" in (select c.id from migration_scan_cases c where c.txid = ? and c.source = 1)
     order by p."provenTxId"`,
    [txid, txid],
  )
  for (const other of others) {
    const leaf = await leafOf(other)
    if (leaf === undefined) continue
    await session.run('update txk_plan_tx set proven_id = ? where n = ?', [other.id, n])
    return { pathOk: true, merkleIndex: leaf === other.merkleIndex ? null : leaf }
  }
  return { pathOk: false, merkleIndex: null }
}

/** A row that names another block than its path proves nothing: its height would become the tip, and coins too old. */
async function leafOf(
  source: Pick<ScanSource, 'txid' | 'merklePath' | 'merkleRoot' | 'height'>,
): Promise<number | undefined> {
  if (!(source.merklePath instanceof Uint8Array) || typeof source.merkleRoot !== 'string') return undefined
  const leaf = await provenLeaf(source.merklePath, source.txid, source.merkleRoot)
  return leaf?.blockHeight === source.height ? leaf?.merkleIndex : undefined
}
