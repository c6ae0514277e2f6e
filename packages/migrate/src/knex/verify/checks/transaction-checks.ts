import { TERMINAL_STATUSES } from '@txkeep/fsm'
import type { CheckResult } from '../../../check-result.js'
import { compareColumnGroups, type ColumnPair } from '../compare-columns.js'
import { DifferenceList } from '../differences.js'
import { readLegacyTimestamp } from '../legacy-timestamp.js'
import type { VerifyContext } from '../verify-context.js'

const NOT_DIRTY = 'NOT EXISTS (SELECT 1 FROM dirty_txid d WHERE d.txid = m.txid)'

/** What each transaction row must say: its status by the pair rule, its proof and its request's figures, its bytes, its times. */
export async function checkTransactions(context: VerifyContext): Promise<CheckResult[]> {
  const { session, db } = context
  const hasOddTimes = await findOddTimes(context)
  const lists = await compareColumnGroups(session, {
    table: 'transactions',
    key: 'n.txid',
    // Our rows first: their order is that of the legacy rows, so that every table is read from front to back.
    from: `FROM ${db.ours('transactions')} n
      ${session.dialect.joinInOrder} model_txid m ON m.txid = n.txid
      LEFT JOIN model_cell c ON c.cell = m.cell
      LEFT JOIN ${db.legacy('proven_tx_reqs')} r ON r.provenTxReqId = m.requestId
      LEFT JOIN ${db.legacy('proven_txs')} p ON p.provenTxId = m.provenId
      LEFT JOIN ${db.legacy('transactions')} wt ON m.rawSource = 'action' AND wt.transactionId = m.rawId
      LEFT JOIN ${db.legacy('transactions')} wb ON wb.transactionId = m.beefRowId
     WHERE ${NOT_DIRTY}`,
    groups: {
      statuses: [
        { column: 'processing', expected: 'm.processing', actual: 'n.processing' },
        { column: 'frozen_reason', expected: 'c.frozenReason', actual: 'n.frozen_reason' },
        {
          column: 'next_action_at',
          expected: `CASE WHEN m.processing NOT IN (${TERMINAL}) THEN n.created_at END`,
          actual: 'n.next_action_at',
        },
      ],
      columns: copiedColumns(context),
      proofs: [{ column: 'merkle_path', expected: ifProven('p.merklePath'), actual: 'n.merkle_path' }],
      raw: [
        {
          column: 'raw_tx',
          expected: `CASE m.rawSource WHEN 'proof' THEN
            CASE WHEN m.rawId = m.provenId THEN p.rawTx ELSE (SELECT x.rawTx FROM ${db.legacy('proven_txs')} x WHERE x.provenTxId = m.rawId) END
            WHEN 'request' THEN
            CASE WHEN m.rawId = m.requestId THEN r.rawTx ELSE (SELECT x.rawTx FROM ${db.legacy('proven_tx_reqs')} x WHERE x.provenTxReqId = m.rawId) END
            ELSE wt.rawTx END`,
          actual: 'n.raw_tx',
        },
        {
          column: 'input_beef',
          expected: `CASE WHEN length(r.inputBEEF) > 0 THEN r.inputBEEF WHEN m.beefRequestId IS NOT NULL
            THEN (SELECT x.inputBEEF FROM ${db.legacy('proven_tx_reqs')} x WHERE x.provenTxReqId = m.beefRequestId)
            ELSE wb.inputBEEF END`,
          actual: 'n.input_beef',
        },
      ],
      times: hasOddTimes ? [] : usualTimes(context),
    },
  })
  const times = hasOddTimes ? await compareTimes(context) : lists.times
  return [
    lists.statuses.toCheck('statuses.pairs', 'Every status is the one the pair of legacy statuses gives.'),
    lists.columns.toCheck(
      'columns.transactions',
      'Figures of requests and proofs stand in the transaction as they were.',
    ),
    lists.proofs.toCheck('bytes.proofs', 'Every usable merkle path is there byte for byte, and no other.'),
    lists.raw.toCheck('bytes.raw-transactions', 'Every raw transaction and input BEEF is there byte for byte.'),
    times.toCheck('times.transactions', 'A transaction is as old as its oldest source and as new as its newest.'),
  ]
}

