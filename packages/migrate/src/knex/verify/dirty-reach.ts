import type { MigrationDialect } from '../dialect/migration-dialect.js'
import type { LegacyDatabase } from './legacy-database.js'

/** Whose keys a rule adds. */
export type DirtyTable =
  'dirty_txid' | 'dirty_action' | 'dirty_output' | 'dirty_commission' | 'dirty_label_map' | 'dirty_tag_map'

/** One way in which a written key makes another key differ. `select` gives the columns of `into`. */
export interface ReachRule {
  readonly into: DirtyTable
  readonly because: string
  readonly select: string
}

/**
 * What a written legacy row reaches, in the order in which it must be asked. Complete by this argument: a row of ours is worked
 * out by looking up one thing after the other, so when it differs, the first look-up with another answer begins at things that
 * did not change, and is found from today's legacy rows. Only where a look-up has many answers (the consumers of an outpoint,
 * the rows of a place, the coins a draft holds) can one be gone: there, what our rows remember of it is asked as well.
 *
 * Nothing goes on along spends: a transaction reaches the coins it takes, and not what took its own. `pending` is a relation
 * (`table_name`, `key1`, `key2`) of the written keys. Source: docs/spec/migration.md §5.
 */
export function reachRules(db: LegacyDatabase, dialect: MigrationDialect, pending: string): readonly ReachRule[] {
  return [
    ...transactionRules(db, pending),
    ...outputRules(db, dialect, pending),
    ...draftRules(db, dialect),
    ...placeholderRules(db, dialect),
    ...attachmentRules(db, dialect, pending),
  ]
}

/** Capture writes the txid of a row before and after each change, so every txid whose rows changed is named. */
function transactionRules(db: LegacyDatabase, pending: string): readonly ReachRule[] {
  const own = db.swapped ? 'actions' : 'transactions'
  return [
    {
      into: 'dirty_txid',
      because: 'a row of this txid was written',
      select: `SELECT lower(w.key2) FROM ${pending} w WHERE w.table_name IN ('transactions', 'proven_tx_reqs', 'proven_txs') AND w.key2 <> ''`,
    },
    {
      into: 'dirty_action',
      because: 'the row was written',
      select: `SELECT w.key1 FROM ${pending} w WHERE w.table_name = '${own}'`,
    },
    {
      into: 'dirty_action',
      because: 'the rows of a txid are one unit',
      select: `SELECT t.transactionId FROM ${db.legacy('transactions')} t JOIN dirty_txid d ON d.txid = lower(t.txid)`,
    },
    {
      into: 'dirty_action',
      because: 'the rows of a txid were one unit',
      select: `SELECT a.actionId FROM dirty_txid d JOIN ${db.ours('transactions')} n ON n.txid = d.txid JOIN actions a ON a.transactionId = n.transactionId`,
    },
    {
      into: 'dirty_action',
      because: 'where no index forbids it, rows of one reference are told apart, and were',
      select: `SELECT t.transactionId FROM dirty_action d JOIN ${db.legacy('transactions')} w ON w.transactionId = d.id
           JOIN ${db.legacy('transactions')} t ON t.userId = w.userId AND t.reference = w.reference
         UNION SELECT t.transactionId FROM dirty_action d JOIN actions a ON a.actionId = d.id
           JOIN ${db.legacy('transactions')} t ON t.userId = a.userId AND t.reference = a.reference`,
    },
  ]
}

