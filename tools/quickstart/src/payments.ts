import type { Store } from '@txkeep/core'
import { broadcastTransactions, verifyProof, type TransactionService } from '@txkeep/lifecycle'
import { buildTransaction, type MockChain } from '@txkeep/testkit'

const FEE_SATOSHIS = 20

export interface Payment {
  readonly txid: string
  readonly transactionId: number
  /** What the user has less afterwards, in satoshis. */
  readonly costSatoshis: number
}

/** Spends one coin of the user: a payment and its change, stored in one unit of work, then handed to the network. */
export async function pay(
  service: TransactionService,
  chain: MockChain,
  request: {
    readonly userId: number
    readonly basketId: number
    readonly satoshis: number
    readonly reference: string
  },
): Promise<Payment> {
  const { userId, basketId, satoshis, reference } = request
  const costSatoshis = satoshis + FEE_SATOSHIS
  const [coin] = await service.findSpendableOutputs({ userId, basketId, limit: 1, minSatoshis: costSatoshis + 1 })
  if (coin === undefined || coin.txid === null)
    throw new Error(`User ${userId} has no coin of ${costSatoshis} satoshis.`)
  const change = coin.satoshis - costSatoshis
  const { txid, rawTx } = buildTransaction({
    inputs: [{ txid: coin.txid, vout: coin.vout }],
    outputs: [satoshis, change],
    salt: reference,
  })
  const { transaction } = await service.createAction({
    userId,
    reference,
    description: 'a payment of the quickstart',
    isOutgoing: true,
    satoshisDelta: -costSatoshis,
    inputs: [{ outputId: coin.outputId }],
    outputs: [
      {
        vout: 1,
        satoshis: change,
        providedBy: 'storage',
        purpose: 'change',
        type: 'P2PKH',
        change: true,
        basket: 'default',
      },
    ],
    transaction: { txid, rawTx },
  })
  if (transaction === undefined) throw new Error('A signed action has a transaction.')
  const [outcome] = await broadcastTransactions(service, chain, [txid])
  if (outcome?.outcome !== 'posted') throw new Error(`The payment was not posted: ${JSON.stringify(outcome)}.`)
  return { txid, transactionId: transaction.transactionId, costSatoshis }
}

/** Stores the chain's best block, and the proof of each of these transactions that is mined. */
export async function takeProofs(
  service: TransactionService,
  chain: MockChain,
  payments: readonly Payment[],
): Promise<void> {
  const { height, hash: blockHash, header } = chain.tip
  await service.setChainTip({ height, blockHash, merkleRoot: header.merkleRoot })
  for (const { txid, transactionId } of payments) {
    const path = chain.merklePathOf(txid)
    if (path === undefined) continue
    await service.recordProof({ transactionId, proof: await verifyProof(path, txid, chain) })
  }
  await service.promoteConfirmed()
}

/** `3 × confirmed`: how many of the payments have which status. */
export async function statusesOf(service: TransactionService, payments: readonly Payment[]): Promise<string> {
  const counts = new Map<string, number>()
  for (const { transactionId } of payments) {
    const status = (await service.findById(transactionId))?.processing ?? 'missing'
    counts.set(status, (counts.get(status) ?? 0) + 1)
  }
  return [...counts].map(([status, count]) => `${count} × ${status}`).join(', ')
}

/** The coins a user can spend now, by number: a set to compare. */
export async function spendableCoins(store: Store, userId: number): Promise<number[]> {
  const { rows } = await store.read((tx) => tx.outputs.list({ userId, show: 'spendable', limit: 10_000 }))
  return rows.map(({ outputId }) => outputId)
}
