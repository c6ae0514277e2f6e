import { knex } from 'knex'
import { expect, test } from 'vitest'
import { withSqlSession } from '../src/knex/sql-session.js'
import { legacyChecksum } from '../src/knex/swap/legacy-checksums.js'

/** The checksum of a table of two rows after `sql` was done to it. */
async function checksumAfter(sql: string): Promise<string> {
  const database = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  try {
    return await withSqlSession(database, async (session) => {
      await session.run('create table kept (outputId integer primary key, satoshis, txid, purpose, lockingScript)')
      await session.run(`insert into kept values (1, 5, 'ab', null, zeroblob(9000)), (2, 6, 'é', '', x'00ff')`)
      if (sql !== '') await session.run(sql)
      return await legacyChecksum(session, 'outputs', 'kept')
    })
  } finally {
    await database.destroy()
  }
}

test('the same rows have the same checksum', async () => {
  expect(await checksumAfter('')).toBe(await checksumAfter('update kept set satoshis = satoshis'))
})

const CHANGES = [
  'update kept set satoshis = 7 where outputId = 1',
  "update kept set satoshis = '5' where outputId = 1",
  "update kept set purpose = '' where outputId = 1",
  'update kept set purpose = null where outputId = 2',
  "update kept set txid = 'e' where outputId = 2",
  'update kept set txid = cast(txid as blob) where outputId = 1',
  'update kept set txid = hex(txid) where outputId = 1',
  "update kept set txid = 'a', purpose = 'b' where outputId = 1",
  "update kept set lockingScript = x'00fe' where outputId = 2",
  "update kept set lockingScript = '00FF' where outputId = 2",
  'update kept set lockingScript = 9000 where outputId = 1',
  "update kept set lockingScript = cast(zeroblob(8999) || x'01' as blob) where outputId = 1",
  'update kept set lockingScript = zeroblob(9001) where outputId = 1',
  'update kept set outputId = 3 where outputId = 2',
  'delete from kept where outputId = 2',
]

for (const change of CHANGES) {
  test(`the checksum is another one after: ${change}`, async () => {
    expect(await checksumAfter(change)).not.toBe(await checksumAfter(''))
  })
}
