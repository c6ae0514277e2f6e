import { TABLES } from '@txkeep/storage-knex/schema'
import { expect, test } from 'vitest'
import { kindOfColumn } from './column-kinds.js'
import { MIGRATION_STATE, MIGRATION_TABLES } from './migration-tables.js'

test.each(
  [...Object.values(TABLES), ...MIGRATION_TABLES, MIGRATION_STATE].map((table) => [table.name, table] as const),
)('the columns of %s are of the kind their name says', (_, { columns }) => {
  const wrong = columns.filter(
    ({ name, type }) =>
      kindOfColumn(name) !== (type === 'boolean' ? 'flag' : type === 'timestamp' ? 'moment' : 'other'),
  )
  expect(wrong).toEqual([])
})

test.each(['notified', 'wasBroadcast', 'isOutgoing', 'spendable'])('the legacy column %s is a flag', (column) => {
  expect(kindOfColumn(column)).toBe('flag')
})
