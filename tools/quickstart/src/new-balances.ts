import type { Store } from '@txkeep/core'

/** What each user has in the default basket by the new schema, in satoshis: what a wallet shows as its balance. */
export async function newBalances(store: Store, userIds: readonly number[]): Promise<number[]> {
  return await store.read(async (tx) => {
    const balances: number[] = []
    for (const userId of userIds) {
      const [basket] = await tx.baskets.find({ userId, name: 'default' })
      const { satoshis } =
        basket === undefined ? { satoshis: 0 } : await tx.outputs.sum({ userId, basketId: basket.basketId })
      balances.push(satoshis)
    }
    return balances
  })
}
