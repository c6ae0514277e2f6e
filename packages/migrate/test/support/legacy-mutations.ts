import type Database from 'better-sqlite3'
import fc from 'fast-check'

/** One write of a legacy application, or of somebody with a shell; picked by numbers so that it fits whatever rows are there. */
export type Mutation = readonly [kind: number, pick: number, other: number]

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.tuple(fc.nat({ max: KINDS_MAX() }), fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 })),
  { minLength: 1, maxLength: 25 },
)

const NOW = '2026-11-24T01:02:03.456Z'

type Writer = (database: Database.Database, pick: number, other: number) => void

const TRANSACTION_STATUSES = [
  'completed',
  'failed',
  'unprocessed',
  'sending',
  'unproven',
  'unsigned',
  'nosend',
  'nonfinal',
  'unfail',
  'odd',
]
const REQUEST_STATUSES = [
  'completed',
  'unmined',
  'unsent',
  'sending',
  'unprocessed',
  'nosend',
  'nonfinal',
  'invalid',
  'doubleSpend',
  'unfail',
  'odd',
]

/** What legacy applications do, and what hand-made repairs do. Foreign keys are off: pointing nowhere is part of it. */
const WRITERS: readonly Writer[] = [
  // A transaction or request moves on.
  (db, p, o) =>
    run(
      db,
      `update transactions set status = ?, updated_at = '${NOW}' where transactionId = ?`,
      pickOf(TRANSACTION_STATUSES, o),
      id(db, 'transactions', 'transactionId', p),
    ),
  (db, p, o) =>
    run(
      db,
      `update proven_tx_reqs set status = ? where provenTxReqId = ?`,
      pickOf(REQUEST_STATUSES, o),
      id(db, 'proven_tx_reqs', 'provenTxReqId', p),
    ),
  (db, p) =>
    run(
      db,
      `update proven_tx_reqs set wasBroadcast = 1 - wasBroadcast, history = history || ' ' where provenTxReqId = ?`,
      id(db, 'proven_tx_reqs', 'provenTxReqId', p),
    ),
  // A draft is signed, a signed row loses its txid, two rows come to hold one txid, a txid changes its case.
  (db, p, o) =>
    run(
      db,
      `update transactions set txid = (select txid from proven_tx_reqs where provenTxReqId = ?) where transactionId = ?`,
      id(db, 'proven_tx_reqs', 'provenTxReqId', o),
      id(db, 'transactions', 'transactionId', p),
    ),
  (db, p) =>
    run(db, `update transactions set txid = null where transactionId = ?`, id(db, 'transactions', 'transactionId', p)),
  (db, p) =>
    run(
      db,
      `update transactions set txid = upper(txid) where transactionId = ?`,
      id(db, 'transactions', 'transactionId', p),
    ),
  (db, p, o) =>
    run(
      db,
      `update transactions set txid = (select txid from transactions where transactionId = ?), status = 'unproven' where transactionId = ?`,
      id(db, 'transactions', 'transactionId', o),
      id(db, 'transactions', 'transactionId', p),
    ),
  // A proof goes, a request goes, a row goes with its outputs or without them.
  (db, p) => run(db, `delete from proven_txs where provenTxId = ?`, id(db, 'proven_txs', 'provenTxId', p)),
  (db, p) =>
    run(db, `delete from proven_tx_reqs where provenTxReqId = ?`, id(db, 'proven_tx_reqs', 'provenTxReqId', p)),
  (db, p) => run(db, `delete from transactions where transactionId = ?`, id(db, 'transactions', 'transactionId', p)),
  (db, p) => run(db, `delete from outputs where outputId = ?`, id(db, 'outputs', 'outputId', p)),
  // Coins are spent, freed, flagged, doubled, moved.
  (db, p, o) =>
    run(
      db,
      `update outputs set spentBy = ?, spendable = 0 where outputId = ?`,
      id(db, 'transactions', 'transactionId', o),
      id(db, 'outputs', 'outputId', p),
    ),
  (db, p) =>
    run(db, `update outputs set spentBy = null, spendable = 1 where outputId = ?`, id(db, 'outputs', 'outputId', p)),
  (db, p) =>
    run(
      db,
      `update outputs set spentBy = null, spendable = 1 where outputId = (select outputId from outputs where spentBy is not null limit 1 offset ?)`,
      p % 25,
    ),
  (db, p) =>
    run(
      db,
      `update outputs set spendable = 1 - spendable, txid = null where outputId = ?`,
      id(db, 'outputs', 'outputId', p),
    ),
  (db, p, o) =>
    run(db, `update outputs set spentBy = ? where outputId = ?`, 5000 + (o % 3), id(db, 'outputs', 'outputId', p)),
  (db, p, o) =>
    run(
      db,
      `insert or ignore into outputs (created_at, updated_at, userId, transactionId, vout, satoshis, providedBy, purpose, type, spendable, txid)
      select '${NOW}', '${NOW}', 3 - userId, transactionId, vout, satoshis, providedBy, purpose, type, 1, txid from outputs where outputId = ? or outputId = ?`,
      id(db, 'outputs', 'outputId', p),
      id(db, 'outputs', 'outputId', o),
    ),
  (db, p, o) =>
    run(
      db,
      `update or ignore outputs set transactionId = ? where outputId = ?`,
      o % 5 === 0 ? 6000 + (o % 2) : id(db, 'transactions', 'transactionId', o),
      id(db, 'outputs', 'outputId', p),
    ),
  (db, p) =>
    run(
      db,
      `update outputs set purpose = 'storage-commission', basketId = null where outputId = ?`,
      id(db, 'outputs', 'outputId', p),
    ),
  // Labels, tags, commissions.
  (db, p, o) =>
    run(
      db,
      `insert or ignore into tx_labels_map (created_at, updated_at, txLabelId, transactionId) values ('${NOW}', '${NOW}', ?, ?)`,
      id(db, 'tx_labels', 'txLabelId', p),
      id(db, 'transactions', 'transactionId', o),
    ),
  (db, p) =>
    run(db, `delete from tx_labels_map where rowid = (select rowid from tx_labels_map limit 1 offset ?)`, p % 40),
  (db, p, o) =>
    run(
      db,
      `insert or ignore into output_tags_map (created_at, updated_at, outputTagId, outputId) values ('${NOW}', '${NOW}', ?, ?)`,
      id(db, 'output_tags', 'outputTagId', p),
      o % 500,
    ),
  (db, p) =>
    run(
      db,
      `update output_tags_map set isDeleted = 1 - isDeleted where rowid = (select rowid from output_tags_map limit 1 offset ?)`,
      p % 50,
    ),
  (db, p, o) =>
    run(
      db,
      `insert or ignore into commissions (created_at, updated_at, userId, transactionId, satoshis, keyOffset, lockingScript) values ('${NOW}', '${NOW}', 1, ?, ?, 'k', x'51')`,
      o % 60,
      p,
    ),
  // A proof arrives for a transaction that waited, as a stranger's path would: it does not prove its txid.
  (db, p) =>
    run(
      db,
      `insert or ignore into proven_txs (created_at, updated_at, txid, height, "index", merklePath, rawTx, blockHash, merkleRoot)
      select '${NOW}', '${NOW}', r.txid, 120, 1, x'00', r.rawTx, 'b', 'c' from proven_tx_reqs r where provenTxReqId = ?`,
      id(db, 'proven_tx_reqs', 'provenTxReqId', p),
    ),
]

function KINDS_MAX(): number {
  return 24
}

/** Does them, each in a transaction of its own. */
export function applyMutations(database: Database.Database, list: readonly Mutation[]): void {
  database.pragma('foreign_keys = off')
  for (const [kind, pick, other] of list) WRITERS[kind % WRITERS.length]?.(database, pick, other)
}

function run(database: Database.Database, sql: string, ...values: unknown[]): void {
  database.prepare(sql).run(...values)
}

function pickOf<T>(list: readonly T[], at: number): T | undefined {
  return list[at % list.length]
}

function id(database: Database.Database, table: string, column: string, pick: number): number {
  const rows = database.prepare<[], number>(`select ${column} from ${table} order by 1`).pluck().all()
  return pickOf(rows, pick) ?? 0
}
