import type { CheckResult } from '../../../check-result.js'
import { DifferenceList } from '../differences.js'
import type { VerifyContext } from '../verify-context.js'

/** For each table of ours: every row that must be there is, and none that must not. */
export async function checkRows(context: VerifyContext): Promise<CheckResult[]> {
  const checks: CheckResult[] = []
  for (const { id, claim, table, antiJoins } of rowSets(context)) {
    const differences = new DifferenceList()
    for (const { sql, expected, actual } of antiJoins) {
      for await (const { rowKey } of context.session.iterate<{ rowKey: unknown }>(sql)) {
        differences.add({ table, key: String(rowKey), expected, actual })
      }
    }
    checks.push(differences.toCheck(id, claim))
  }
  return checks
}

interface AntiJoin {
  readonly sql: string
  readonly expected: string
  readonly actual: string
}

interface RowSet {
  readonly id: string
  readonly claim: string
  readonly table: string
  readonly antiJoins: readonly AntiJoin[]
}

const missing = (sql: string): AntiJoin => ({ sql, expected: 'a row', actual: 'none' })
const extra = (sql: string): AntiJoin => ({ sql, expected: 'no row', actual: 'a row' })

function rowSets({ db }: VerifyContext): readonly RowSet[] {
  const legacy = db.legacy('transactions')
  const outputs = db.legacy('outputs')
  const commissions = db.legacy('commissions')
  const notDirty = (table: string, key: string): string => `NOT EXISTS (SELECT 1 FROM ${table} d WHERE d.id = ${key})`
  return [
    {
      id: 'rows.transactions',
      claim: 'One transaction per txid of requests, proofs and users’ rows, and no other.',
      table: 'transactions',
      antiJoins: [
        missing(`SELECT m.txid AS rowKey FROM model_txid m LEFT JOIN ${db.ours('transactions')} n ON n.txid = m.txid
          WHERE n.txid IS NULL AND NOT EXISTS (SELECT 1 FROM dirty_txid d WHERE d.txid = m.txid)`),
        extra(`SELECT n.txid AS rowKey FROM ${db.ours('transactions')} n LEFT JOIN model_txid m ON m.txid = n.txid
          WHERE m.txid IS NULL AND NOT EXISTS (SELECT 1 FROM dirty_txid d WHERE d.txid = n.txid)`),
      ],
    },
    {
      id: 'rows.actions',
      claim:
        'One action per row of the legacy transactions, with its number; beside them only placeholders of orphan outputs.',
      table: 'actions',
      antiJoins: [
        missing(`SELECT t.transactionId AS rowKey FROM ${legacy} t LEFT JOIN actions a ON a.actionId = t.transactionId
          WHERE a.actionId IS NULL AND ${notDirty('dirty_action', 't.transactionId')}`),
        missing(`SELECT h.actionId AS rowKey FROM model_placeholder h LEFT JOIN actions a ON a.actionId = h.actionId
          WHERE a.actionId IS NULL AND ${notDirty('dirty_action', 'h.actionId')}`),
        extra(`SELECT a.actionId AS rowKey FROM actions a
          LEFT JOIN ${legacy} t ON t.transactionId = a.actionId
          LEFT JOIN model_placeholder h ON h.actionId = a.actionId
          WHERE t.transactionId IS NULL AND h.actionId IS NULL AND ${notDirty('dirty_action', 'a.actionId')}`),
      ],
    },
    {
      id: 'rows.outputs',
      claim: 'Every legacy output is there with its number, and no other.',
      table: 'outputs',
      antiJoins: [
        missing(`SELECT o.outputId AS rowKey FROM ${outputs} o LEFT JOIN ${db.ours('outputs')} n ON n.outputId = o.outputId
          WHERE n.outputId IS NULL AND ${notDirty('dirty_output', 'o.outputId')}`),
        extra(`SELECT n.outputId AS rowKey FROM ${db.ours('outputs')} n LEFT JOIN ${outputs} o ON o.outputId = n.outputId
          WHERE o.outputId IS NULL AND ${notDirty('dirty_output', 'n.outputId')}`),
      ],
    },
    {
      id: 'rows.commissions',
      claim: 'The first commission of every transaction that is there, and no other.',
      table: 'commissions',
      antiJoins: [
        missing(`SELECT c.commissionId AS rowKey FROM ${commissions} c JOIN ${legacy} t ON t.transactionId = c.transactionId
          LEFT JOIN ${db.ours('commissions')} n ON n.commissionId = c.commissionId
          WHERE n.commissionId IS NULL AND NOT EXISTS (SELECT 1 FROM model_repeated_commission rc WHERE rc.commissionId = c.commissionId)
            AND ${notDirty('dirty_commission', 'c.commissionId')}`),
        extra(`SELECT n.commissionId AS rowKey FROM ${db.ours('commissions')} n LEFT JOIN ${commissions} c ON c.commissionId = n.commissionId
          LEFT JOIN model_repeated_commission rc ON rc.commissionId = n.commissionId
          WHERE (c.commissionId IS NULL OR rc.commissionId IS NOT NULL) AND ${notDirty('dirty_commission', 'n.commissionId')}`),
      ],
    },
    {
      id: 'rows.tx_labels_map',
      claim:
        'The pairs of label and action are those of the legacy rows, and a duplicate’s labels are on its keeper too.',
      table: 'tx_labels_map',
      antiJoins: pairAntiJoins({
        expected: `SELECT x.txLabelId AS one, x.transactionId AS other FROM ${db.legacy('tx_labels_map')} x
          JOIN ${legacy} t ON t.transactionId = x.transactionId JOIN tx_labels l ON l.txLabelId = x.txLabelId
          UNION SELECT x.txLabelId, k.keeperId FROM ${db.legacy('tx_labels_map')} x
          JOIN model_loser k ON k.transactionId = x.transactionId JOIN tx_labels l ON l.txLabelId = x.txLabelId`,
        actual: `SELECT txLabelId AS one, actionId AS other FROM ${db.ours('tx_labels_map')}`,
        dirty: 'dirty_label_map',
      }),
    },
    {
      id: 'rows.output_tags_map',
      claim: 'The pairs of tag and output are those of the legacy rows.',
      table: 'output_tags_map',
      antiJoins: pairAntiJoins({
        expected: `SELECT x.outputTagId AS one, x.outputId AS other FROM ${db.legacy('output_tags_map')} x
          JOIN ${outputs} o ON o.outputId = x.outputId JOIN output_tags g ON g.outputTagId = x.outputTagId`,
        actual: `SELECT outputTagId AS one, outputId AS other FROM ${db.ours('output_tags_map')}`,
        dirty: 'dirty_tag_map',
      }),
    },
  ]
}

/** Pairs of keys, compared both ways. The maps are small rows, so that sorting them is cheap. */
function pairAntiJoins(sides: { expected: string; actual: string; dirty: string }): readonly AntiJoin[] {
  const { expected, actual, dirty } = sides
  const without = `WHERE NOT EXISTS (SELECT 1 FROM ${dirty} d WHERE d.id = one AND d.other = pairs.other)`
  const difference = (first: string, second: string): string =>
    `SELECT one || ' ' || other AS rowKey FROM (${first} EXCEPT ${second}) pairs ${without}`
  return [
    missing(difference(`SELECT * FROM (${expected}) e`, actual)),
    extra(difference(`SELECT * FROM (${actual}) a`, `SELECT * FROM (${expected}) e`)),
  ]
}
