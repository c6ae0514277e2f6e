import type { SpendableQuery } from '@txkeep/core'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { sqliteDialect } from '../src/dialect/sqlite-dialect.js'
import { openKnex } from '../src/index.js'
import { createSchemaStatements, sqliteSchema } from '../src/schema/index.js'
import { claimOutputs } from '../src/statements/claim-outputs.js'
import { selectAsExpected } from '../src/statements/compare-and-set-transactions.js'
import { listActions } from '../src/statements/list-actions.js'
import { listOutputs } from '../src/statements/list-outputs.js'
import { refreshSpendable } from '../src/statements/refresh-spendable.js'
import { selectOutputsAt } from '../src/statements/select-outputs-at.js'
import { selectSpendableOutputs } from '../src/statements/select-spendable-outputs.js'
import { selectSpendingActions } from '../src/statements/select-spending-actions.js'
import { compileStatement, type Statement, type StatementBuilder } from '../src/statements/statement.js'

let database: Knex
let db: StatementBuilder

beforeAll(async () => {
  database = await openKnex('sqlite::memory:')
  for (const statement of createSchemaStatements(sqliteSchema)) await database.raw(statement)
  db = { knex: database, dialect: sqliteDialect }
})

afterAll(() => database.destroy())

/** One line per step of the plan SQLite makes without statistics, as on a store that never ran ANALYZE. */
async function planOf(statement: Statement): Promise<string[]> {
  const { sql, bindings } = compileStatement(statement)
  const rows = await database.raw<{ readonly detail: string }[]>(
    `explain query plan ${sql}`,
    bindings as readonly Knex.Value[],
  )
  return rows.map(({ detail }) => detail)
}

const query: SpendableQuery = { userId: 1, basketId: 2, limit: 30 }

describe('the hot query', () => {
  test.each<[string, Partial<SpendableQuery>]>([
    ['smallest first', {}],
    ['largest first', { descending: true }],
    ['from a value on', { minSatoshis: 1000 }],
  ])('is answered from one index in its order: %s', async (_, asked) => {
    const plan = await planOf(selectSpendableOutputs(db, { ...query, ...asked }))
    expect(plan).toHaveLength(1)
    expect(plan[0]).toMatch(/^SEARCH outputs USING INDEX txk_outputs_hot \(userId=\? AND basketId=\? AND spendable=\?/)
  })

  test('merges two indexes in their order when pending coins count', async () => {
    const plan = (await planOf(selectSpendableOutputs(db, { ...query, includePending: true }))).join('\n')
    expect(plan).toContain('MERGE (UNION ALL)')
    expect(plan).toContain('USING INDEX txk_outputs_hot (')
    expect(plan).toContain('USING INDEX txk_outputs_hot_pending (')
    expect(plan).not.toContain('TEMP B-TREE')
  })
})

describe('a list', () => {
  test('of outputs walks a user’s unspent coins of the basket in order of id', async () => {
    const plan = await planOf(listOutputs(db, { ...query, offset: 100 }))
    expect(plan[0]).toBe('SEARCH o USING INDEX txk_outputs_unspent (userId=? AND basketId=? AND spentByActionId=?)')
    expect(plan.join()).not.toContain('TEMP B-TREE')
  })

  test('of actions walks a user’s actions in order of id', async () => {
    const plan = await planOf(listActions(db, { userId: 1, limit: 25, processing: ['sent'] }))
    expect(plan.join()).toContain('txk_actions_user')
    expect(plan.join()).not.toContain('TEMP B-TREE')
  })
})

describe('a set-based operation reads what it is asked about and no whole table', () => {
  const tableScan = /SCAN (outputs|actions|transactions|o|a|t|maker)\b/

  test.each<[string, () => Statement]>([
    ['refresh by transactions', () => refreshSpendable(db, { transactionIds: [1, 2] })],
    ['refresh by actions', () => refreshSpendable(db, { actionIds: [1, 2] })],
    ['refresh by outputs', () => refreshSpendable(db, { outputIds: [1, 2] })],
    ['refresh of coinbase coins', () => refreshSpendable(db, { coinbaseOnly: true })],
    ['claim', () => claimOutputs(db, { outputIds: [1, 2], actionId: 3 }, new Date())],
    [
      'compare and set',
      () =>
        db
          .knex('transactions')
          .whereIn('transactionId', selectAsExpected(db, [{ transactionId: 1, processing: 'sent' }]))
          .update({ attempts: 1 }),
    ],
    ['outputs at outpoints', () => selectOutputsAt(db, [{ txid: 'a', vout: 0 }])],
    ['spenders of transactions', () => selectSpendingActions(db, [1])],
  ])('%s', async (_, statement) => {
    expect((await planOf(statement())).filter((step) => tableScan.test(step))).toEqual([])
  })
})
