import { describeOnEngines } from '@txkeep/test-engines'
import { seedCoins, seedUser } from '@txkeep/testkit'
import { expect, test } from 'vitest'

import { openStore } from '../src/index.js'

await describeOnEngines(
  'a coin that another unit holds',
  (engine) => {
    test('is left out at once with skipLocked, and waited for no longer than the store may', async () => {
      const database = await engine.makeDatabase()
      const store = await openStore(database.url, { create: true })
      const impatient = await openStore(database.url, { busyTimeoutMs: 100, busyRetryMs: 100 })
      const outputIds = (await seedCoins(store, await seedUser(store), [10, 20, 30])).map((coin) => coin.outputId)
      const lock = (skipLocked: boolean) => impatient.write((tx) => tx.outputs.lockFree({ outputIds, skipLocked }))

      await store.write(async (tx) => {
        await tx.outputs.lockFree({ outputIds: outputIds.slice(0, 2) })
        // The unit around this is open: whoever waited for it here would wait for ever.
        expect(await lock(true)).toEqual(outputIds.slice(2))
        await expect(lock(false)).rejects.toMatchObject({ code: 'STORE_BUSY' })
      })
      expect(await lock(false)).toEqual(outputIds)
      await impatient.close()
      await store.close()
      await database.drop()
    })
  },
  ['Postgres', 'MySQL'],
)
