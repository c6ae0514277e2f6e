import { knex } from 'knex'
import { expect, test } from 'vitest'
import { withSqlSession } from '../sql-session.js'
import { RowInserter } from './row-inserter.js'

test.each([0, 1, 63, 64, 65, 200])('%i rows are all there in their order', async (count) => {
  const rows = Array.from({ length: count }, (_, at) => [at, at % 3 === 0 ? null : `row ${at}`] as const)
  const [waiting, written] = await insertInto(async (inserter) => {
    for (const [at, name] of rows) {
      inserter.add(at, name)
      await inserter.makeRoom()
    }
  })
  expect(count - waiting).toBeLessThan(64)
  expect(written).toEqual(rows.map(([at, name]) => ({ at, name })))
})

test('rows that piled up are written as well, and flushing again adds nothing', async () => {
  const [waiting, written] = await insertInto(async (inserter) => {
    for (let at = 0; at < 150; at += 1) inserter.add(at, 'x')
    await inserter.flush()
  })
  expect(waiting).toBe(150)
  expect(written).toHaveLength(150)
})

/** How many rows were there before the last `flush`, and what was there after it. */
async function insertInto(work: (inserter: RowInserter) => Promise<void>): Promise<[before: number, after: unknown[]]> {
  const database = knex({ client: 'better-sqlite3', connection: ':memory:', useNullAsDefault: true })
  try {
    return await withSqlSession(database, async (session) => {
      await session.run('create table t (at integer, name text)')
      const inserter = new RowInserter(session, 't', ['at', 'name'])
      await work(inserter)
      const before = await session.get<{ n: number }>('select count(*) as n from t')
      await inserter.flush()
      return [before?.n ?? -1, await session.all('select at, name from t order by rowid')]
    })
  } finally {
    await database.destroy()
  }
}
