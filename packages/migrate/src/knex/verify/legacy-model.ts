import type { MigrationDialect } from '../dialect/migration-dialect.js'
import type { RowMerge } from '../dialect/reading-dialect.js'
import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'
import { findActions } from './model-actions.js'
import { decideProcessing } from './model-processing.js'
import { findDuplicateActions } from './model-duplicates.js'
import { findRepeatedRows } from './model-repeats.js'
import { findMismatchedScripts, findPlaces, findTakenOutputs } from './model-outputs.js'
import { scanLegacyProofs, scanLegacyRawTransactions } from './model-scan.js'

/**
 * What the legacy rows say, worked out in temporary tables of this connection, without a look at our tables or at the
 * code that fills them:
 *
 * - `model_txid`: every txid of requests, proofs and users' rows, with the status it must end in; the other tables name it by its
 *   number `model`, in the order in which legacy came to know it, so that what belongs together is read together
 * - `model_action`: every user's row with its txid and what becomes of it
 * - `model_bad_proof`: proofs that do not lead from their txid to their root
 * - `model_loser`: rows of a user who holds a txid twice, and the row that keeps it
 * - `model_consumed`: coins that a live transaction's raw bytes consume; who made the coin and who takes it
 * - `model_raw_mismatch`: txids whose raw transaction hashes to something else
 * - `model_cell`, `model_abort`: the situations of txids, and which statuses of users' rows mean an aborted action in each
 * - `model_place`: outputs of duplicates, and outputs two users claim in one row: which action each ends at
 * - `model_placeholder`: actions made up for outputs that have none
 * - `model_taken`: outputs that nobody live holds and a live transaction consumes, and the action that spends them
 * - `model_robbed`: drafts that planned to spend such an output
 * - `model_repeated_reference`, `model_repeated_commission`, `model_repeated_map`: rows the legacy schema allows once only
 * - `model_wrong_script`: outputs of another txid than their transaction's whose script is not the one at their place
 */
