import { SELECT_SCAN_SOURCES } from '../statements/derive-transactions.js'
import { insertInto } from '../statements/statement-context.js'
import type { SqlSession } from '../sql-session.js'
import { leafOf } from './leaf-of.js'
import { RowInserter } from './row-inserter.js'
import { scanRawTx, type Outpoint } from './scan-raw-tx.js'

interface ScanSource {
  readonly n: number
  readonly txid: string
  readonly rawTx: Buffer | null
  readonly merklePath: Buffer | null
  readonly merkleRoot: string | null
  readonly merkleIndex: number | null
  readonly height: unknown
}

interface PathResult {
  readonly pathOk: boolean
  /** Where the path says another index than its row. */
  readonly merkleIndex: number | null
}

/**
 * Parses what SQL cannot: whether raw bytes hash to their txid, which outpoints they consume, whether a path proves its txid. A few
 * rows in memory at a time. Exceptions to the rule go to `txk_scan` and `migration_scan`, outpoints to `migration_scan_inputs`, and
 * to `txk_consumed` as well when transactions are scanned `again`. Resolves to whether anything was unsound.
 */
export async function scanPlannedTransactions(session: SqlSession, again: boolean): Promise<boolean> {
  await session.run('delete from migration_scan where txid in (select txid from txk_work_tx)')
  const planned = await session.all<{ n: number; bytes: number }>(
    'select n, raw_bytes as bytes from txk_plan_tx order by n',
  )
  const scan = new Scan(session, again)
  for (const { first, last } of chunksOf(planned)) {
    for (const source of await session.all<ScanSource>(SELECT_SCAN_SOURCES, [first, last])) await scan.take(source)
  }
  await scan.finish()
  return scan.foundUnsound
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

/** One scan: what it found waits to be written together. */
class Scan {
  foundUnsound = false
  readonly #session: SqlSession
  readonly #again: boolean
  readonly #inputs: RowInserter
  readonly #consumed: RowInserter
  readonly #exceptions: RowInserter

  constructor(session: SqlSession, again: boolean) {
    this.#session = session
    this.#again = again
    this.#inputs = new RowInserter(session, 'migration_scan_inputs', ['txid', 'vout', 'consumer'])
    this.#consumed = new RowInserter(session, 'txk_consumed', ['txid', 'vout'])
    this.#exceptions = new RowInserter(session, 'txk_scan', [
      'n',
      'txid',
      'raw_ok',
      'is_coinbase',
      'path_ok',
      'merkle_index',
    ])
  }

  async take(source: ScanSource): Promise<void> {
    const { rawOk, isCoinbase, inputs } = scanRawTx(source.txid, source.rawTx)
    const { pathOk, merkleIndex } = await scanPath(source)
    if (inputs.length > 0) await this.#takeInputs(source.txid, inputs)
    if (rawOk && pathOk && !isCoinbase && merkleIndex === null) return
    if (!rawOk || !pathOk) this.foundUnsound = true
    this.#exceptions.add(source.n, source.txid, Number(rawOk), Number(isCoinbase), Number(pathOk), merkleIndex)
    await this.#exceptions.makeRoom()
  }

  async finish(): Promise<void> {
    for (const rows of [this.#inputs, this.#consumed, this.#exceptions]) await rows.flush()
    await this.#session.run(
      `${insertInto(
        this.#session.dialect,
        'migration_scan',
        ['txid', 'raw_ok', 'is_coinbase', 'path_ok', 'merkle_index'].map((column) => [column, column]),
      )} from txk_scan order by n`,
    )
  }

  async #takeInputs(consumer: string, inputs: readonly Outpoint[]): Promise<void> {
    const known = this.#again && (await isScanned(this.#session, inputs[0], consumer))
    for (const [txid, vout] of inputs) {
      if (this.#again) this.#consumed.add(txid, vout)
      if (!known) this.#inputs.add(txid, vout, consumer)
    }
    await this.#consumed.makeRoom()
    await this.#inputs.makeRoom()
  }
}

async function scanPath(source: ScanSource): Promise<PathResult> {
  if (source.merkleRoot === null && source.merklePath === null) return { pathOk: true, merkleIndex: null }
  const leaf = await leafOf(source)
  if (leaf === undefined) return { pathOk: false, merkleIndex: null }
  return { pathOk: true, merkleIndex: leaf === source.merkleIndex ? null : leaf }
}

/** A txid fixes its inputs, so one of them tells whether they are all there. */
async function isScanned(session: SqlSession, input: Outpoint | undefined, consumer: string): Promise<boolean> {
  if (input === undefined) return true
  const row = await session.get('select 1 from migration_scan_inputs where txid = ? and vout = ? and consumer = ?', [
    input[0],
    input[1],
    consumer,
  ])
  return row !== undefined
}
