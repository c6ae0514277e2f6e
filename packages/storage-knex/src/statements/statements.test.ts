import knex from 'knex'
import { afterAll, describe, expect, test } from 'vitest'

import { mysqlDialect } from '../dialect/mysql-dialect.js'
import { postgresDialect } from '../dialect/postgres-dialect.js'
import { sqliteDialect } from '../dialect/sqlite-dialect.js'
import { outputRows } from '../rows/output-row.js'
import { claimOutputs, selectFreeOutputs } from './claim-outputs.js'
import { insertRows } from './insert-rows.js'
import { renewLease } from './leases.js'
import { refreshSpendable } from './refresh-spendable.js'
import { selectSpendableOutputs } from './select-spendable-outputs.js'
import { compileStatement, type Statement, type StatementBuilder } from './statement.js'

/** What is written for each engine: one that is added and forgotten here does not compile. */
interface Expected {
  readonly sql: string
  readonly bindings: readonly unknown[]
}

type Engine = 'SQLite' | 'Postgres' | 'MySQL'

const builder = knex({ client: 'better-sqlite3', useNullAsDefault: true, connection: { filename: ':memory:' } })
const db: StatementBuilder = { knex: builder, dialect: sqliteDialect }

const builders: Readonly<Record<Engine, StatementBuilder>> = {
  SQLite: db,
  Postgres: { knex: knex({ client: 'pg' }), dialect: postgresDialect },
  MySQL: { knex: knex({ client: 'mysql2' }), dialect: mysqlDialect },
}

afterAll(() => Promise.all(Object.values(builders).map((each) => each.knex.destroy())))

const columns = (quote: string): string => outputRows.columns.map((column) => `${quote}${column}${quote}`).join(', ')

