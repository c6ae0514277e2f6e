import type { Payment } from '../faucet.js'
import type { LegacyUser } from '../legacy-user.js'
import type { ActionContext } from './action-context.js'
import { someDescription, someLabels, someTags } from './text.js'

/** Received with its merkle path: completed, a `proven_txs` row and no request. */
export async function receiveProven(context: ActionContext): Promise<void> {
  await receive(context, true)
}

/** Received without a merkle path: unproven | unsent, since the published storage never posts it. */
export async function receiveUnproven(context: ActionContext): Promise<void> {
  await receive(context, false)
}

/** A mined block's coinbase output, taken into a basket with its proof at index 0. */
export async function receiveCoinbase(context: ActionContext, height: number): Promise<void> {
  const { user, faucet, random } = context
  const { tx } = await faucet.coinbase(height)
  await user.wallet.internalizeAction({
    tx,
    description: `Block reward at height ${height}`,
    labels: ['mining'],
    outputs: [
      {
        outputIndex: 0,
        protocol: 'basket insertion',
        insertionRemittance: {
          basket: 'block rewards',
          customInstructions: JSON.stringify({ height }),
          tags: ['coinbase', ...someTags(random)],
        },
      },
    ],
  })
}

/** Coins to begin with: one mined payment of several outputs. */
export async function fund(context: ActionContext, outputs: number, satoshis: number): Promise<void> {
  const { faucet, user } = context
  const payment = await faucet.pay({
    identityKey: user.identityKey,
    satoshis: Array.from({ length: outputs }, () => satoshis),
    proven: true,
  })
  await internalizePayment(user, payment, 'Funding of the wallet', ['funding'])
}

/** Hands a payment from outside to the wallet it was made for. */
export async function internalizePayment(
  user: LegacyUser,
  payment: Payment,
  description: string,
  labels: string[],
): Promise<void> {
  await user.wallet.internalizeAction({
    tx: payment.tx,
    description,
    labels,
    outputs: payment.outputs.map(({ outputIndex, derivationPrefix, derivationSuffix }) => ({
      outputIndex,
      protocol: 'wallet payment',
      paymentRemittance: { derivationPrefix, derivationSuffix, senderIdentityKey: payment.senderIdentityKey },
    })),
  })
}

async function receive(context: ActionContext, proven: boolean): Promise<void> {
  const { user, faucet, random } = context
  const satoshis = Array.from({ length: random.integer(1, 3) }, () => random.integer(1_000, 200_000))
  const payment = await faucet.pay({ identityKey: user.identityKey, satoshis, proven })
  await internalizePayment(user, payment, someDescription(random), someLabels(random))
}
