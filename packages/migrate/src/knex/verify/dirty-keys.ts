import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'

const TABLES = [
  'dirty_txid',
  'dirty_action',
  'dirty_output',
  'dirty_commission',
  'dirty_label_map',
  'dirty_tag_map',
] as const

/**
 * Fills `dirty_*` with every key a write that waits in an outbox may have touched: before the swap the legacy side is ahead
 * of ours, afterwards ours is ahead of the legacy tables. Answers whether there is any.
 *
 * Online, the keys that differ must be a subset of these. Source: docs/spec/migration.md §5.
 */
export async function collectDirtyKeys(session: SqlSession, db: LegacyDatabase): Promise<boolean> {
  await dropDirtyKeys(session)
  await session.run(`CREATE TEMP TABLE dirty_txid (txid TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID`)
  for (const table of ['dirty_action', 'dirty_output', 'dirty_commission'])
    await session.run(`CREATE TEMP TABLE ${table} (id INTEGER PRIMARY KEY)`)
  for (const table of ['dirty_label_map', 'dirty_tag_map'])
    await session.run(
      `CREATE TEMP TABLE ${table} (id INTEGER NOT NULL, other INTEGER NOT NULL, PRIMARY KEY (id, other)) WITHOUT ROWID`,
    )

  const outboxes = db.swapped ? ['migration_reverse_outbox'] : ['migration_outbox', 'migration_batch']
  const source = outboxes
    .filter((name) => db.catalogue.has(name))
    .map((name) => `SELECT table_name, key1, key2 FROM ${name}`)
    .join(' UNION ALL ')
  if (source === '') return false
  const pending = await session.get<{ rows: number }>(`SELECT count(*) AS rows FROM (${source})`)
  if (pending === undefined || pending.rows === 0) return false
  const tips = await readTips(session)
  for (const statement of collectStatements(db, source, tips)) await session.run(statement)
  return true
}

export async function dropDirtyKeys(session: SqlSession): Promise<void> {
  for (const table of TABLES) await session.run(`DROP TABLE IF EXISTS temp.${table}`)
}

interface Tips {
  readonly lowest: number
  readonly highest: number
}

/** The stored tip and the one the legacy proofs give, when they differ: a proof that waits to be followed moves the tip. */
async function readTips(session: SqlSession): Promise<Tips | undefined> {
  const stored = await session.get<{ height: number }>(`SELECT height FROM chain_tip WHERE id = 1`)
  const proven = await session.get<{ height: number | null }>(
    `SELECT max(height) AS height FROM model_txid WHERE proofId IS NOT NULL`,
  )
  const heights = [stored?.height ?? 0, proven?.height ?? 0]
  return heights[0] === heights[1] ? undefined : { lowest: Math.min(...heights), highest: Math.max(...heights) }
}

