import type { Store } from '@txkeep/core'
import { expect } from 'vitest'
import type { ModelAction, ModelCoin } from './model-rows.js'
import { placeOf } from './model-rows.js'
import type { Session } from './session.js'
import type { SessionWallet } from './session-world.js'
import { BASKETS } from './spending-steps.js'
import { isDead, sum, type ModelUser } from './wallet-model.js'

/** Every wallet has what the model says it has. */
export async function checkBalances({ world, model }: Session): Promise<void> {
  for (const [index, { wallet }] of world.wallets.entries()) {
    expect(await wallet.balance(), `balance of user ${index}`).toBe(model.users[index]!.balance())
  }
}

/** Every wallet lists what the model says: each action with its status, each coin of each basket. */
export async function checkLists({ world, model }: Session): Promise<void> {
  for (const [index, each] of world.wallets.entries()) {
    const user = model.users[index]!
    expect(await listedActions(each), `actions of user ${index}`).toEqual(expectedActions(user))
    for (const basket of ['default', ...BASKETS]) {
      const coins = await listedCoins(each, basket)
      expect(coins, `${basket} of user ${index}`).toEqual(user.listed(basket).map(expectedCoin).sort(byOutpoint))
    }
    const { actions } = await each.wallet.listActions({ labels: [FAILED], limit: 10_000 })
    const failed = user.actions.filter((action) => statusOf(action) === 'failed')
    expect(actions.map(({ description }) => description)).toEqual(failed.map(({ description }) => description))
  }
}

const FAILED = '97d4eb1e49215e3374cc2c1939a7c43a55e95c7427bf2d45ed63e3b4e0c88153'

/** The flags of our store are what the rule makes of its rows, and their sum is what the model could spend. */
export async function checkFlags({ model, world }: Session, store: Store): Promise<void> {
  expect(await store.write((tx) => tx.outputs.refreshSpendable({}))).toMatchObject({ flipped: 0 })
  for (const [index, user] of model.users.entries()) {
    const { identityKey } = world.wallets[index]!
    const satoshis = await store.read(async (tx) => {
      const [row] = await tx.users.find({ identityKey })
      const [basket] = await tx.baskets.find({ userId: row!.userId, name: 'default' })
      return (await tx.outputs.sum({ userId: row!.userId, basketId: basket!.basketId, show: 'spendable' })).satoshis
    })
    expect(satoshis, `spendable by user ${index}`).toBe(sum(user.pool(false)))
  }
}

/** Whatever a wallet could spend at once, the network would let it spend. */
export async function checkChain({ model, world, stolen }: Session): Promise<void> {
  for (const { coins } of model.users) {
    for (const coin of coins) {
      const { isAborted, transaction } = coin.maker
      if (coin.spender !== undefined || coin.isWithheld || isAborted || transaction?.standing !== 'accepted') continue
      const place = placeOf(coin)
      if (stolen.has(place)) continue
      const known = await world.services.storage.getUtxo(transaction.txid, coin.vout)
      expect({ place, spentBy: known?.spentByTxid }).toEqual({ place, spentBy: null })
      expect(Number(known?.satoshis)).toBe(coin.satoshis)
    }
  }
}

async function listedActions({ wallet }: SessionWallet): Promise<object[]> {
  const { actions, totalActions } = await wallet.listActions({
    labels: [],
    includeLabels: true,
    includeOutputs: true,
    limit: 10_000,
  })
  expect(totalActions).toBe(actions.length)
  return actions.map(({ txid, satoshis, status, isOutgoing, description, labels, outputs }) => ({
    ...{ txid, satoshis, status, isOutgoing, description, labels: [...labels!].sort() },
    outputs: outputs!
      .map(({ outputIndex, satoshis: value, basket }) => ({ outputIndex, satoshis: value, basket: basket ?? '' }))
      .sort((a, b) => a.outputIndex - b.outputIndex),
  }))
}

function expectedActions(user: ModelUser): object[] {
  return user.actions
    .filter((action) => statusOf(action) !== 'failed')
    .map((action) => ({
      txid: action.transaction?.txid ?? '',
      ...{ satoshis: action.satoshis, status: statusOf(action), isOutgoing: action.isOutgoing },
      ...{ description: action.description, labels: [...action.labels].sort() },
      outputs: user.coins
        .filter(({ maker }) => maker === action)
        .map(({ vout, satoshis, basket }) => ({ outputIndex: vout, satoshis, basket: basket ?? '' }))
        .sort((a, b) => a.outputIndex - b.outputIndex),
    }))
}

/** docs/spec/lifecycle.md §7, the last table. */
export function statusOf({ transaction, isAborted, isOutgoing }: ModelAction): string {
  if (transaction === undefined) return isAborted ? 'failed' : 'unsigned'
  if (isDead(transaction) || isAborted) return 'failed'
  switch (transaction.standing) {
    case 'kept':
      return 'nosend'
    case 'queued':
      return isOutgoing ? 'sending' : 'unproven'
    case 'sending':
      return 'sending'
    default:
      return transaction.isBuried ? 'completed' : 'unproven'
  }
}

async function listedCoins({ wallet }: SessionWallet, basket: string): Promise<object[]> {
  const { outputs, totalOutputs } = await wallet.listOutputs({
    ...{ basket, include: 'locking scripts', includeTags: true, includeLabels: true, includeCustomInstructions: true },
    limit: 10_000,
  })
  expect(totalOutputs).toBe(outputs.length)
  return outputs
    .map(({ outpoint, satoshis, lockingScript, tags, labels, customInstructions, spendable }) => ({
      ...{ outpoint, satoshis, lockingScript, spendable, customInstructions },
      ...{ tags: [...tags!].sort(), labels: [...labels!].sort() },
    }))
    .sort(byOutpoint)
}

function expectedCoin(coin: ModelCoin): { readonly outpoint: string } {
  const { satoshis, script, tags, maker, customInstructions } = coin
  return {
    ...{ outpoint: placeOf(coin), satoshis, lockingScript: script, spendable: true, customInstructions },
    ...{ tags: [...tags].sort(), labels: [...maker.labels].sort() },
  }
}

function byOutpoint(a: { readonly outpoint: string }, b: { readonly outpoint: string }): number {
  return a.outpoint < b.outpoint ? -1 : 1
}