const TERMINAL = TERMINAL_STATUSES.map((status) => `'${status}'`).join(', ')

/** A column of the proof, when the proof proves something. */
function ifProven(column: string): string {
  return `CASE WHEN m.proofId IS NOT NULL THEN ${column} END`
}

function copiedColumns({ db }: VerifyContext): readonly ColumnPair[] {
  const request = (column: string, fallback: string): string =>
    `coalesce(${db.column('proven_tx_reqs', 'r', column, fallback)}, ${fallback})`
  return [
    { column: 'attempts', expected: request('attempts', '0'), actual: 'n.attempts' },
    { column: 'batch', expected: db.column('proven_tx_reqs', 'r', 'batch', 'NULL'), actual: 'n.batch' },
    {
      column: 'was_broadcast',
      expected: `CASE WHEN ${request('wasBroadcast', '0')} <> 0 THEN 1 ELSE 0 END`,
      actual: 'n.was_broadcast',
    },
    { column: 'rebroadcast_cycles', expected: request('rebroadcastAttempts', '0'), actual: 'n.rebroadcast_cycles' },
    { column: 'height', expected: ifProven('p.height'), actual: 'n.height' },
    { column: 'merkle_index', expected: 'm.merkleIndex', actual: 'n.merkle_index' },
    { column: 'merkle_root', expected: ifProven('p.merkleRoot'), actual: 'n.merkle_root' },
    { column: 'block_hash', expected: ifProven('p.blockHash'), actual: 'n.block_hash' },
    { column: 'is_coinbase', expected: 'm.isCoinbase', actual: 'n.is_coinbase' },
    { column: 'legacy_proven_id', expected: 'm.provenId', actual: 'n.legacy_proven_id' },
    { column: 'legacy_req_id', expected: 'r.provenTxReqId', actual: 'n.legacy_req_id' },
    { column: 'proof_attempts', expected: '0', actual: 'n.proof_attempts' },
    { column: 'idempotency_key', expected: 'NULL', actual: 'n.idempotency_key' },
  ]
}

/** Times of the form the legacy application writes compare as text: the engine finds the earliest and the latest. */
function usualTimes({ session }: VerifyContext): readonly ColumnPair[] {
  const { least, greatest } = session.dialect
  // Behind every moment, in whatever order the database sorts text.
  const latest = '99999'
  return [
    {
      column: 'created_at',
      expected: least(
        `coalesce(r.created_at, '${latest}')`,
        `coalesce(p.created_at, '${latest}')`,
        `coalesce(m.userCreated, '${latest}')`,
      ),
      actual: 'n.created_at',
    },
    {
      column: 'updated_at',
      expected: greatest(`coalesce(r.updated_at, '')`, `coalesce(p.updated_at, '')`, `coalesce(m.userUpdated, '')`),
      actual: 'n.updated_at',
    },
  ]
}

/** Whether any source of a transaction has a timestamp of another form: then each is read and compared one by one. */
async function findOddTimes({ session, db }: VerifyContext): Promise<boolean> {
  const { isStoredTimestamp } = session.dialect
  for (const table of ['transactions', 'proven_tx_reqs', 'proven_txs'] as const) {
    const odd = await session.get(
      `SELECT 1 AS odd FROM ${db.legacy(table)}
        WHERE NOT (${isStoredTimestamp(`coalesce(created_at, '')`)} AND ${isStoredTimestamp(`coalesce(updated_at, '')`)}) LIMIT 1`,
    )
    if (odd !== undefined) return true
  }
  return false
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
