import { buildTransaction, type BuiltTransaction } from '@txkeep/testkit'
import { Beef } from '@bsv/sdk'

/** A transaction and what it descends from, oldest first, in one BEEF. */
export interface ChainedBeef {
  readonly beef: Uint8Array
  readonly transactions: readonly BuiltTransaction[]
}

/** So many transactions, each of which spends the one before; the first spends an outpoint nobody knows. */
export function chainedBeef(length: number): ChainedBeef {
  const transactions: BuiltTransaction[] = []
  for (let made = 0; made < length; made++) {
    const parent = transactions.at(-1)
    transactions.push(buildTransaction(parent === undefined ? {} : { inputs: [{ txid: parent.txid, vout: 0 }] }))
  }
  const beef = new Beef()
  for (const { rawTx } of transactions) beef.mergeRawTx([...rawTx])
  return { beef: Uint8Array.from(beef.toBinary()), transactions }
}

export function txidsOf({ transactions }: ChainedBeef): string[] {
  return transactions.map(({ txid }) => txid)
}
