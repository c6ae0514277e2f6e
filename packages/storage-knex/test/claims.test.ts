import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describeOnEngines } from '@txkeep/test-engines'
import { seedAction, seedCoins, seedUser } from '@txkeep/testkit'
import { expect, test } from 'vitest'

import { openStore } from '../src/index.js'

const run = promisify(execFile)

await describeOnEngines(
  'a thousand concurrent claims from four processes',
  (engine) => {
    test('take no coin twice and leave none locked', { timeout: 180_000 }, async () => {
      const database = await engine.makeDatabase()
      const store = await openStore(database.url, { create: true, busyTimeoutMs: 500, busyRetryMs: 1000 })
      const user = await seedUser(store)
      const coins = await seedCoins(
        store,
        user,
        Array.from({ length: 1100 }, (_, index) => index + 1),
      )
      const rows = [user.userId, user.basketId].map(String)
      const script = join(import.meta.dirname, 'claim-one-by-one.ts')
      const nodeArguments = ['--conditions=@txkeep/source', '--import', 'tsx', script, database.url, ...rows]
      const runs = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, nodeArguments)))
      const claims = runs.flatMap(({ stdout }) => JSON.parse(stdout) as { actionId: number; outputId: number }[])

      expect(claims).toHaveLength(1000)
      expect(new Set(claims.map(({ outputId }) => outputId)).size).toBe(1000)
      const stored = await store.read((tx) => tx.outputs.findByIds(coins.map((coin) => coin.outputId)))
      const holders = new Map(claims.map(({ actionId, outputId }) => [outputId, actionId]))
      for (const { outputId, spentByActionId, spendable } of stored) {
        expect({ spentByActionId, spendable }).toEqual({
          spentByActionId: holders.get(outputId) ?? null,
          spendable: !holders.has(outputId),
        })
      }

      const free = coins.map((coin) => coin.outputId).filter((outputId) => !holders.has(outputId))
      expect(free).toHaveLength(100)
      const { action } = await seedAction(store, { userId: user.userId, processing: 'draft' })
      const { actionId } = action
      expect(await store.write((tx) => tx.outputs.claim({ outputIds: free, actionId }))).toHaveLength(100)
      await store.close()
      await database.drop()
    })
  },
  ['Postgres', 'MySQL'],
)
