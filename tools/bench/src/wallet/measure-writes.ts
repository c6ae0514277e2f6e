import { P2PKH, type CreateActionArgs, type InternalizeActionArgs } from '@bsv/sdk'
import type { Payment } from '@txkeep/legacy-wallet-maker'
import type { Comparisons } from './comparison.js'
import { NOTHING, plus } from './stopwatch.js'
import type { WalletSide } from './wallet-side.js'

/** Pays strangers, later and at once. Signing is the wallet's and not counted. */
export async function measurePaying(
  sides: readonly WalletSide[],
  repetitions: number,
  into: Comparisons,
): Promise<void> {
  for (const [how, acceptDelayedBroadcast] of [
    ['sent later', true],
    ['sent at once', false],
  ] as const) {
    for (let repetition = -WARM_UP; repetition < repetitions; repetition++) {
      const args = payment(1_000 + repetition, { acceptDelayedBroadcast })
      for (const side of sides) {
        await side.wallet.createAction(args)
        const costs = side.take()
        if (repetition < 0) continue
        const [created, processed] = ['createAction', 'processAction'].map((name) => costs.get(name) ?? NOTHING)
        into.add(`createAction, ${how}`, side.name, created ?? NOTHING)
        into.add(`processAction, ${how}`, side.name, processed ?? NOTHING)
        into.add(`createAction + processAction, ${how}`, side.name, plus(created ?? NOTHING, processed ?? NOTHING))
      }
    }
  }
}

const WARM_UP = 5

/** Receives proven payments, each as change and as coins of a basket with tags. */
export async function measureReceiving(
  sides: readonly WalletSide[],
  payments: readonly Payment[],
  into: Comparisons,
): Promise<void> {
  for (const [index, paid] of payments.entries()) {
    const [name, args] = index % 2 === 0 ? ['payment', received(paid)] : ['basket insertion', inserted(paid)]
    for (const side of sides) {
      await side.wallet.internalizeAction(args)
      const cost = side.take().get('internalizeAction') ?? NOTHING
      if (index >= 2 * WARM_UP) into.add(`internalizeAction, ${name}`, side.name, cost)
    }
  }
}

/** How many payments `measureReceiving` takes for this many repetitions. */
export function paymentsFor(repetitions: number): number {
  return 2 * (WARM_UP + repetitions)
}

const strangersScript = new P2PKH().lock(Array.from({ length: 20 }, () => 7)).toHex()

function payment(satoshis: number, options: NonNullable<CreateActionArgs['options']>): CreateActionArgs {
  return {
    description: 'Paid for an order',
    labels: ['shop', 'rent'],
    outputs: [
      { satoshis, lockingScript: strangersScript, outputDescription: 'Paid to a stranger' },
      { satoshis: 1, lockingScript: '51', outputDescription: 'A token', basket: 'tokens', tags: ['paid', 'gift'] },
    ],
    options,
  }
}

function received({ tx, outputs, senderIdentityKey }: Payment): InternalizeActionArgs {
  return {
    tx,
    description: 'A payment to me',
    labels: ['salary'],
    outputs: outputs.map(({ outputIndex, derivationPrefix, derivationSuffix }) => ({
      outputIndex,
      protocol: 'wallet payment',
      paymentRemittance: { derivationPrefix, derivationSuffix, senderIdentityKey },
    })),
  }
}

function inserted({ tx, outputs }: Payment): InternalizeActionArgs {
  return {
    tx,
    description: 'Tokens for me',
    labels: ['salary'],
    outputs: outputs.map(({ outputIndex }) => ({
      outputIndex,
      protocol: 'basket insertion',
      insertionRemittance: { basket: 'tokens', tags: ['gift', 'open'], customInstructions: 'as ever' },
    })),
  }
}
