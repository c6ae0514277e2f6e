import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'
import { decideProcessing } from './model-processing.js'
import { findDuplicateActions } from './model-duplicates.js'
import { findMismatchedScripts, findPlaces, findTakenOutputs } from './model-outputs.js'
import { scanLegacyProofs, scanLegacyRawTransactions } from './model-scan.js'

/**
 * What the legacy rows say, worked out in temporary tables of this connection, without a look at our tables or at the
 * code that fills them:
 *
 * - `model_txid`: every txid of requests, proofs and users' rows, with the status it must end in
 * - `model_bad_proof`: proofs that do not lead from their txid to their root
 * - `model_loser`: rows of a user who holds a txid twice, and the row that keeps it
 * - `model_consumed`: coins that a live transaction's raw bytes consume
 * - `model_raw_mismatch`: txids whose raw transaction hashes to something else
 * - `model_abort`: which statuses of users' rows mean an aborted action, per situation
 * - `model_place`: outputs of duplicates, and outputs two users claim in one row: which action each ends at
 * - `model_placeholder`: actions made up for outputs that have none
 * - `model_taken`: outputs that nobody live holds and a live transaction consumes, and the action that spends them
 * - `model_robbed`: drafts that planned to spend such an output
 * - `model_wrong_script`: outputs of another txid than their transaction's whose script is not the one at their place
 */
export async function buildLegacyModel(
  session: SqlSession,
  db: LegacyDatabase,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await dropLegacyModel(session)
  for (const statement of CREATE_MODEL) await session.run(statement)
  await scanLegacyProofs(session, db, options.signal)
  for (const statement of collectTxids(db)) await session.run(statement)
  await decideProcessing(session)
  await findDuplicateActions(session, db)
  await scanLegacyRawTransactions(session, db, options.signal)
  await findPlaces(session, db)
  await findTakenOutputs(session, db)
  await findMismatchedScripts(session, db)
}

/** Drops the temporary tables; harmless when there are none. */
export async function dropLegacyModel(session: SqlSession): Promise<void> {
  for (const table of MODEL_TABLES) await session.run(`DROP TABLE IF EXISTS temp.${table}`)
}

const MODEL_TABLES = [
  'model_txid',
  'model_cell',
  'model_abort',
  'model_bad_proof',
  'model_leaf',
  'model_loser',
  'model_consumed',
  'model_raw_mismatch',
  'model_place',
  'model_taken',
  'model_robbed',
  'model_placeholder',
  'model_wrong_script',
]

const CREATE_MODEL = [
  `CREATE TEMP TABLE model_txid (
     txid TEXT NOT NULL PRIMARY KEY, requestRank INTEGER, requestId INTEGER, requestStatus TEXT, wasBroadcast INTEGER NOT NULL DEFAULT 0,
     provenId INTEGER, proofId INTEGER, height INTEGER, merkleIndex INTEGER, statuses TEXT, rawSource TEXT, rawId INTEGER,
     rawLength INTEGER, beefRowId INTEGER, userCreated, userUpdated, isCoinbase INTEGER NOT NULL DEFAULT 0, cell INTEGER, processing TEXT) WITHOUT ROWID`,
  `CREATE TEMP TABLE model_cell (
     cell INTEGER PRIMARY KEY, situation TEXT NOT NULL UNIQUE, processing TEXT NOT NULL, frozenReason TEXT)`,
  `CREATE TEMP TABLE model_abort (
     cell INTEGER NOT NULL, status TEXT NOT NULL, aborted INTEGER NOT NULL, PRIMARY KEY (cell, status)) WITHOUT ROWID`,
  `CREATE TEMP TABLE model_bad_proof (provenTxId INTEGER PRIMARY KEY)`,
  `CREATE TEMP TABLE model_leaf (provenTxId INTEGER PRIMARY KEY, leaf INTEGER NOT NULL)`,
  `CREATE TEMP TABLE model_loser (transactionId INTEGER PRIMARY KEY, keeperId INTEGER NOT NULL)`,
  `CREATE TEMP TABLE model_consumed (
     txid TEXT NOT NULL, vout INTEGER NOT NULL, consumer TEXT NOT NULL, PRIMARY KEY (txid, vout, consumer)) WITHOUT ROWID`,
  `CREATE TEMP TABLE model_raw_mismatch (txid TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID`,
  `CREATE TEMP TABLE model_place (
     outputId INTEGER PRIMARY KEY, actionId INTEGER NOT NULL, isTwin INTEGER NOT NULL, spentBy INTEGER)`,
  `CREATE TEMP TABLE model_taken (outputId INTEGER PRIMARY KEY, spenderId INTEGER, robbedId INTEGER)`,
  `CREATE TEMP TABLE model_robbed (actionId INTEGER PRIMARY KEY)`,
  `CREATE TEMP TABLE model_placeholder (actionId INTEGER PRIMARY KEY)`,
  `CREATE TEMP TABLE model_wrong_script (outputId INTEGER PRIMARY KEY)`,
]

