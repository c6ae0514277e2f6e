import { copyLegacyDatabase } from '@txkeep/legacy-wallet-maker'
import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { postgresCaptureTriggers } from '../src/knex/dialect/postgres-capture-triggers.js'
import { postgresMigrationDialect } from '../src/knex/dialect/postgres-migration-dialect.js'
import { openMigrationDatabase } from '../src/knex/open-migration-database.js'
import { withSqlSession } from '../src/knex/sql-session.js'

const TRIGGERS = postgresCaptureTriggers(
  { table: 'transactions', key1: 'transactionId', key2: 'txid' },
  'txk_capture',
  'box',
)

await describeOnEngines(
  'capture triggers',
  (engine) => {
    let database: TestDatabase

    beforeEach(async () => {
      database = await engine.makeDatabase()
      const from = new URL('fixtures/legacy-2.1.26.sqlite', import.meta.url).pathname
      await copyLegacyDatabase({ from, to: database.url })
      await database.query('create table box (seq bigserial primary key, table_name text, key1 bigint, key2 text)')
      await install(TRIGGERS.map(({ sql }) => sql))
    })
    afterEach(async () => {
      await database.drop()
    })

    async function install(statements: readonly string[]): Promise<void> {
      const { knex, close } = await openMigrationDatabase(database.url)
      await withSqlSession(knex, async (session) => {
        for (const sql of statements) await session.run(sql)
      })
      await close()
    }

    const written = (): Promise<Record<string, unknown>[]> =>
      database.query('select table_name, key1, key2 from box order by seq')

    test('write down the key of a changed row, and the old one when a key changes', async () => {
      await database.query(`update transactions set description = 'x' where "transactionId" = 1`)
      await database.query(`update transactions set txid = 'ab' where "transactionId" = 1`)
      const [first, old, changed, ...rest] = await written()
      expect(first).toEqual({ table_name: 'transactions', key1: '1', key2: old?.['key2'] })
      expect(changed).toEqual({ table_name: 'transactions', key1: '1', key2: 'ab' })
      expect([old?.['key2'] === 'ab', rest]).toEqual([false, []])
    })

    test('write down inserts and deletes, also of sessions that replay a replication', async () => {
      await database.query(
        `set session_replication_role = 'replica'; insert into transactions ("transactionId", "userId", status, reference, "isOutgoing") values (9999, 1, 'failed', 'r', true); delete from transactions where "transactionId" = 9999`,
      )
      expect(await written()).toEqual([
        { table_name: 'transactions', key1: '9999', key2: null },
        { table_name: 'transactions', key1: '9999', key2: null },
      ])
    })

    test('run with the rights and in the schema of who made them, whatever the search path of the writer', async () => {
      await database.query(
        `create schema elsewhere; create table elsewhere.box (seq bigserial, table_name text, key1 bigint, key2 text);
         set search_path = elsewhere, public; update transactions set description = 'y' where "transactionId" = 1`,
      )
      expect(await written()).toHaveLength(1)
      expect(await database.query('select * from elsewhere.box')).toEqual([])
      const rights = await database.query(`select prosecdef from pg_proc where proname like 'txk_capture%'`)
      expect(rights).toEqual([{ prosecdef: true }, { prosecdef: true }])
    })

    test('refuse a TRUNCATE, which would pass them by', async () => {
      await expect(database.query('truncate transactions cascade')).rejects.toThrow(
        /TRUNCATE of transactions is refused/,
      )
    })

    test('go without a trace', async () => {
      await install(TRIGGERS.map(({ name }) => postgresMigrationDialect.dropTrigger(name, 'transactions')))
      await database.query(`update transactions set description = 'z' where "transactionId" = 1`)
      expect(await written()).toEqual([])
      expect(await database.query(`select 1 from pg_proc where proname like 'txk_%'`)).toEqual([])
    })
  },
  ['Postgres'],
)
