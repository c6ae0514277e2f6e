import { openStore } from '../src/index.js'

/**
 * A process of its own for `contention.test.ts`: claims one coin after the other until none is left, and counts one transaction's
 * attempts up for each. Arguments: path, user id, basket id, action id, transaction id. Prints the ids it took as JSON.
 */
const [path = '', userId, basketId, actionId, transactionId] = process.argv.slice(2)
const store = await openStore(path, { synchronous: 'normal' })
const taken: number[] = []
for (;;) {
  const won = await store.write(async (tx) => {
    const coins = await tx.outputs.findSpendable({ userId: Number(userId), basketId: Number(basketId), limit: 2 })
    const ids = coins.map((coin) => coin.outputId)
    const claimed = await tx.outputs.claim({ outputIds: ids, actionId: Number(actionId) })
    for (let count = 0; count < claimed.length; count += 1) {
      await tx.transactions.increment(Number(transactionId), 'attempts')
    }
    return claimed
  })
  if (won.length === 0) break
  taken.push(...won)
}
await store.close()
console.log(JSON.stringify(taken))