/** JSON holds no bytes, and bytes are no status. */
const STATUS_TEXT = `CASE WHEN typeof(t.status) = 'blob' THEN hex(t.status) ELSE t.status END`

/** How far a request is by itself, for two requests whose txids differ only in case. The lower number counts. */
const REQUEST_RANK = `CASE r.status
  WHEN 'completed' THEN 0 WHEN 'unconfirmed' THEN 0 WHEN 'unmined' THEN 1 WHEN 'callback' THEN 1 WHEN 'unknown' THEN 1
  WHEN 'sending' THEN 2 WHEN 'unprocessed' THEN 3 WHEN 'unsent' THEN 3 WHEN 'nosend' THEN 4 WHEN 'nonfinal' THEN 5
  WHEN 'unfail' THEN 6 WHEN 'doubleSpend' THEN 8 WHEN 'invalid' THEN 9 ELSE 7 END`

/**
 * Requests, then proofs, then users' rows: each adds what the ones before did not have. Row by row and without sorting, so that
 * memory does not grow with the wallet: where several rows tell of one txid, the better one takes the place.
 */
function collectTxids(db: LegacyDatabase): readonly string[] {
  const wasBroadcast = db.column('proven_tx_reqs', 'r', 'wasBroadcast', '0')
  const rawOf = (source: string, alias: string, key: string): string =>
    `CASE WHEN length(${alias}.rawTx) > 0 THEN '${source}' END, CASE WHEN length(${alias}.rawTx) > 0 THEN ${alias}.${key} END,
     CASE WHEN length(${alias}.rawTx) > 0 THEN length(${alias}.rawTx) END`
  return [
    `INSERT INTO model_txid (txid, requestRank, requestId, requestStatus, wasBroadcast, rawSource, rawId, rawLength)
     SELECT lower(r.txid), ${REQUEST_RANK}, r.provenTxReqId, r.status, coalesce(${wasBroadcast}, 0),
            ${rawOf('request', 'r', 'provenTxReqId')}
       FROM ${db.legacy('proven_tx_reqs')} r WHERE r.txid <> '' ORDER BY r.provenTxReqId
     ON CONFLICT (txid) DO UPDATE SET
       requestRank = excluded.requestRank, requestId = excluded.requestId, requestStatus = excluded.requestStatus,
       wasBroadcast = excluded.wasBroadcast, rawSource = excluded.rawSource, rawId = excluded.rawId,
       rawLength = excluded.rawLength
     WHERE excluded.requestRank < requestRank`,
    `INSERT INTO model_txid (txid, provenId, proofId, height, merkleIndex, rawSource, rawId, rawLength)
     SELECT lower(p.txid), p.provenTxId, CASE WHEN b.provenTxId IS NULL THEN p.provenTxId END,
            CASE WHEN b.provenTxId IS NULL THEN p.height END,
            CASE WHEN b.provenTxId IS NULL THEN coalesce(f.leaf, p."index") END,
            ${rawOf('proof', 'p', 'provenTxId')}
       FROM ${db.legacy('proven_txs')} p
       LEFT JOIN model_bad_proof b ON b.provenTxId = p.provenTxId
       LEFT JOIN model_leaf f ON f.provenTxId = p.provenTxId
      WHERE p.txid <> '' ORDER BY p.provenTxId
     ON CONFLICT (txid) DO UPDATE SET
       provenId = excluded.provenId, proofId = excluded.proofId, height = excluded.height,
       merkleIndex = excluded.merkleIndex, rawSource = coalesce(excluded.rawSource, rawSource),
       rawId = coalesce(excluded.rawId, rawId), rawLength = coalesce(excluded.rawLength, rawLength)
     WHERE provenId IS NULL OR (proofId IS NULL AND excluded.proofId IS NOT NULL)`,
    `INSERT INTO model_txid (txid, statuses, rawSource, rawId, rawLength, beefRowId, userCreated, userUpdated)
     SELECT lower(t.txid), json_array(${STATUS_TEXT}), ${rawOf('action', 't', 'transactionId')},
            CASE WHEN length(t.inputBEEF) > 0 THEN t.transactionId END, t.created_at, t.updated_at
       FROM ${db.legacy('transactions')} t WHERE t.txid <> '' ORDER BY t.transactionId
     ON CONFLICT (txid) DO UPDATE SET
       statuses = CASE
         WHEN statuses IS NULL THEN excluded.statuses
         WHEN EXISTS (SELECT 1 FROM json_each(statuses) e WHERE json_array(e.value) = excluded.statuses) THEN statuses
         ELSE json_insert(statuses, '$[#]', json_extract(excluded.statuses, '$[0]')) END,
       rawSource = coalesce(rawSource, excluded.rawSource), rawId = coalesce(rawId, excluded.rawId),
       rawLength = coalesce(rawLength, excluded.rawLength), beefRowId = coalesce(beefRowId, excluded.beefRowId),
       userCreated = min(coalesce(userCreated, excluded.userCreated), excluded.userCreated),
       userUpdated = max(coalesce(userUpdated, excluded.userUpdated), excluded.userUpdated)`,
  ]
}
