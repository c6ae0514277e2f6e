import { LockingScript, Transaction, UnlockingScript } from '@bsv/sdk'
import { describeTransaction, type BuiltTransaction } from './build-transaction.js'
import { hashOf } from './hash-of.js'

export interface CoinbasePlan {
  readonly height: number
  /** Output amounts in satoshis. Left out: one of 50 coins. */
  readonly outputs?: readonly number[]
  /** Same height, outputs and salt, same txid. */
  readonly salt?: string | number
}

/** The first transaction of a block: one input that consumes the all-zero outpoint and pushes the height (BIP-34). */
export function buildCoinbase(plan: CoinbasePlan): BuiltTransaction {
  const transaction = new Transaction(
    1,
    [
      {
        sourceTXID: '0'.repeat(64),
        sourceOutputIndex: 0xffffffff,
        sequence: 0xffffffff,
        unlockingScript: UnlockingScript.fromHex(
          `04${littleEndian(plan.height)}20${hashOf(`coinbase ${plan.salt ?? 0}`)}`,
        ),
      },
    ],
    (plan.outputs ?? [5_000_000_000]).map((satoshis) => ({ satoshis, lockingScript: LockingScript.fromHex('51') })),
    0,
  )
  return describeTransaction(transaction.toUint8Array())
}

function littleEndian(height: number): string {
  const digits = height.toString(16).padStart(8, '0')
  return (digits.match(/../g) ?? []).reverse().join('')
}
