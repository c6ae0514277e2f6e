import type { Database } from 'better-sqlite3'
import type { Anomaly, TouchedKey } from './anomaly.js'
import { insert, labelId, sampleAction } from './sample-action.js'

/** All the satoshis there will ever be. */
const MAX_SATOSHIS = 2_100_000_000_000_000

const HOSTILE_TEXTS: Readonly<Record<string, string>> = {
  nul: 'before\u0000after the NUL',
  quotes: `it's "quoted", \\backslashed\\ and ; -- commented`,
  markup: '<script>alert("x")</script><img src=x onerror=alert(1)>&amp;',
  unicode: 'רַק טֶקסט 日本語 \u{1f4b0}\u202eright to left',
}

/** Timestamps, amounts and texts at the edges of what a column takes. */
export const VALUES: readonly Anomaly[] = [
  timestamps('timestamps-sql-text', 'Timestamps as SQL text without zone', undefined, '2024-03-01 10:20:30'),
  timestamps(
    'timestamps-sql-text-ms',
    'Timestamps as SQL text with milliseconds',
    undefined,
    '2024-03-01 10:20:30.123',
  ),
  timestamps('timestamps-epoch-ms', 'Timestamps as numbers, milliseconds since 1970', undefined, 1_709_288_430_123),
  timestamps(
    'timestamps-iso-offset',
    'Timestamps as ISO text with an offset',
    undefined,
    '2024-03-01T12:20:30.123+02:00',
  ),
  timestamps('timestamps-unreadable', 'Timestamps in no form anybody knows', 'unreadable-timestamp', 'last Tuesday'),
  amount('satoshis-2.1e15', 'An output of all satoshis there will ever be', undefined, MAX_SATOSHIS),
  amount('satoshis-zero', 'An output of no satoshis', undefined, 0),
  amount(
    'satoshis-above-supply',
    'An output of more satoshis than there are',
    'satoshis-out-of-range',
    MAX_SATOSHIS + 1,
  ),
  amount('satoshis-negative', 'An output of a negative amount', 'satoshis-out-of-range', -1),
  history('broken-history', 'A request history that is cut off in the middle', '{"notes":[{"what":"status","status_'),
  history('empty-history', 'A request history that is an empty text', ''),
  history('history-not-an-object', 'A request history that is JSON of another shape', '["a", "list"]', undefined),
  ...Object.entries(HOSTILE_TEXTS).map(([name, text]) => hostileText(name, text)),
]

function timestamps(id: string, title: string, finding: string | undefined, value: string | number): Anomaly {
  return {
    id,
    title,
    finding,
    apply: (database) => {
      const { transactionId, outputIds, provenTxId = 0, provenTxReqId = 0 } = sampleAction(database)
      const touched: TouchedKey[] = [
        { table: 'transactions', key: transactionId },
        { table: 'proven_txs', key: provenTxId },
        { table: 'proven_tx_reqs', key: provenTxReqId },
        ...outputIds.map((key) => ({ table: 'outputs', key })),
      ]
      for (const { table, key } of touched) {
        database
          .prepare(`update "${table}" set created_at = ?, updated_at = ? where "${PRIMARY_KEY[table]}" = ?`)
          .run(value, value, key)
      }
      return touched
    },
  }
}

const PRIMARY_KEY: Readonly<Record<string, string>> = {
  transactions: 'transactionId',
  proven_txs: 'provenTxId',
  proven_tx_reqs: 'provenTxReqId',
  outputs: 'outputId',
}

function amount(id: string, title: string, finding: string | undefined, satoshis: number): Anomaly {
  return {
    id,
    title,
    finding,
    apply: (database) => {
      const { outputIds } = sampleAction(database)
      const [outputId = 0] = outputIds
      database.prepare('update outputs set satoshis = ? where outputId = ?').run(satoshis, outputId)
      return [{ table: 'outputs', key: outputId }]
    },
  }
}

function history(id: string, title: string, text: string, finding: string | undefined = 'broken-history'): Anomaly {
  return {
    id,
    title,
    finding,
    apply: (database) => {
      const { provenTxReqId = 0 } = sampleAction(database)
      database.prepare('update proven_tx_reqs set history = ? where provenTxReqId = ?').run(text, provenTxReqId)
      return [{ table: 'proven_tx_reqs', key: provenTxReqId }]
    },
  }
}

function hostileText(name: string, text: string): Anomaly {
  return {
    id: `hostile-text-${name}`,
    title: `Hostile text (${name}) in description, label, basket, tag, output description and custom instructions`,
    finding: undefined,
    apply: (database) => {
      const { userId, transactionId, outputIds } = sampleAction(database)
      const [outputId = 0] = outputIds
      const basketId = insert(database, 'output_baskets', {
        userId,
        name: `${text} ${transactionId}`,
        numberOfDesiredUTXOs: 0,
        minimumDesiredUTXOValue: 0,
      })
      const outputTagId = insert(database, 'output_tags', { userId, tag: `${text} ${transactionId}`, isDeleted: 0 })
      insert(database, 'output_tags_map', { outputTagId, outputId, isDeleted: 0 })
      database.prepare('update transactions set description = ? where transactionId = ?').run(text, transactionId)
      database
        .prepare(
          `update outputs set outputDescription = ?, spendingDescription = ?, customInstructions = ?, basketId = ?, change = 0,
                  purpose = '', type = 'custom', providedBy = 'you' where outputId = ?`,
        )
        .run(text, text, text, basketId, outputId)
      labelIt(database, userId, transactionId, text)
      return [
        { table: 'transactions', key: transactionId },
        { table: 'outputs', key: outputId },
        { table: 'output_baskets', key: basketId },
        { table: 'output_tags', key: outputTagId },
      ]
    },
  }
}

function labelIt(database: Database, userId: number, transactionId: number, label: string): void {
  insert(database, 'tx_labels_map', { txLabelId: labelId(database, userId, label), transactionId, isDeleted: 0 })
}
