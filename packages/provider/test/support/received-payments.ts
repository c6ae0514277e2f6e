import { ScriptTemplateBRC29 } from '@bsv/wallet-toolbox'
import {
  Beef,
  KeyDeriver,
  LockingScript,
  PrivateKey,
  Transaction,
  UnlockingScript,
  type InternalizeActionArgs,
  type WalletPayment,
} from '@bsv/sdk'
import type { ActionOutput } from '@txkeep/lifecycle'
import type { World } from './open-wallet.js'

/** A payment as its receiver gets it: AtomicBEEF, and where her outputs are. */
export interface ReceivedPayment {
  readonly txid: string
  readonly tx: number[]
  readonly outputs: readonly {
    readonly outputIndex: number
    readonly satoshis: number
    readonly derivationPrefix: string
    readonly derivationSuffix: string
  }[]
  readonly senderIdentityKey: string
}

/** The change a payment gives its receiver, as rows receiving it leaves behind. */
export function changeOutputs(
  { outputs, senderIdentityKey }: Pick<ReceivedPayment, 'outputs' | 'senderIdentityKey'>,
  transaction: Transaction,
): ActionOutput[] {
  return outputs.map(({ outputIndex, ...columns }) => ({
    ...columns,
    vout: outputIndex,
    senderIdentityKey,
    change: true,
    type: 'P2PKH',
    providedBy: 'storage',
    purpose: 'change',
    basket: 'default',
    lockingScript: transaction.outputs[outputIndex]!.lockingScript.toUint8Array(),
  }))
}

const sender = PrivateKey.fromHex('22'.repeat(32))
const prefix = 'cHJlZml4'

/**
 * A payment by a stranger that no service has seen yet; it spends the coinbase of the block at `height`, by way of an unmined
 * transaction if asked for.
 */
export async function unpostedPayment(
  world: World,
  identityKey: string,
  satoshis: readonly number[],
  {
    height = 5,
    lockTime = 0,
    viaUnmined = false,
  }: { readonly height?: number; readonly lockTime?: number; readonly viaUnmined?: boolean } = {},
): Promise<ReceivedPayment> {
  while ((await world.services.getHeight()) < height + 101) await world.services.mineBlock()
  const { tx, txid: coinbase } = await world.faucet.coinbase(height)
  const beef = Beef.fromBinary(tx)
  let source = beef.findTransactionForSigning(coinbase)!
  if (viaUnmined) {
    source = spending(source)
    source.addOutput({ satoshis: 1_000_000, lockingScript: LockingScript.fromHex('51') })
    beef.mergeRawTx(source.toBinary())
  }
  const transaction = spending(source, lockTime)
  const outputs = satoshis.map((value, outputIndex) => {
    const derivationSuffix = Buffer.from(`suffix ${outputIndex}`).toString('base64')
    transaction.addOutput({ satoshis: value, lockingScript: paymentScript(identityKey, derivationSuffix) })
    return { outputIndex, satoshis: value, derivationPrefix: prefix, derivationSuffix }
  })
  beef.mergeRawTx(transaction.toBinary())
  const txid = transaction.id('hex')
  return { txid, tx: beef.toBinaryAtomic(txid), outputs, senderIdentityKey: sender.toPublicKey().toString() }
}

function spending(source: Transaction, lockTime = 0): Transaction {
  const transaction = new Transaction(1, [], [], lockTime)
  transaction.addInput({
    sourceTransaction: source,
    sourceOutputIndex: 0,
    unlockingScript: new UnlockingScript([]),
    sequence: lockTime === 0 ? 0xffff_ffff : 1,
  })
  return transaction
}

/** The locking script of a payment by the stranger (BRC-29). */
export function paymentScript(identityKey: string, derivationSuffix: string): LockingScript {
  const template = new ScriptTemplateBRC29({
    derivationPrefix: prefix,
    derivationSuffix,
    keyDeriver: new KeyDeriver(sender),
  })
  return template.lock(sender.toHex(), identityKey)
}

/** What proves to the receiver that an output with this suffix is hers. */
export function remittance(derivationSuffix: string): WalletPayment {
  return { derivationPrefix: prefix, derivationSuffix, senderIdentityKey: sender.toPublicKey().toString() }
}

/** A payment as the receiver's wallet takes it, all of its outputs or those named. */
export function receive(
  { tx, outputs, senderIdentityKey }: ReceivedPayment,
  { vouts, labels = [] }: { readonly vouts?: readonly number[]; readonly labels?: string[] } = {},
): InternalizeActionArgs {
  const taken = outputs.filter(({ outputIndex }) => vouts === undefined || vouts.includes(outputIndex))
  return {
    tx,
    description: 'a payment to me',
    labels,
    outputs: taken.map(({ outputIndex, derivationPrefix, derivationSuffix }) => ({
      outputIndex,
      protocol: 'wallet payment',
      paymentRemittance: { derivationPrefix, derivationSuffix, senderIdentityKey },
    })),
  }
}

/** The same outputs for a basket. */
export function insert(
  { tx, outputs }: ReceivedPayment,
  basket: string,
  {
    vouts,
    tags = [],
    customInstructions,
  }: { readonly vouts?: readonly number[]; readonly tags?: string[]; readonly customInstructions?: string } = {},
): InternalizeActionArgs {
  const taken = outputs.filter(({ outputIndex }) => vouts === undefined || vouts.includes(outputIndex))
  return {
    tx,
    description: 'coins for a basket',
    outputs: taken.map(({ outputIndex }) => ({
      outputIndex,
      protocol: 'basket insertion',
      insertionRemittance: { basket, tags, ...(customInstructions === undefined ? {} : { customInstructions }) },
    })),
  }
}
