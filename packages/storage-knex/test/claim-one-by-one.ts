import type { Store } from '@txkeep/core'

import { openStore } from '../src/index.js'

/**
 * A process of its own for `claims.test.ts`: makes 250 claims at the same time, each for an action of its own and one coin, and tries
 * again until it has one. Every tenth claims first in a unit that fails. Arguments: URL, user id, basket id. Prints what each action
 * got as JSON.
 */
const [url = '', user, basket] = process.argv.slice(2)
const [userId, basketId] = [Number(user), Number(basket)]
const store = await openStore(url)
const claims = await Promise.all(Array.from({ length: 250 }, (_, index) => claimOne(store, index)))
await store.close()
console.log(JSON.stringify(claims))

async function claimOne(
  store: Store,
  index: number,
): Promise<{ readonly actionId: number; readonly outputId: number }> {
  const reference = `${process.pid} ${index}`
  const { actionId } = await store.write((tx) => tx.actions.insert({ userId, reference }))
  if (index % 10 === 0) await claimAndFail(store, actionId)
  for (;;) {
    const [outputId] = await store.write(async (tx) => {
      const coins = await tx.outputs.findSpendable({ userId, basketId, limit: 20 })
      const coin = coins[index % coins.length]
      return coin === undefined ? [] : tx.outputs.claim({ outputIds: [coin.outputId], actionId })
    })
    if (outputId !== undefined) return { actionId, outputId }
  }
}

async function claimAndFail(store: Store, actionId: number): Promise<void> {
  const failing = store.write(async (tx) => {
    const coins = await tx.outputs.findSpendable({ userId, basketId, limit: 5 })
    await tx.outputs.claim({ outputIds: coins.map((coin) => coin.outputId), actionId })
    throw new Error('not enough')
  })
  await failing.catch(() => undefined)
}
