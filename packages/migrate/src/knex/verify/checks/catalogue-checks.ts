import { TABLES, type TableName } from '@txkeep/storage-knex/schema'
import type { CheckResult } from '../../../check-result.js'
import { CAPTURE_PREFIX, FENCE_PREFIX, LEGACY_TABLES, REVERSE_PREFIX } from '../../schema/table-names.js'
import { DifferenceList } from '../differences.js'
import type { VerifyContext } from '../verify-context.js'

const OURS = ['transactions', 'actions', 'outputs', 'commissions', 'tx_labels_map', 'output_tags_map'] as const
const EVENTS = ['insert', 'update', 'delete'] as const

/** That the catalogue has every index, trigger and sequence the move relies on. */
export async function checkCatalogue(context: VerifyContext): Promise<CheckResult[]> {
  const checks = [await checkIndexes(context), await checkTriggers(context)]
  return context.db.swapped ? [...checks, await checkSequences(context)] : checks
}

async function checkIndexes({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  const catalogue = await session.dialect.readCatalogue(session)
  const there = new Map(catalogue.filter(({ type }) => type === 'index').map(({ name, table }) => [name, table]))
  for (const table of OURS) {
    const name = table === 'actions' ? table : db.ours(table)
    for (const index of [...TABLES[table].uniqueKeys, ...TABLES[table].indexes]) {
      if (there.get(index.name) === name) continue
      differences.add({ table, key: index.name, expected: `on ${name}`, actual: there.get(index.name) ?? 'none' })
    }
  }
  return differences.toCheck('catalogue.indexes', 'Every index of the schema is there, on the right table.')
}

/** Tables an old application still finds by name. */
const FENCED = [
  ...OURS.filter((table) => table !== 'actions'),
  ...Object.values(TABLES)
    .filter(({ origin }) => origin === 'shared')
    .map(({ name }) => name),
]

/** Before the swap every write of the legacy application is captured; after it every write of ours, and the old one is fenced off. */
async function checkTriggers({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  const catalogue = await session.dialect.readCatalogue(session)
  const triggers = catalogue.filter(({ type }) => type === 'trigger')
  const expected = db.swapped
    ? [
        { prefix: REVERSE_PREFIX, tables: [...OURS, 'sync_states'] },
        { prefix: FENCE_PREFIX, tables: FENCED },
      ]
    : [{ prefix: CAPTURE_PREFIX, tables: [...LEGACY_TABLES, 'sync_states'] }]
  for (const { prefix, tables } of expected) {
    for (const table of tables) {
      for (const event of EVENTS) {
        const name = `${prefix}_${table}_${event}`
        const isThere = triggers.some(
          (trigger) =>
            [name, `${prefix}_${table}_row`].includes(trigger.name) &&
            trigger.table === table &&
            new RegExp(`\\b(after|before)\\s+(\\w+\\s+or\\s+)*${event}\\b`, 'i').test(trigger.sql ?? ''),
        )
        if (!isThere) differences.add({ table, key: name, expected: 'a trigger', actual: 'none' })
      }
    }
  }
  const stale = db.swapped ? triggers.filter(({ name }) => name.startsWith(CAPTURE_PREFIX)) : []
  for (const { name, table } of stale) differences.add({ table, key: name, expected: 'none', actual: 'a trigger' })
  return differences.toCheck(
    'catalogue.triggers',
    db.swapped
      ? 'Every write of ours is captured for a rollback, and an old application is fenced off.'
      : 'Every write of the legacy application is captured.',
  )
}

const NUMBERED: readonly {
  readonly table: TableName
  readonly column: string
  readonly after: readonly [string, string][]
}[] = [
  { table: 'actions', column: 'actionId', after: [['transactions_legacy', 'transactionId']] },
  { table: 'outputs', column: 'outputId', after: [['outputs_legacy', 'outputId']] },
  { table: 'commissions', column: 'commissionId', after: [['commissions_legacy', 'commissionId']] },
  {
    table: 'transactions',
    column: 'transactionId',
    after: [
      ['proven_txs_legacy', 'provenTxId'],
      ['proven_tx_reqs_legacy', 'provenTxReqId'],
    ],
  },
]

/** No number that legacy ever gave out may be given out again, even of a row that was deleted. */
async function checkSequences({ session }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  for (const { table, column, after } of NUMBERED) {
    const actual = await session.dialect.readSequence(session, table, column)
    for (const [legacy, key] of after) {
      const expected = await session.dialect.readSequence(session, legacy, key)
      if (actual < expected)
        differences.add({ table, key: legacy, column, expected: `at least ${expected}`, actual: String(actual) })
    }
  }
  return differences.toCheck('catalogue.sequences', 'New numbers begin above every number the legacy schema gave out.')
}