function outputRules(db: LegacyDatabase, dialect: MigrationDialect, pending: string): readonly ReachRule[] {
  const outputs = db.legacy('outputs')
  const ours = db.ours('outputs')
  const losers = 'model_loser'
  const placed = (from: string, owner: string, vout: string): string =>
    `SELECT o.outputId FROM ${from}
       LEFT JOIN ${losers} l ON l.transactionId = ${owner}
       JOIN (SELECT transactionId, keeperId FROM ${losers} UNION ALL SELECT DISTINCT keeperId, keeperId FROM ${losers}) f
         ON f.keeperId = coalesce(l.keeperId, ${owner})
       JOIN ${outputs} o ON o.transactionId = f.transactionId AND o.vout = ${vout}
     UNION SELECT o.outputId FROM ${from} JOIN ${outputs} o ON o.transactionId = ${owner}
       AND (o.vout = ${vout} OR NOT EXISTS (SELECT 1 FROM ${db.legacy('transactions')} t WHERE t.transactionId = o.transactionId))`
  return [
    {
      into: 'dirty_output',
      because: 'the row was written',
      select: `SELECT w.key1 FROM ${pending} w WHERE w.table_name = 'outputs'`,
    },
    {
      into: 'dirty_output',
      because: 'its owner reached it',
      select: `SELECT o.outputId FROM dirty_action d JOIN ${outputs} o ON o.transactionId = d.id
         UNION SELECT n.outputId FROM dirty_action d JOIN ${ours} n ON n.actionId = d.id`,
    },
    {
      into: 'dirty_output',
      because: 'its spender reached it',
      select: `SELECT o.outputId FROM dirty_action d JOIN ${outputs} o ON o.spentBy = d.id
         UNION SELECT n.outputId FROM dirty_action d JOIN ${ours} n ON n.spentByActionId = d.id`,
    },
    {
      into: 'dirty_output',
      because: 'a transaction whose bytes consume it reached it',
      select: `SELECT n.outputId FROM dirty_txid d JOIN model_txid dm ON dm.txid = d.txid
           JOIN model_consumed c ON c.consumer = dm.model JOIN model_txid m ON m.model = c.producer
           JOIN ${ours} n ON n.txid = m.txid AND n.vout = c.vout${
             db.catalogue.has('migration_scan_inputs')
               ? `
         UNION SELECT n.outputId FROM migration_scan_inputs c JOIN dirty_txid d ON d.txid = c.consumer
           JOIN ${ours} n ON n.txid = c.txid AND n.vout = c.vout`
               : ''
           }`,
    },
    {
      into: 'dirty_output',
      because: 'the rows of a place are ranked together, and all rows of an owner that is gone',
      select: placed(`dirty_output d JOIN ${outputs} w ON w.outputId = d.id`, 'w.transactionId', 'w.vout'),
    },
    {
      into: 'dirty_output',
      because: 'it shared a place with a row that went elsewhere',
      select: placed(
        `(SELECT n.outputId, n.vout, coalesce(${placeBefore(db, dialect)}, n.actionId) AS owner
            FROM dirty_output d JOIN ${ours} n ON n.outputId = d.id) w`,
        'w.owner',
        'w.vout',
      ),
    },
  ]
}

/** The legacy owner of our row `n` when it was derived, where that is not its action. */
function placeBefore(db: LegacyDatabase, dialect: MigrationDialect): string {
  if (!db.catalogue.has('migration_findings')) return 'NULL'
  return `(SELECT ${dialect.jsonNumber('f.original_json', 'transactionId')} FROM migration_findings f
     WHERE f.table_name = 'outputs' AND f.key1 = ${dialect.text('n.outputId')} AND f.class = 'duplicate-output' LIMIT 1)`
}

/** A draft that loses a coin it planned to spend is aborted; what else it holds stays as it is. */
function draftRules(db: LegacyDatabase, dialect: MigrationDialect): readonly ReachRule[] {
  const rules: ReachRule[] = [
    {
      into: 'dirty_action',
      because: 'a draft plans to spend a coin that somebody else may take',
      select: `SELECT t.transactionId FROM dirty_output d JOIN ${db.legacy('outputs')} o ON o.outputId = d.id
         JOIN ${db.legacy('transactions')} t ON t.transactionId = o.spentBy WHERE coalesce(t.txid, '') = ''`,
    },
  ]
  if (db.catalogue.has('migration_findings')) {
    rules.push({
      into: 'dirty_action',
      because: 'somebody else took a coin the draft planned to spend',
      select: `SELECT ${dialect.jsonNumber('f.original_json', 'holder')} FROM dirty_output d
         JOIN migration_findings f ON f.table_name = 'outputs' AND f.key1 = ${dialect.text('d.id')} AND f.class = 'phantom-coin'
        WHERE ${dialect.jsonNumber('f.original_json', 'holder')} IS NOT NULL`,
    })
  }
  return rules
}

