import { seedUser } from '@txkeep/testkit'

import { openStore } from '../src/index.js'

/**
 * A process of its own for `failures.test.ts`: writes units of two users each and prints a line for every commit, until it is killed.
 * Argument: path.
 */
const store = await openStore(process.argv[2] ?? '')
for (let unit = 0; ; unit += 1) {
  const basket = { numberOfDesiredUTXOs: 1, minimumDesiredUTXOValue: 1, isDeleted: false }
  const { userId } = await seedUser(store)
  await store.write(async (tx) => {
    for (const half of ['one', 'two']) await tx.baskets.insert({ ...basket, userId, name: `${unit} ${half}` })
  })
  process.stdout.write(`${unit}\n`)
}
