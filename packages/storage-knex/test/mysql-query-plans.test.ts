import type { SpendableQuery } from '@txkeep/core'
import { describeOnEngines, type TestDatabase } from '@txkeep/test-engines'
import type { Knex } from 'knex'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { mysqlDialect } from '../src/dialect/mysql-dialect.js'
import { openKnex, openStore } from '../src/index.js'
import { claimOutputs, releaseOutputs, selectFreeOutputs } from '../src/statements/claim-outputs.js'
import { selectAsExpected } from '../src/statements/compare-and-set-transactions.js'
import { renewLease, selectLiveLease, touchHeldLease } from '../src/statements/leases.js'
import { listActions } from '../src/statements/list-actions.js'
import { listOutputs } from '../src/statements/list-outputs.js'
import { lockForRefresh } from '../src/statements/lock-for-refresh.js'
import { countRefreshed, refreshSpendable, selectWrongOutputs } from '../src/statements/refresh-spendable.js'
import { selectOutputsAt, selectOutputsByVout } from '../src/statements/select-outputs-at.js'
import { selectSpendableOutputs } from '../src/statements/select-spendable-outputs.js'
import { selectSpendingActions } from '../src/statements/select-spending-actions.js'
import { compileStatement, valuesIn, type Statement, type StatementBuilder } from '../src/statements/statement.js'

/** One step of a plan, as both servers name it. */
interface Step {
  readonly table: string | null
  readonly type: string | null
  readonly key: string | null
  readonly Extra: string | null
}

await describeOnEngines(
  'a statement on a full database',
  (engine) => {
    let database: TestDatabase
    let instance: Knex
    let db: StatementBuilder

    beforeAll(async () => {
      database = await engine.makeDatabase()
      await (await openStore(database.url, { create: true })).close()
      instance = await openKnex(database.url)
      db = { knex: instance, dialect: mysqlDialect }
      for (const statement of FILL) await instance.raw(statement)
    })

    afterAll(async () => {
      await instance.destroy()
      await database.drop()
    })

    async function planOf(statement: Statement): Promise<Step[]> {
      const { sql, bindings } = compileStatement(statement)
      const [steps] = await instance.raw<[Step[], unknown]>(`explain ${sql}`, bindings as readonly Knex.Value[])
      return steps
    }

    const query: SpendableQuery = { userId: 1, basketId: 1, limit: 30 }

    describe('the hot query', () => {
      test.each<[string, Partial<SpendableQuery>]>([
        ['smallest first', {}],
        ['largest first', { descending: true }],
        ['from a value on', { minSatoshis: 1000 }],
      ])('is answered from one index in its order: %s', async (_, asked) => {
        const plan = await planOf(selectSpendableOutputs(db, { ...query, ...asked }))
        expect(plan).toHaveLength(1)
        expect(plan[0]?.key).toBe('txk_outputs_hot')
        expect(plan[0]?.Extra).not.toMatch(/filesort|temporary/)
      })

      test('reads no more than its limit from each of two indexes when pending coins count', async () => {
        const plan = await planOf(selectSpendableOutputs(db, { ...query, includePending: true }))
        const coins = plan.filter(({ table }) => table === 'outputs')
        expect(coins.map(({ key }) => key).sort()).toEqual(['txk_outputs_hot', 'txk_outputs_hot_pending'])
        expect(coins.map(({ Extra }) => Extra).join()).not.toMatch(/filesort/)
      })
    })

    describe('a list', () => {
      test('of outputs walks a user’s unspent coins of the basket in order of id', async () => {
        const plan = await planOf(listOutputs(db, { ...query, offset: 100 }))
        expect(plan[0]).toMatchObject({ table: 'o', key: 'txk_outputs_unspent' })
        expect(plan.map(({ Extra }) => Extra).join()).not.toMatch(/filesort|temporary/)
      })

      test('of actions walks a user’s actions in order of id', async () => {
        const plan = await planOf(listActions(db, { userId: 1, limit: 25, processing: ['sent'] }))
        expect(plan[0]).toMatchObject({ table: 'a', key: 'txk_actions_user' })
        expect(plan.map(({ Extra }) => Extra).join()).not.toMatch(/filesort|temporary/)
      })
    })

    const guard = { taskName: 'send', ownerId: 'me', fence: 1 }
    const few = [1, 2, 3]
    const many = Array.from({ length: 1500 }, (_, index) => 1_000_000 + index)

    test.each<[string, () => Statement]>([
      ['refresh by transactions', () => refreshSpendable(db, { transactionIds: few })],
      ['refresh by actions', () => refreshSpendable(db, { actionIds: few })],
      ['refresh by outputs', () => refreshSpendable(db, { outputIds: few })],
      ['refresh of many outputs', () => refreshSpendable(db, { outputIds: many })],
      ['refresh of coinbase coins', () => refreshSpendable(db, { coinbaseOnly: true })],
      ['wrong outputs of transactions', () => selectWrongOutputs(db, { transactionIds: few })],
      ['outputs a refresh looks at', () => countRefreshed(db, { transactionIds: few })],
      ['lock of transactions', () => lockForRefresh(db, { transactionIds: few })[0] as Statement],
      ['lock of actions', () => lockForRefresh(db, { outputIds: few })[1] as Statement],
      ['lock of the tip', () => lockForRefresh(db, { outputIds: few })[2] as Statement],
      ['free coins', () => selectFreeOutputs(db, { outputIds: few }, 'lockUnheld')],
      ['claim', () => claimOutputs(db, { outputIds: few, actionId: 3 }, new Date(), { returning: false })],
      ['claim of many', () => claimOutputs(db, { outputIds: many, actionId: 3 }, new Date(), { returning: false })],
      ['release', () => releaseOutputs(db, 3, undefined, new Date())],
      ['transactions as expected', () => selectAsExpected(db, [{ transactionId: 1, processing: 'sent' }])],
      ['outputs at outpoints', () => selectOutputsAt(db, [{ txid: 'a', vout: 0 }])],
      ['outputs by vout', () => selectOutputsByVout(db, [{ actionId: 1, vout: 0 }])],
      ['spenders of transactions', () => selectSpendingActions(db, few)],
      ['transactions by txids', () => instance('transactions').whereIn('txid', valuesIn(db, ['a', 'b']))],
      ['a live lease', () => selectLiveLease(db, 'send')],
      ['a renewal', () => renewLease(db, guard, 1000)],
      ['a held lease', () => touchHeldLease(db, guard)[0]],
    ])('reads what it is asked about and no whole table: %s', async (_, statement) => {
      const scans = (await planOf(statement())).filter(
        ({ table, type }) => WATCHED.test(table ?? '') && (type === 'ALL' || type === 'index'),
      )
      expect(scans).toEqual([])
    })
  },
  ['MySQL'],
)