function collectStatements(db: LegacyDatabase, source: string, tips: Tips | undefined): readonly string[] {
  const legacy = db.legacy('transactions')
  const requests = db.legacy('proven_tx_reqs')
  const proofs = db.legacy('proven_txs')
  const ours = db.ours('transactions')
  const keysOf = (...names: string[]): string =>
    `(SELECT DISTINCT key1 FROM (${source}) WHERE table_name IN (${names.map((name) => `'${name}'`).join(', ')}))`
  const none = 'WHERE true ON CONFLICT DO NOTHING'
  const actionKeys = db.swapped ? keysOf('actions') : keysOf('transactions')
  const statements = [
    `INSERT INTO dirty_action SELECT key1 FROM ${actionKeys} ${none}`,
    `INSERT INTO dirty_output SELECT key1 FROM ${keysOf('outputs')} ${none}`,
    `INSERT INTO dirty_txid SELECT DISTINCT lower(key2) FROM (${source})
      WHERE table_name IN ('transactions', 'proven_tx_reqs', 'proven_txs') AND key2 <> '' ON CONFLICT DO NOTHING`,
    `INSERT INTO dirty_commission SELECT key1 FROM ${keysOf('commissions')} ${none}`,
    `INSERT INTO dirty_label_map SELECT key1, key2 FROM (${source}) WHERE table_name = 'tx_labels_map' AND key2 IS NOT NULL ON CONFLICT DO NOTHING`,
    `INSERT INTO dirty_tag_map SELECT key1, key2 FROM (${source}) WHERE table_name = 'output_tags_map' AND key2 IS NOT NULL ON CONFLICT DO NOTHING`,
    ...(db.swapped
      ? [
          `INSERT INTO dirty_txid SELECT n.txid FROM ${ours} n JOIN ${keysOf('transactions')} k ON k.key1 = n.transactionId ${none}`,
        ]
      : [
          `INSERT INTO dirty_txid SELECT lower(r.txid) FROM ${requests} r JOIN ${keysOf('proven_tx_reqs')} k ON k.key1 = r.provenTxReqId ${none}`,
          `INSERT INTO dirty_txid SELECT n.txid FROM ${ours} n JOIN ${keysOf('proven_tx_reqs')} k ON k.key1 = n.legacy_req_id ${none}`,
          `INSERT INTO dirty_txid SELECT lower(p.txid) FROM ${proofs} p JOIN ${keysOf('proven_txs')} k ON k.key1 = p.provenTxId ${none}`,
          `INSERT INTO dirty_txid SELECT n.txid FROM ${ours} n JOIN ${keysOf('proven_txs')} k ON k.key1 = n.legacy_proven_id ${none}`,
        ]),
    // What is proven at the tip waits for the next block, so a tip that moves changes more than the transaction that moved it.
    ...(tips === undefined || db.swapped
      ? []
      : [
          `INSERT INTO dirty_txid SELECT n.txid FROM ${ours} n WHERE n.height >= ${tips.lowest} ON CONFLICT DO NOTHING`,
          `INSERT INTO dirty_output SELECT o.outputId FROM ${db.ours('outputs')} o
            WHERE o.matures_at_height BETWEEN ${tips.lowest} AND ${tips.highest} ON CONFLICT DO NOTHING`,
        ]),
    `INSERT INTO dirty_txid SELECT lower(t.txid) FROM ${legacy} t JOIN dirty_action d ON d.id = t.transactionId WHERE t.txid <> '' ON CONFLICT DO NOTHING`,
    `INSERT INTO dirty_txid SELECT n.txid FROM actions a JOIN dirty_action d ON d.id = a.actionId JOIN ${ours} n ON n.transactionId = a.transactionId ${none}`,
    `INSERT INTO dirty_action SELECT t.transactionId FROM dirty_txid d JOIN ${legacy} t ON lower(t.txid) = d.txid ${none}`,
    `INSERT INTO dirty_action SELECT a.actionId FROM dirty_txid d JOIN ${ours} n ON n.txid = d.txid JOIN actions a ON a.transactionId = n.transactionId ${none}`,
    `INSERT INTO dirty_action SELECT l.keeperId FROM model_loser l JOIN dirty_action d ON d.id = l.transactionId ${none}`,
  ]
  const outputs = db.legacy('outputs')
  const ownOutputs = db.ours('outputs')
  return [
    ...statements,
    `INSERT INTO dirty_output SELECT o.outputId FROM ${outputs} o JOIN dirty_action d ON d.id = o.transactionId ${none}`,
    `INSERT INTO dirty_output SELECT o.outputId FROM ${outputs} o JOIN dirty_action d ON d.id = o.spentBy ${none}`,
    `INSERT INTO dirty_output SELECT o.outputId FROM ${ownOutputs} o JOIN dirty_action d ON d.id = o.actionId ${none}`,
    `INSERT INTO dirty_output SELECT o.outputId FROM ${ownOutputs} o JOIN dirty_action d ON d.id = o.spentByActionId ${none}`,
    `INSERT INTO dirty_output SELECT o.outputId FROM model_consumed c JOIN dirty_txid d ON d.txid = c.consumer
       JOIN ${ownOutputs} o ON o.txid = c.txid AND o.vout = c.vout ${none}`,
    `INSERT INTO dirty_tag_map SELECT x.outputTagId, x.outputId FROM ${db.legacy('output_tags_map')} x JOIN dirty_output d ON d.id = x.outputId ${none}`,
    `INSERT INTO dirty_label_map SELECT x.txLabelId, x.transactionId FROM ${db.legacy('tx_labels_map')} x JOIN dirty_action d ON d.id = x.transactionId ${none}`,
    `INSERT INTO dirty_commission SELECT c.commissionId FROM ${db.legacy('commissions')} c JOIN dirty_action d ON d.id = c.transactionId ${none}`,
  ]
}