const cases: readonly (readonly [string, (db: StatementBuilder) => Statement, Readonly<Record<Engine, Expected>>])[] = [
  [
    'the hot query',
    (on) => selectSpendableOutputs(on, { userId: 1, basketId: 2, limit: 3, minSatoshis: 4, descending: true }),
    {
      SQLite: {
        sql:
          `select ${columns('`')} from \`outputs\` where \`userId\` = ? and \`basketId\` = ? and \`satoshis\` >= ? and` +
          ' `spendable` = 1 order by `satoshis` desc, `outputId` desc limit ?',
        bindings: [1, 2, 4, 3],
      },
      Postgres: {
        sql:
          `select ${columns('"')} from "outputs" where "userId" = $1 and "basketId" = $2 and "satoshis" >= $3 and` +
          ' "spendable" = true order by "satoshis" desc, "outputId" desc limit $4',
        bindings: [1, 2, 4, 3],
      },
      MySQL: {
        sql:
          `select ${columns('`')} from \`outputs\` force index (\`txk_outputs_hot\`) where \`userId\` = ? and \`basketId\` = ? and` +
          ' `satoshis` >= ? and `spendable` = 1 order by `satoshis` desc, `outputId` desc limit ?',
        bindings: [1, 2, 4, 3],
      },
    },
  ],
  [
    'a claim that may take pending coins',
    (on) =>
      claimOutputs(on, { outputIds: [5, 6], actionId: 7, allowPending: true }, new Date(0), {
        returning: on.dialect.supportsReturning,
      }),
    {
      SQLite: {
        sql:
          'update `outputs` set `spentByActionId` = ?, `spendable` = ?, `pending` = ?, `updated_at` = ? where `outputId` in' +
          ' (select `v`.`value` from (select value from json_each(?)) as v) and `spentByActionId` is null and' +
          ' `withheld` is null and (`spendable` = ? or `pending` = ?) returning `outputId`',
        bindings: [7, false, false, new Date(0), '[5,6]', true, true],
      },
      Postgres: {
        sql:
          'update "outputs" set "spentByActionId" = $1, "spendable" = $2, "pending" = $3, "updated_at" = $4 where "outputId" in' +
          ' (select "v"."value" from (select value from unnest($5::bigint[]) as u(value)) as v) and "spentByActionId" is null' +
          ' and "withheld" is null and ("spendable" = $6 or "pending" = $7) returning "outputId"',
        bindings: [7, false, false, new Date(0), '{5,6}', true, true],
      },
      MySQL: {
        sql:
          'update `outputs` set `spentByActionId` = ?, `spendable` = ?, `pending` = ?, `updated_at` = ? where `outputId` in' +
          ' (5, 6) and `spentByActionId` is null and `withheld` is null and (`spendable` = ? or `pending` = ?)',
        bindings: [7, false, false, new Date(0), true, true],
      },
    },
  ],
  [
    'coins locked before they are claimed, but for those that others hold',
    (on) =>
      selectFreeOutputs(on, { outputIds: [5, 6] }, on.dialect.supportsConcurrentWriters ? 'lockUnheld' : 'readOnly'),
    {
      SQLite: {
        sql:
          'select `outputId` from `outputs` where `outputId` in (select `v`.`value` from (select value from json_each(?)) as v)' +
          ' and `spentByActionId` is null and `withheld` is null and (`spendable` = ?) order by `outputId` asc',
        bindings: ['[5,6]', true],
      },
      Postgres: {
        sql:
          'select "outputId" from "outputs" where "outputId" in (select "v"."value" from (select value from unnest($1::bigint[])' +
          ' as u(value)) as v) and "spentByActionId" is null and "withheld" is null and ("spendable" = $2)' +
          ' order by "outputId" asc for update skip locked',
        bindings: ['{5,6}', true],
      },
      MySQL: {
        sql:
          'select `outputId` from `outputs` where `outputId` in (5, 6) and `spentByActionId` is null and `withheld` is null' +
          ' and (`spendable` = ?) order by `outputId` asc for update skip locked',
        bindings: [true],
      },
    },
  ],
  [
    'a renewal of a lease',
    (on) => renewLease(on, { taskName: 'send', ownerId: 'me', fence: 3 }, 30_000),
    {
      SQLite: {
        sql:
          "update `monitor_lease` set `expires_at` = cast(round(unixepoch('subsec') * 1000) as integer) + ?," +
          ' `renew_count` = `renew_count` + 1 where `task_name` = ? and `owner_id` = ? and `fence` = ? and' +
          " `expires_at` > cast(round(unixepoch('subsec') * 1000) as integer)",
        bindings: [30_000, 'send', 'me', 3],
      },
      Postgres: {
        sql:
          'update "monitor_lease" set "expires_at" = floor(extract(epoch from clock_timestamp()) * 1000)::bigint + $1,' +
          ' "renew_count" = "renew_count" + 1 where "task_name" = $2 and "owner_id" = $3 and "fence" = $4 and' +
          ' "expires_at" > floor(extract(epoch from clock_timestamp()) * 1000)::bigint',
        bindings: [30_000, 'send', 'me', 3],
      },
      MySQL: {
        sql:
          'update `monitor_lease` set `expires_at` = cast(unix_timestamp(sysdate(3)) * 1000 as signed) + ?,' +
          ' `renew_count` = `renew_count` + 1 where `task_name` = ? and `owner_id` = ? and `fence` = ? and' +
          ' `expires_at` > cast(unix_timestamp(sysdate(3)) * 1000 as signed)',
        bindings: [30_000, 'send', 'me', 3],
      },
    },
  ],
]

describe.each(Object.keys(builders) as Engine[])('for %s', (engine) => {
  test.each(cases)('%s is written as expected', (_, statement, expected) => {
    const { sql, bindings } = compileStatement(statement(builders[engine]))
    expect({ sql, bindings }).toEqual(expected[engine])
  })
})

test('a refresh is one update, and changes only rows that are wrong', () => {
  const { sql } = compileStatement(refreshSpendable(db, { userId: 1 }))
  expect(sql.match(/\bupdate\b/g)).toHaveLength(1)
  expect(sql).toMatch(/"outputs"."spendable" <> r."spendable" or "outputs"."pending" <> r."pending"\)$/)
  expect(sql).not.toContain('updated_at')
})

test('an insert of many rows is as few statements as can be bound', () => {
  const row = { userId: 1, actionId: 2, vout: 3 }
  expect(insertRows(db, outputRows, [], { returning: true })).toEqual([])
  expect(
    insertRows(
      db,
      outputRows,
      Array.from({ length: 250 }, () => row),
      { returning: true },
    ),
  ).toHaveLength(3)
  const narrow: StatementBuilder = { knex: builder, dialect: { ...sqliteDialect, maxBindings: 7 } }
  expect(insertRows(narrow, outputRows, [row, row, row], { returning: false })).toHaveLength(2)
})