const WATCHED = /^(outputs|actions|transactions|monitor_lease|o|a|t|maker)$/

const DIGITS = `(${Array.from({ length: 10 }, (_, digit) => `select ${digit} as d`).join(' union all ')})`
const NUMBERS = `(select 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d as n from ${DIGITS} a, ${DIGITS} b, ${DIGITS} c, ${DIGITS} e) as numbers`

/** Ten thousand transactions of fifty users with an action and a coin each: six of ten coins are spent, one is on its way out. */
const FILL: readonly string[] = [
  `insert into users (userId, identityKey, activeStorage) select n, n, '' from ${NUMBERS} where n <= 50`,
  "insert into output_baskets (basketId, userId, name) select userId, userId, 'default' from users",
  `insert into transactions (transactionId, txid, processing) select n, sha2(n, 256), if(n % 10 = 6, 'sending', 'sent') from ${NUMBERS}`,
  `insert into actions (actionId, userId, transactionId, reference) select n, 1 + floor(n / 10) % 50, n, sha1(n) from ${NUMBERS}`,
  `insert into outputs (outputId, userId, actionId, basketId, vout, satoshis, spendable, pending, providedBy, purpose, type, txid, spentByActionId)
   select n, 1 + floor(n / 10) % 50, n, 1 + floor(n / 10) % 50, 0, n, n % 10 > 6, n % 10 = 6, 'you', '', '', sha2(n, 256), if(n % 10 < 6, n, null)
   from ${NUMBERS}`,
  `insert into monitor_lease (task_name, owner_id, fence, expires_at) select concat('task ', n), 'me', 1, n from ${NUMBERS}`,
  'analyze table outputs, actions, transactions, monitor_lease',
]
