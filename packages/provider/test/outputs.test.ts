import { seedAction, seedCoins } from '@txkeep/testkit'
import { expect, it } from 'vitest'
import { openProvider, type OpenedProvider } from './support/open-provider.js'

async function withCoins(opened: OpenedProvider): Promise<{
  readonly auth: Awaited<ReturnType<OpenedProvider['newUser']>>
  readonly owner: { userId: number; basketId: number }
}> {
  const auth = await opened.newUser()
  const [basket] = await opened.provider.findOutputBasketsAuth(auth, { partial: { name: 'default' } })
  return { auth, owner: { userId: auth.userId, basketId: basket!.basketId } }
}

it('an output is found by whatever names it, with absent values left out and its script as bytes', async () => {
  const opened = await openProvider()
  const { provider, store } = opened
  const { auth, owner } = await withCoins(opened)
  const [first, second] = await seedCoins(store, owner, [1000, 2000])
  for (const partial of [
    { outputId: second!.outputId },
    { txid: second!.txid!, vout: second!.vout },
    { satoshis: 2000 },
    { transactionId: second!.actionId, vout: 1 },
    { basketId: owner.basketId, spendable: true, vout: 1 },
  ]) {
    const found = await provider.findOutputsAuth(auth, { partial })
    expect(found.map((row) => row.outputId)).toEqual([second!.outputId])
  }
  const [row] = await provider.findOutputsAuth(auth, { partial: { outputId: first!.outputId } })
  expect(row).toMatchObject({ satoshis: 1000, spendable: true, transactionId: first!.actionId })
  expect(row).not.toHaveProperty('spentBy')
  expect(Array.isArray(row!.lockingScript)).toBe(true)
  const noScript = await provider.findOutputsAuth(auth, { partial: { outputId: first!.outputId }, noScript: true })
  expect(noScript[0]).not.toHaveProperty('lockingScript')
})

it('a script that is stored only inside its transaction is read from there', async () => {
  const opened = await openProvider()
  const { provider, store } = opened
  const { auth, owner } = await withCoins(opened)
  const { built, outputs } = await seedAction(store, { ...owner, outputs: [500] })
  const place = built.outputs[0]!
  await store.write((tx) =>
    tx.outputs.update(outputs[0]!.outputId, {
      lockingScript: null,
      scriptOffset: place.scriptOffset,
      scriptLength: place.lockingScript.length,
    }),
  )
  const [row] = await provider.findOutputsAuth(auth, { partial: { outputId: outputs[0]!.outputId } })
  expect(row!.lockingScript).toEqual([...place.lockingScript])
})

it('what an action spends is not spendable, and is found by its spender and by status', async () => {
  const opened = await openProvider()
  const { provider, store } = opened
  const { auth, owner } = await withCoins(opened)
  const [coin] = await seedCoins(store, owner, [1000], { processing: 'confirmed' })
  const { action } = await seedAction(store, { ...owner, processing: 'draft', spends: [coin!], outputs: [] })
  const held = await provider.findOutputsAuth(auth, { partial: { spentBy: action.actionId } })
  expect(held).toMatchObject([{ outputId: coin!.outputId, spendable: false, spentBy: action.actionId }])
  expect(await provider.findOutputsAuth(auth, { partial: { spendable: true } })).toEqual([])
  expect(await provider.findOutputsAuth(auth, { partial: {}, txStatus: ['completed'] })).toHaveLength(1)
  expect(await provider.findOutputsAuth(auth, { partial: {}, txStatus: ['nosend'] })).toEqual([])
})

it('pages go up or down, and other users see nothing', async () => {
  const opened = await openProvider()
  const { provider, store } = opened
  const { auth, owner } = await withCoins(opened)
  const other = await withCoins(opened)
  const coins = await seedCoins(store, owner, [1, 2, 3])
  const ids = coins.map((coin) => coin.outputId)
  const page = await provider.findOutputsAuth(auth, { partial: {}, paged: { limit: 2, offset: 1 } })
  expect(page.map((row) => row.outputId)).toEqual(ids.slice(1))
  const down = await provider.findOutputsAuth(auth, { partial: {}, orderDescending: true, paged: { limit: 2 } })
  expect(down.map((row) => row.outputId)).toEqual([ids[2], ids[1]])
  for (const partial of [{}, { outputId: ids[0]! }, { txid: coins[0]!.txid!, vout: 0 }]) {
    expect(await provider.findOutputsAuth(other.auth, { partial })).toEqual([])
  }
  const byScript = { partial: { lockingScript: [1] } }
  await expect(provider.findOutputsAuth(auth, byScript)).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER' })
})

it('an output leaves its basket and stays spendable; only its user can take it out, and only out of its basket', async () => {
  const opened = await openProvider()
  const { provider, store } = opened
  const { auth, owner } = await withCoins(opened)
  const other = await withCoins(opened)
  const [coin] = await seedCoins(store, owner, [1000])
  const output = `${coin!.txid}.${coin!.vout}`
  const refused = { name: 'WERR_BAD_REQUEST' }
  await expect(provider.relinquishOutput(other.auth, { basket: 'default', output })).rejects.toMatchObject(refused)
  await expect(provider.relinquishOutput(auth, { basket: 'tokens', output })).rejects.toMatchObject(refused)
  expect(await provider.relinquishOutput(auth, { basket: 'default', output })).toBe(1)
  const [row] = await provider.findOutputsAuth(auth, { partial: { outputId: coin!.outputId } })
  expect(row).toMatchObject({ spendable: true })
  expect(row).not.toHaveProperty('basketId')
  await expect(provider.relinquishOutput(auth, { basket: 'default', output })).rejects.toMatchObject(refused)
  const malformed = provider.relinquishOutput(auth, { basket: 'default', output: 'no outpoint' })
  await expect(malformed).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER', code: 'WERR_INVALID_PARAMETER' })
})
