import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { openStore } from '../src/index.js'
import { TABLES, createTableStatements, postgresSchema } from '../src/schema/index.js'
import { describePostgres } from './schema/describe-postgres.js'

await describeOnEngines(
  'the schema',
  (engine) => {
    let database: TestDatabase

    beforeAll(async () => {
      database = await engine.makeDatabase()
      await (await openStore(database.url, { create: true })).close()
    })

    afterAll(() => database.drop())

    test('is the one in the committed snapshot', async () => {
      await expect(await describePostgres(database)).toMatchFileSnapshot('schema/postgres.sql')
    })

    test('stands beside itself under other names, without the indexes whose names are taken', async () => {
      const nameOf = (table: string): string => (table === 'outputs' ? 'outputs_new' : table)
      for (const sql of createTableStatements(postgresSchema, TABLES.outputs, { nameOf, indexes: false })) {
        await database.query(sql)
      }
      expect(await database.query('select count(*)::int as count from outputs_new')).toEqual([{ count: 0 }])
      await database.query('drop table outputs_new')
    })

    const insert = `insert into transactions (txid, processing, merkle_path) values ('a', $1, $2)`

    test('refuses a transaction that is confirmed or unconfirmed without a merkle path', async () => {
      await expect(database.query(insert, ['confirmed', null])).rejects.toThrow(/txk_transactions_proof/)
      await expect(database.query(insert, ['unconfirmed', null])).rejects.toThrow(/txk_transactions_proof/)
      await database.query(insert, ['confirmed', Buffer.alloc(1)])
    })

    test('refuses a processing status nobody knows, and a second chain tip', async () => {
      await expect(database.query(insert, ['lost', null])).rejects.toThrow(/txk_transactions_processing/)
      await expect(database.query('insert into chain_tip (id, height) values (2, 5)')).rejects.toThrow(
        /txk_chain_tip_single/,
      )
    })
  },
  ['Postgres'],
)
