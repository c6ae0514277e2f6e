import knex from 'knex'
import { afterAll, expect, test } from 'vitest'

import { sqliteDialect } from '../dialect/sqlite-dialect.js'
import { outputRows } from '../rows/output-row.js'
import { claimOutputs } from './claim-outputs.js'
import { insertRows } from './insert-rows.js'
import { renewLease } from './leases.js'
import { refreshSpendable } from './refresh-spendable.js'
import { selectSpendableOutputs } from './select-spendable-outputs.js'
import { compileStatement, type Statement, type StatementBuilder } from './statement.js'

/** What is written for each engine: one that is added and forgotten here does not compile. */
type ExpectedSql = Readonly<Record<'SQLite', string>>

const builder = knex({ client: 'better-sqlite3', useNullAsDefault: true, connection: { filename: ':memory:' } })
const db: StatementBuilder = { knex: builder, dialect: sqliteDialect }

afterAll(() => builder.destroy())

const columns = outputRows.columns.map((column) => `\`${column}\``).join(', ')

const cases: readonly (readonly [string, Statement, ExpectedSql, readonly unknown[]])[] = [
  [
    'the hot query',
    selectSpendableOutputs(db, { userId: 1, basketId: 2, limit: 3, minSatoshis: 4, descending: true }),
    {
      SQLite:
        `select ${columns} from \`outputs\` where \`userId\` = ? and \`basketId\` = ? and \`satoshis\` >= ? and` +
        ' `spendable` = ? order by `satoshis` desc, `outputId` desc limit ?',
    },
    [1, 2, 4, true, 3],
  ],
  [
    'a claim that may take pending coins',
    claimOutputs(db, { outputIds: [5, 6], actionId: 7, allowPending: true }, new Date(0)),
    {
      SQLite:
        'update `outputs` set `spentByActionId` = ?, `spendable` = ?, `pending` = ?, `updated_at` = ? where `outputId` in' +
        ' (select `v`.`value` from (select value from json_each(?)) as v) and `spentByActionId` is null and' +
        ' `withheld` is null and (`spendable` = ? or `pending` = ?) returning `outputId`',
    },
    [7, false, false, new Date(0), '[5,6]', true, true],
  ],
  [
    'a renewal of a lease',
    renewLease(db, { taskName: 'send', ownerId: 'me', fence: 3 }, 30_000),
    {
      SQLite:
        "update `monitor_lease` set `expires_at` = cast(round(unixepoch('subsec') * 1000) as integer) + ?," +
        ' `renew_count` = `renew_count` + 1 where `task_name` = ? and `owner_id` = ? and `fence` = ? and' +
        " `expires_at` > cast(round(unixepoch('subsec') * 1000) as integer) returning `task_name`, `owner_id`," +
        ' `fence`, `expires_at`, `renew_count`, `note`',
    },
    [30_000, 'send', 'me', 3],
  ],
]

test.each(cases)('%s is written as expected', (_, statement, expected, bindings) => {
  const compiled = compileStatement(statement)
  expect(compiled.sql).toBe(expected.SQLite)
  expect(compiled.bindings).toEqual(bindings)
})

test('a refresh is one update, and changes only rows that are wrong', () => {
  const { sql } = compileStatement(refreshSpendable(db, { userId: 1 }))
  expect(sql.match(/\bupdate\b/g)).toHaveLength(1)
  expect(sql).toMatch(/"outputs"."spendable" <> r."spendable" or "outputs"."pending" <> r."pending"\)$/)
  expect(sql).not.toContain('updated_at')
})

test('an insert of many rows is as few statements as can be bound', () => {
  const row = { userId: 1, actionId: 2, vout: 3 }
  expect(insertRows(db, outputRows, [])).toEqual([])
  expect(
    insertRows(
      db,
      outputRows,
      Array.from({ length: 250 }, () => row),
    ),
  ).toHaveLength(3)
  const narrow: StatementBuilder = { knex: builder, dialect: { ...sqliteDialect, maxBindings: 7 } }
  expect(insertRows(narrow, outputRows, [row, row, row])).toHaveLength(2)
})
