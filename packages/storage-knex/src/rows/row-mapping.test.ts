import { CorruptDataError } from '@txkeep/core'
import { expect, test } from 'vitest'

import { TABLES } from '../schema/tables.js'
import { actionRows } from './action-row.js'
import { auditRows } from './audit-row.js'
import { chainTipRows, leaseRows, syncArrivalRows, taskRows } from './operation-rows.js'
import { outputRows } from './output-row.js'
import * as shared from './shared-rows.js'
import { transactionRows } from './transaction-row.js'

const mappings = [
  transactionRows,
  actionRows,
  outputRows,
  auditRows,
  chainTipRows,
  leaseRows,
  taskRows,
  syncArrivalRows,
  ...Object.values(shared),
]

test.each(mappings.map((mapping) => [mapping.table, mapping.columns] as const))(
  'the rows of %s name every column of the table',
  (table, columns) => {
    // The one row of the tip is always number 1.
    const stored = TABLES[table].columns
      .map(({ name }) => name)
      .filter((name) => !(table === 'chain_tip' && name === 'id'))
    expect([...columns].sort()).toEqual(stored.sort())
  },
)

test('every table has rows', () => {
  expect(mappings.map(({ table }) => table).sort()).toEqual(Object.keys(TABLES).sort())
})

test('encode leaves out what is not given, and keeps what is null', () => {
  expect(transactionRows.encode({ processing: 'sent', batch: null })).toEqual({ processing: 'sent', batch: null })
})

test('a row that cannot be read is named with table, column, key and value, and never with bytes', () => {
  const stored = { ...Object.fromEntries(transactionRows.columns.map((column) => [column, null])), transactionId: 7 }
  expect(() => transactionRows.decode({ ...stored, txid: 'a', processing: 'lost' })).toThrow(
    new CorruptDataError(
      'The column transactions.processing of transactionId 7 holds "lost", which no rule allows. ' +
        'Restore the row from a backup, or correct it by hand.',
    ),
  )
  expect(() => transactionRows.decode({ ...stored, txid: new Uint8Array(9) })).toThrow('holds 9 bytes')
})
