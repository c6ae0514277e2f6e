import { TABLES, type TableDefinition, type TableName } from '@txkeep/storage-knex/schema'
import type { CheckResult } from '../../../check-result.js'
import { DifferenceList } from '../differences.js'
import type { LegacyDatabase } from '../legacy-database.js'
import type { VerifyContext } from '../verify-context.js'

const REBUILT = ['transactions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map'] as const
const CHECKED: readonly TableName[] = [...REBUILT, 'actions']

/** That nothing of ours points nowhere, and that the catalogue says where our references lead. */
export async function checkLinks(context: VerifyContext): Promise<CheckResult[]> {
  return [await checkOrphans(context), await checkForeignKeys(context), await checkConsumed(context)]
}

function nameOf(db: LegacyDatabase, table: string): string {
  const rebuilt = REBUILT.find((name) => name === table)
  return rebuilt === undefined ? table : db.ours(rebuilt)
}

/** What a report calls a row: its number, or both its numbers. */
function keyOf({ columns, primaryKey }: TableDefinition, alias: string): string {
  const names = primaryKey ?? columns.filter(({ type }) => type === 'id').map(({ name }) => name)
  return names.map((name) => `${alias}."${name}"`).join(` || ' ' || `)
}

/** By the references our schema declares, each as one anti-join: it holds whether or not the engine enforces them. */
export async function checkOrphans({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  for (const table of CHECKED) {
    for (const { column, table: parent, references } of TABLES[table].foreignKeys) {
      const rows = session.iterate<{ rowKey: unknown; value: unknown }>(
        `SELECT ${keyOf(TABLES[table], 'c')} AS rowKey, c."${column}" AS value FROM ${nameOf(db, table)} c
          LEFT JOIN ${nameOf(db, parent)} p ON p."${references}" = c."${column}"
         WHERE c."${column}" IS NOT NULL AND p."${references}" IS NULL`,
      )
      for await (const { rowKey, value } of rows) {
        differences.add({ table, key: String(rowKey), column, expected: `a row of ${parent}`, actual: String(value) })
      }
    }
  }
  return differences.toCheck('links.orphans', 'Nothing points to a row that is not there.')
}

async function checkForeignKeys({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  // Where a reference can be declared later it is, at the swap: one to a live table would make the old application's deletes fail.
  const isDeclared = db.swapped || session.dialect.schema.foreignKeysAtCreation
  const declared = (keys: TableDefinition['foreignKeys']): TableDefinition['foreignKeys'] => (isDeclared ? keys : [])
  for (const table of CHECKED) {
    const rows = await session.dialect.declaredReferences(session, nameOf(db, table))
    const actual = new Set(rows.map(({ column, parent, references }) => `${column} → ${parent}.${references ?? ''}`))
    const expected = new Set(
      declared(TABLES[table].foreignKeys).map(
        ({ column, table: parent, references }) => `${column} → ${nameOf(db, parent)}.${references}`,
      ),
    )
    for (const key of new Set([...expected, ...actual])) {
      if (expected.has(key) && actual.has(key)) continue
      differences.add({
        table,
        key,
        expected: expected.has(key) ? 'declared' : 'not declared',
        actual: actual.has(key) ? 'declared' : 'not declared',
      })
    }
  }
  return differences.toCheck(
    'links.foreign-keys',
    'The catalogue declares exactly the references of the schema, to the right tables.',
  )
}

/**
 * A coin that an accepted transaction consumed is gone, whatever its row says. An output of a draft is no coin: it gets its
 * outpoint when the draft is signed.
 */
async function checkConsumed({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  const rows = session.iterate<{ outputId: number; consumer: string }>(
    `SELECT o.outputId, cm.txid AS consumer FROM model_consumed c
       JOIN model_txid m ON m.model = c.producer
       JOIN ${db.ours('outputs')} o ON o.txid = m.txid AND o.vout = c.vout
       JOIN actions own ON own.actionId = o.actionId AND own.transactionId IS NOT NULL
       JOIN model_txid cm ON cm.model = c.consumer
       JOIN ${db.ours('transactions')} n ON n.txid = cm.txid
      WHERE o.spentByActionId IS NULL AND o.withheld IS NULL
        AND n.processing IN ('sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed')
        AND NOT EXISTS (SELECT 1 FROM dirty_output d WHERE d.id = o.outputId)`,
  )
  for await (const { outputId, consumer } of rows) {
    differences.add({
      table: 'outputs',
      key: String(outputId),
      column: 'spentByActionId',
      expected: consumer,
      actual: 'null',
    })
  }
  return differences.toCheck('coins.consumed', 'No coin counts as unspent that an accepted transaction consumes.')
}
