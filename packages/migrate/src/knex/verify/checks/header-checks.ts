import type { HeaderServices } from '@txkeep/core'
import type { Knex } from 'knex'
import type { CheckResult } from '../../../check-result.js'
import { withSqlSession } from '../../sql-session.js'
import { readCatalogue } from '../catalogue.js'
import { DifferenceList } from '../differences.js'

interface ProvenBlock {
  readonly height: number
  readonly root: string
  readonly txid: string
}

/** Each root once, however many transactions its block proves. Network calls happen outside any database transaction. */
export async function checkHeaders(
  knex: Knex,
  headers: Pick<HeaderServices, 'isValidRootForHeight'>,
  signal?: AbortSignal,
): Promise<CheckResult> {
  const blocks = await withSqlSession(knex, async (session) => {
    const table = (await readCatalogue(session)).has('transactions_new') ? 'transactions_new' : 'transactions'
    return await session.all<ProvenBlock>(
      `SELECT height, merkle_root AS root, min(txid) AS txid FROM ${table}
        WHERE merkle_path IS NOT NULL GROUP BY height, merkle_root ORDER BY height`,
    )
  })
  const differences = new DifferenceList()
  for (const { height, root, txid } of blocks) {
    signal?.throwIfAborted()
    if (await headers.isValidRootForHeight(root, height)) continue
    differences.add({
      table: 'transactions',
      key: txid,
      column: 'merkle_root',
      expected: `root of block ${height}`,
      actual: root,
    })
  }
  return differences.toCheck('headers.roots', 'Every proof leads to the root of its block.')
}
