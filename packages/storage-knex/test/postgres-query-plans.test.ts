import type { SpendableQuery } from '@txkeep/core'
import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import knex, { type Knex } from 'knex'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { postgresDialect } from '../src/dialect/postgres-dialect.js'
import { openStore } from '../src/index.js'
import { claimOutputs, selectFreeOutputs } from '../src/statements/claim-outputs.js'
import { selectAsExpected } from '../src/statements/compare-and-set-transactions.js'
import { listActions } from '../src/statements/list-actions.js'
import { listOutputs } from '../src/statements/list-outputs.js'
import { lockForRefresh } from '../src/statements/lock-for-refresh.js'
import { refreshSpendable, selectWrongOutputs } from '../src/statements/refresh-spendable.js'
import { selectOutputsAt } from '../src/statements/select-outputs-at.js'
import { selectSpendableOutputs } from '../src/statements/select-spendable-outputs.js'
import { selectSpendingActions } from '../src/statements/select-spending-actions.js'
import { compileStatement, type Statement, type StatementBuilder } from '../src/statements/statement.js'

/** A hundred users with a basket each; 200 000 outputs of 100 000 actions, of which every tenth can be spent. */
const FILL = [
  `insert into users ("userId", "identityKey", "activeStorage") select n, 'user ' || n, 's' from generate_series(1, 100) n`,
  `insert into output_baskets ("basketId", "userId", name) select n, n, 'default' from generate_series(1, 100) n`,
  `insert into transactions ("transactionId", txid, processing)
     select n, lpad(n::text, 64, '0'), 'sent' from generate_series(1, 100000) n`,
  `insert into actions ("actionId", "userId", "transactionId", reference)
     select n, 1 + n % 100, n, 'reference ' || n from generate_series(1, 100000) n`,
  `insert into outputs ("outputId", "userId", "actionId", "basketId", spendable, pending, vout, satoshis, "providedBy", purpose,
       type, txid, "spentByActionId")
     select n, 1 + n / 2 % 100, 1 + n / 2, 1 + n / 2 % 100, n % 11 = 0, n % 11 = 1, n % 2, n, 'you', '',
       'P2PKH', lpad((1 + n / 2)::text, 64, '0'), case when n % 11 < 2 then null else 1 + n / 4 end
     from generate_series(1, 199998) n`,
  'analyze',
]

await describeOnEngines(
  'the plan',
  (engine) => {
    let database: TestDatabase
    let builder: Knex
    let db: StatementBuilder
    const query: SpendableQuery = { userId: 1, basketId: 1, limit: 30 }

    beforeAll(async () => {
      database = await engine.makeDatabase()
      await (await openStore(database.url, { create: true })).close()
      for (const sql of FILL) await database.query(sql)
      builder = knex({ client: 'pg' })
      db = { knex: builder, dialect: postgresDialect }
    })

    afterAll(async () => {
      await builder.destroy()
      await database.drop()
    })

    async function planOf(statement: Statement): Promise<string> {
      const { sql, bindings } = compileStatement(statement)
      const rows = await database.query(`explain (costs off) ${sql}`, bindings)
      return rows.map((row) => String(row['QUERY PLAN'])).join('\n')
    }

    test.each<[string, Partial<SpendableQuery>, RegExp]>([
      ['smallest first', {}, /^Limit\n {2}-> {2}Index Scan using txk_outputs_hot on outputs\n/],
      [
        'largest first',
        { descending: true },
        /^Limit\n {2}-> {2}Index Scan Backward using txk_outputs_hot on outputs\n/,
      ],
      ['from a value on', { minSatoshis: 1000 }, /^Limit\n {2}-> {2}Index Scan using txk_outputs_hot on outputs\n/],
    ])('of the hot query is one partial index in its order: %s', async (_, asked, expected) => {
      const plan = await planOf(selectSpendableOutputs(db, { ...query, ...asked }))
      expect(plan).toMatch(expected)
      expect(plan).not.toContain('Filter')
    })

    test('of the hot query with pending coins takes the first of two indexes in their order', async () => {
      const plan = await planOf(selectSpendableOutputs(db, { ...query, includePending: true }))
      expect(plan).toMatch(/-> {2}Limit\n +-> {2}Index Scan using txk_outputs_hot on/)
      expect(plan).toMatch(/-> {2}Limit\n +-> {2}Index Scan using txk_outputs_hot_pending on/)
    })

    test('of a list of actions walks a user’s actions in order of id', async () => {
      const plan = await planOf(listActions(db, { userId: 1, limit: 25, processing: ['sent'] }))
      expect(plan).toContain('txk_actions_user')
      expect(plan).not.toContain('Sort')
      expect(plan).not.toContain('Seq Scan')
    })

    test('of a list of outputs walks a user’s unspent coins of the basket', async () => {
      const plan = await planOf(listOutputs(db, { ...query, offset: 50 }))
      expect(plan).toContain('txk_outputs_unspent')
      expect(plan).not.toContain('Seq Scan')
    })

    test.each<[string, () => Statement[]]>([
      ['a refresh by transactions', () => refreshes({ transactionIds: [1, 2] })],
      ['a refresh by actions', () => refreshes({ actionIds: [1, 2] })],
      ['a refresh by outputs', () => refreshes({ outputIds: [1, 2] })],
      ['a refresh of coinbase coins', () => refreshes({ coinbaseOnly: true })],
      [
        'a claim',
        () => [
          selectFreeOutputs(db, { outputIds: [1, 2] }, 'lockUnheld'),
          claimOutputs(db, { outputIds: [1, 2], actionId: 3 }, new Date(), { returning: false }),
        ],
      ],
      [
        'a compare and set',
        () => [
          db
            .knex('transactions')
            .whereIn('transactionId', selectAsExpected(db, [{ transactionId: 1, processing: 'sent' }]))
            .select('transactionId')
            .orderBy('transactionId')
            .forUpdate(),
        ],
      ],
      ['outputs at outpoints', () => [selectOutputsAt(db, [{ txid: 'a', vout: 0 }])]],
      ['spenders of transactions', () => [selectSpendingActions(db, [1])]],
    ])('of %s reads no whole table', async (_, statements) => {
      for (const statement of statements()) {
        expect(await planOf(statement)).not.toMatch(/Seq Scan on (outputs|actions|transactions)/)
      }
    })

    function refreshes(filter: Parameters<typeof refreshSpendable>[1]): Statement[] {
      return [...lockForRefresh(db, filter), selectWrongOutputs(db, filter), refreshSpendable(db, filter)]
    }
  },
  ['Postgres'],
)