export async function buildLegacyModel(
  session: SqlSession,
  db: LegacyDatabase,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<void> {
  await dropLegacyModel(session)
  for (const statement of createModel(session.dialect)) await session.run(statement)
  await scanLegacyProofs(session, db, options.signal)
  await collectTxids(session, db)
  await decideProcessing(session)
  await findActions(session, db)
  await findDuplicateActions(session, db)
  await scanLegacyRawTransactions(session, db, options.signal)
  await findRepeatedRows(session, db)
  await findPlaces(session, db)
  await findTakenOutputs(session, db)
  await findMismatchedScripts(session, db)
}

/** Drops the temporary tables; harmless when there are none. */
export async function dropLegacyModel(session: SqlSession): Promise<void> {
  for (const table of MODEL_TABLES) await session.run(session.dialect.reading.dropTemporaryTable(table))
}

const MODEL_TABLES = [
  'model_txid',
  'model_action',
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
  'model_repeated_reference',
  'model_repeated_commission',
  'model_repeated_map',
]

function createModel(dialect: MigrationDialect): readonly string[] {
  const table = (name: string, columns: string): string => dialect.createTemporaryTable(name, columns)
  const byKey = (name: string, columns: string): string => dialect.organizeByKey(table(name, columns))
  const moment = dialect.reading.timestampType
  return [
    table(
      'model_txid',
      `model INTEGER PRIMARY KEY, txid TEXT NOT NULL UNIQUE, requestRank INTEGER, requestId INTEGER, requestStatus TEXT, wasBroadcast INTEGER NOT NULL DEFAULT 0,
     provenId INTEGER, proofId INTEGER, height INTEGER, merkleIndex INTEGER, statuses TEXT, rawSource TEXT, rawId INTEGER,
     rawLength INTEGER, beefRowId INTEGER, beefRequestId INTEGER, userCreated ${moment}, userUpdated ${moment},
     isCoinbase INTEGER NOT NULL DEFAULT 0, cell INTEGER, processing TEXT`,
    ),
    table(
      'model_action',
      `transactionId INTEGER PRIMARY KEY, model INTEGER, status TEXT, processing TEXT, aborted INTEGER NOT NULL${dialect.reading.indexedAtCreation('model')}`,
    ),
    table(
      'model_cell',
      `cell INTEGER PRIMARY KEY, situation TEXT NOT NULL UNIQUE, processing TEXT NOT NULL, frozenReason TEXT`,
    ),
    byKey(
      'model_abort',
      `cell INTEGER NOT NULL, status TEXT NOT NULL, aborted INTEGER NOT NULL, PRIMARY KEY (cell, status)`,
    ),
    table('model_bad_proof', `provenTxId INTEGER PRIMARY KEY`),
    table('model_leaf', `provenTxId INTEGER PRIMARY KEY, leaf INTEGER NOT NULL`),
    table('model_loser', `transactionId INTEGER PRIMARY KEY, keeperId INTEGER NOT NULL`),
    byKey(
      'model_consumed',
      `producer INTEGER NOT NULL, vout INTEGER NOT NULL, consumer INTEGER NOT NULL, PRIMARY KEY (producer, vout, consumer)`,
    ),
    byKey('model_raw_mismatch', `txid TEXT NOT NULL PRIMARY KEY`),
    table(
      'model_place',
      `outputId INTEGER PRIMARY KEY, actionId INTEGER NOT NULL, isTwin INTEGER NOT NULL, spentBy INTEGER`,
    ),
    table('model_taken', `outputId INTEGER PRIMARY KEY, spenderId INTEGER, robbedId INTEGER`),
    table('model_robbed', `actionId INTEGER PRIMARY KEY`),
    table('model_placeholder', `actionId INTEGER PRIMARY KEY`),
    table('model_wrong_script', `outputId INTEGER PRIMARY KEY`),
    table('model_repeated_reference', `transactionId INTEGER PRIMARY KEY`),
    table('model_repeated_commission', `commissionId INTEGER PRIMARY KEY`),
    byKey(
      'model_repeated_map',
      `kind TEXT NOT NULL, one INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (kind, one, other)`,
    ),
  ]
}

/** How far a request is by itself, for two requests whose txids differ only in case. The lower number counts. */
const REQUEST_RANK = `CASE r.status
  WHEN 'completed' THEN 0 WHEN 'unconfirmed' THEN 0 WHEN 'unmined' THEN 1 WHEN 'callback' THEN 1 WHEN 'unknown' THEN 1
  WHEN 'sending' THEN 2 WHEN 'unprocessed' THEN 3 WHEN 'unsent' THEN 3 WHEN 'nosend' THEN 4 WHEN 'nonfinal' THEN 5
  WHEN 'unfail' THEN 6 WHEN 'doubleSpend' THEN 8 WHEN 'invalid' THEN 9 ELSE 7 END`

/**
 * Requests, then proofs, then users' rows: each adds what the ones before did not have. Row by row and without sorting, so that
 * memory does not grow with the wallet: where several rows tell of one txid, the better one takes the place.
 */
async function collectTxids(session: SqlSession, db: LegacyDatabase): Promise<void> {
  const { reading, least, greatest } = session.dialect
  // A status as text that stays what it is in JSON. Bytes, and text of bytes that are no text, are no status anybody knows; nor is none.
  const statusText = (column: string): string => `coalesce(${reading.printable(column)}, '')`
  const wasBroadcast = db.column('proven_tx_reqs', 'r', 'wasBroadcast', '0')
  const requests = db.legacy('proven_tx_reqs')
  const proofs = db.legacy('proven_txs')
  const merge = (rows: Omit<RowMerge, 'into' | 'key'>): readonly string[] =>
    reading.mergeRows({ into: 'model_txid', key: 'txid', ...rows })
  const given = (...columns: readonly string[]): Record<string, string> =>
    Object.fromEntries(columns.map((column) => [column, `excluded.${column}`]))
  const rawOf = (source: string, alias: string, key: string): string =>
    `CASE WHEN length(${alias}.rawTx) > 0 THEN '${source}' END, CASE WHEN length(${alias}.rawTx) > 0 THEN ${alias}.${key} END,
     CASE WHEN length(${alias}.rawTx) > 0 THEN length(${alias}.rawTx) END`
  await reading.inTurns(session, { table: requests, key: 'lower(txid)', order: 'provenTxReqId' }, (source) =>
    merge({
      columns: [
        ...['txid', 'requestRank', 'requestId', 'requestStatus', 'wasBroadcast'],
        ...['rawSource', 'rawId', 'rawLength'],
      ],
      select: `SELECT lower(r.txid), ${REQUEST_RANK}, r.provenTxReqId, ${statusText('r.status')},
            CASE WHEN coalesce(${wasBroadcast}, 0) <> 0 THEN 1 ELSE 0 END, ${rawOf('request', 'r', 'provenTxReqId')}
       FROM ${source} r WHERE r.txid <> ''`,
      order: 'r.provenTxReqId',
      set: given('requestRank', 'requestId', 'requestStatus', 'wasBroadcast', 'rawSource', 'rawId', 'rawLength'),
      when: 'excluded.requestRank < model_txid.requestRank',
    }),
  )
  // Bytes are bytes: what the request that counts lacks, another of the same txid in other letters may have. So with proofs below.
  const requested = (column: string, value: string): string =>
    `(SELECT ${value} FROM ${requests} o WHERE lower(o.txid) = model_txid.txid AND length(o.${column}) > 0
      ORDER BY o.provenTxReqId <> model_txid.requestId, o.provenTxReqId LIMIT 1)`
  const requestsInOtherCase = `txid IN (SELECT lower(txid) FROM ${requests} WHERE txid <> lower(txid))`
  await session.run(
    `UPDATE model_txid SET rawSource = ${requested('rawTx', "'request'")}, rawId = ${requested('rawTx', 'o.provenTxReqId')},
       rawLength = ${requested('rawTx', 'length(o.rawTx)')}, beefRequestId = ${requested('inputBEEF', 'o.provenTxReqId')}
     WHERE ${requestsInOtherCase}`,
  )
  await reading.inTurns(session, { table: proofs, key: 'lower(txid)', order: 'provenTxId' }, (source) =>
    merge({
      columns: ['txid', 'provenId', 'proofId', 'height', 'merkleIndex', 'rawSource', 'rawId', 'rawLength'],
      select: `SELECT lower(p.txid), p.provenTxId, CASE WHEN b.provenTxId IS NULL THEN p.provenTxId END,
            CASE WHEN b.provenTxId IS NULL THEN p.height END,
            CASE WHEN b.provenTxId IS NULL THEN coalesce(f.leaf, p."index") END,
            ${rawOf('proof', 'p', 'provenTxId')}
       FROM ${source} p
       LEFT JOIN model_bad_proof b ON b.provenTxId = p.provenTxId
       LEFT JOIN model_leaf f ON f.provenTxId = p.provenTxId
      WHERE p.txid <> ''`,
      order: 'p.provenTxId',
      set: {
        ...given('provenId', 'proofId', 'height', 'merkleIndex'),
        rawSource: 'coalesce(excluded.rawSource, model_txid.rawSource)',
        rawId: 'coalesce(excluded.rawId, model_txid.rawId)',
        rawLength: 'coalesce(excluded.rawLength, model_txid.rawLength)',
      },
      when: 'model_txid.provenId IS NULL OR (model_txid.proofId IS NULL AND excluded.proofId IS NOT NULL)',
    }),
  )
  const hasBytes = `FROM ${proofs} o WHERE lower(o.txid) = model_txid.txid AND length(o.rawTx) > 0`
  const proved = (value: string): string =>
    `(SELECT ${value} ${hasBytes} ORDER BY o.provenTxId <> model_txid.provenId, o.provenTxId LIMIT 1)`
  await session.run(
    `UPDATE model_txid SET rawSource = 'proof', rawId = ${proved('o.provenTxId')}, rawLength = ${proved('length(o.rawTx)')}
       WHERE txid IN (SELECT lower(txid) FROM ${proofs} WHERE txid <> lower(txid)) AND EXISTS (SELECT 1 ${hasBytes})`,
  )
  // Arrays are joined as text: a status is text, and inside of one every quote has a backslash before it.
  const inner = (array: string): string => `substr(${array}, 2, length(${array}) - 2)`
  const listed = `',' || ${inner('model_txid.statuses')} || ','`
  const isListed = `${reading.position(listed, `',' || ${inner('excluded.statuses')} || ','`)} > 0`
  const earlier = `coalesce(model_txid.userCreated, excluded.userCreated)`
  const later = `coalesce(model_txid.userUpdated, excluded.userUpdated)`
  await reading.inTurns(
    session,
    { table: db.legacy('transactions'), key: 'lower(txid)', order: 'transactionId' },
    (source) =>
      merge({
        columns: ['txid', 'statuses', 'rawSource', 'rawId', 'rawLength', 'beefRowId', 'userCreated', 'userUpdated'],
        select: `SELECT lower(t.txid), ${reading.jsonArrayOf(statusText('t.status'))}, ${rawOf('action', 't', 'transactionId')},
            CASE WHEN length(t.inputBEEF) > 0 THEN t.transactionId END, t.created_at, t.updated_at
       FROM ${source} t WHERE t.txid <> ''`,
        order: 't.transactionId',
        set: {
          statuses: `CASE
         WHEN model_txid.statuses IS NULL THEN excluded.statuses
         WHEN ${isListed} THEN model_txid.statuses
         ELSE '[' || ${inner('model_txid.statuses')} || ',' || ${inner('excluded.statuses')} || ']' END`,
          rawSource: 'coalesce(model_txid.rawSource, excluded.rawSource)',
          rawId: 'coalesce(model_txid.rawId, excluded.rawId)',
          rawLength: 'coalesce(model_txid.rawLength, excluded.rawLength)',
          beefRowId: 'coalesce(model_txid.beefRowId, excluded.beefRowId)',
          userCreated: least(earlier, 'excluded.userCreated'),
          userUpdated: greatest(later, 'excluded.userUpdated'),
        },
      }),
  )
}