/** Actions without a legacy row come and go with the outputs they were made for. */
function placeholderRules(db: LegacyDatabase, dialect: MigrationDialect): readonly ReachRule[] {
  const isGone = (owner: string): string =>
    `NOT EXISTS (SELECT 1 FROM ${db.legacy('transactions')} t WHERE t.transactionId = ${owner})`
  return [
    {
      into: 'dirty_action',
      because: 'an output without a place of its own has an action of its own',
      select: `SELECT -d.id FROM dirty_output d`,
    },
    {
      into: 'dirty_action',
      because: 'an output of no transaction has a placeholder',
      select: `SELECT o.transactionId FROM dirty_output d JOIN ${db.legacy('outputs')} o ON o.outputId = d.id WHERE ${isGone('o.transactionId')}
         UNION SELECT w.owner FROM (SELECT coalesce(${placeBefore(db, dialect)}, n.actionId) AS owner
           FROM dirty_output d JOIN ${db.ours('outputs')} n ON n.outputId = d.id) w WHERE ${isGone('w.owner')}`,
    },
  ]
}

/** Commissions, labels and tags are there when their parent is; a keeper has the labels of its duplicates too. */
function attachmentRules(db: LegacyDatabase, dialect: MigrationDialect, pending: string): readonly ReachRule[] {
  const labels = db.legacy('tx_labels_map')
  return [
    {
      into: 'dirty_commission',
      because: 'the row was written, or its action reached it',
      select: `SELECT w.key1 FROM ${pending} w WHERE w.table_name = 'commissions'
         UNION SELECT c.commissionId FROM dirty_action d JOIN ${db.legacy('commissions')} c ON c.transactionId = d.id
         UNION SELECT n.commissionId FROM dirty_action d JOIN ${db.ours('commissions')} n ON n.actionId = d.id`,
    },
    {
      into: 'dirty_commission',
      because: 'where no index forbids a second one, an action has the first, and had',
      select: `SELECT c.commissionId FROM dirty_commission d JOIN ${db.legacy('commissions')} w ON w.commissionId = d.id
           JOIN ${db.legacy('commissions')} c ON c.transactionId = w.transactionId
         UNION SELECT c.commissionId FROM dirty_commission d JOIN ${db.ours('commissions')} n ON n.commissionId = d.id
           JOIN ${db.legacy('commissions')} c ON c.transactionId = n.actionId`,
    },
    {
      into: 'dirty_label_map',
      because: 'the row was written',
      select: `SELECT w.key1, ${dialect.number('w.key2')} FROM ${pending} w WHERE w.table_name = 'tx_labels_map' AND w.key2 IS NOT NULL`,
    },
    {
      into: 'dirty_label_map',
      because: 'its action reached it',
      select: `SELECT x.txLabelId, x.transactionId FROM dirty_action d JOIN ${labels} x ON x.transactionId = d.id
         UNION SELECT n.txLabelId, n.actionId FROM dirty_action d JOIN ${db.ours('tx_labels_map')} n ON n.actionId = d.id`,
    },
    {
      into: 'dirty_label_map',
      because: 'a duplicate’s label is on its keeper too, and one that was taken from it stays there',
      select: `SELECT d.id, l.keeperId FROM dirty_label_map d JOIN model_loser l ON l.transactionId = d.other
         UNION SELECT x.txLabelId, x.transactionId FROM dirty_action d JOIN model_loser l ON l.transactionId = d.id JOIN ${labels} x ON x.transactionId = l.keeperId
         UNION SELECT n.txLabelId, n.actionId FROM dirty_action d JOIN model_loser l ON l.transactionId = d.id JOIN ${db.ours('tx_labels_map')} n ON n.actionId = l.keeperId`,
    },
    {
      into: 'dirty_tag_map',
      because: 'the row was written, or its output reached it',
      select: `SELECT w.key1, ${dialect.number('w.key2')} FROM ${pending} w WHERE w.table_name = 'output_tags_map' AND w.key2 IS NOT NULL
         UNION SELECT x.outputTagId, x.outputId FROM dirty_output d JOIN ${db.legacy('output_tags_map')} x ON x.outputId = d.id
         UNION SELECT n.outputTagId, n.outputId FROM dirty_output d JOIN ${db.ours('output_tags_map')} n ON n.outputId = d.id`,
    },
  ]
}
