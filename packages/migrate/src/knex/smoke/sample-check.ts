import type { CheckResult } from '../../check-result.js'
import { DifferenceList, equalCheck } from '../verify/differences.js'
import { expectedProcessing } from '../verify/model-processing.js'
import { findProvenLeaf } from '../verify/model-scan.js'
import type { VerifyContext } from '../verify/verify-context.js'

interface SampledRow {
  readonly txid: string
  readonly processing: string
  readonly requestStatus: string | null
  readonly wasBroadcast: number | null
  /** The number of its legacy proof, sound or not; null when it has none. */
  readonly provenTxId: number | null
  readonly proofTxid: string | null
  readonly merkleRoot: string | null
  readonly merklePath: unknown
  readonly height: number | null
  readonly hasRawTx: number
}

/** A random sample, row by row: the status the pair of legacy statuses gives, looked up anew for each. The seed repeats a sample. */
export async function checkSample(context: VerifyContext, sample: number, seed: number): Promise<CheckResult> {
  const { session, db } = context
  const random = mulberry32(seed)
  const picked: number[] = []
  let seen = 0
  const isSettled = context.isDirty ? 'NOT EXISTS (SELECT 1 FROM dirty_txid d WHERE d.txid = n.txid)' : 'true'
  await session.each<[id: number]>(
    `SELECT transactionId FROM ${db.ours('transactions')} n WHERE ${isSettled} ORDER BY transactionId`,
    ([id]) => {
      // A sample of a stream: the row that comes as number n takes a place in it with a chance of sample in n.
      seen += 1
      const place = seen <= sample ? seen - 1 : Math.floor(random() * seen)
      if (place < sample) picked[place] = id
    },
  )
  const differences = new DifferenceList()
  for (const id of picked) {
    const row = await readSampled(context, id)
    if (row === undefined) continue
    const statuses = await session.all<{ status: string }>(
      `SELECT coalesce(status, '') AS status FROM ${db.legacy('transactions')} WHERE txid = ?
       UNION SELECT coalesce(status, '') FROM ${db.legacy('transactions')} WHERE txid = ?
       UNION SELECT coalesce(u.status, '') FROM actions a JOIN ${db.legacy('transactions')} u ON u.transactionId = a.actionId WHERE a.transactionId = ?`,
      [row.txid, row.txid.toUpperCase(), id],
    )
    const expected = expectedOf(row, statuses, context.tipHeight)
    if (expected !== row.processing)
      differences.add({ table: 'transactions', key: row.txid, column: 'processing', expected, actual: row.processing })
  }
  return equalCheck(
    'smoke.3-sample',
    `Each of ${picked.length} sampled transactions (seed ${seed}) has the status its legacy rows give.`,
    picked.length,
    picked.length - differences.count,
    differences.kept,
  )
}

async function readSampled({ session, db }: VerifyContext, transactionId: number): Promise<SampledRow | undefined> {
  const wasBroadcast = db.column('proven_tx_reqs', 'r', 'wasBroadcast', '0')
  return await session.get<SampledRow>(
    `SELECT n.txid, n.processing, CASE WHEN r.provenTxReqId IS NOT NULL THEN coalesce(r.status, '') END AS requestStatus,
            ${wasBroadcast} <> 0 AS wasBroadcast, n.raw_tx IS NOT NULL AS hasRawTx,
            n.legacy_proven_id AS provenTxId, lower(p.txid) AS proofTxid, lower(p.merkleRoot) AS merkleRoot, p.merklePath, p.height
       FROM ${db.ours('transactions')} n
       LEFT JOIN ${db.legacy('proven_tx_reqs')} r ON r.provenTxReqId = n.legacy_req_id
       LEFT JOIN ${db.legacy('proven_txs')} p ON p.provenTxId = n.legacy_proven_id
      WHERE n.transactionId = ?`,
    [transactionId],
  )
}

function expectedOf(row: SampledRow, statuses: readonly { status: string }[], tipHeight: number | null): string {
  const isProven = row.proofTxid !== null && findProvenLeaf({ ...row, txid: row.proofTxid }) !== undefined
  const processing = expectedProcessing({
    requestStatus: row.requestStatus,
    wasBroadcast: row.wasBroadcast ?? 0,
    hasProof: isProven ? 1 : 0,
    hasBadProof: row.provenTxId !== null && !isProven ? 1 : 0,
    hasRawTx: row.hasRawTx,
    statuses: statuses.length === 0 ? null : JSON.stringify(statuses.map(({ status }) => status)),
  })
  const isTip = isProven && row.height !== null && tipHeight !== null && row.height >= tipHeight
  return processing === 'confirmed' && isTip ? 'unconfirmed' : processing
}

/** A small generator of numbers from 0 to 1 that one seed always repeats. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
