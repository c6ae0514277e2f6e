import { Transaction } from '@bsv/sdk'
import { formatOutpoint, type OutputRow, type Store } from '@txkeep/core'

/** What the rows of one user say at the end, compared with the signed transactions themselves. */
export interface CoinReport {
  /** Coins that two transactions consume. */
  readonly spentTwice: readonly string[]
  /** Coins whose holder is not the action of the transaction that consumes them, or that none consumes. */
  readonly wronglyHeld: readonly string[]
  readonly unspent: readonly OutputRow[]
}

export async function inspectCoins(store: Store, userId: number): Promise<CoinReport> {
  return store.read(async (tx) => {
    const actions = (await tx.actions.list({ userId, limit: 1_000_000 })).rows
    const signed = actions.flatMap(({ transactionId }) => transactionId ?? [])
    const transactions = await tx.transactions.findByIds(signed)
    const actionOf = new Map(actions.map(({ transactionId, actionId }) => [transactionId, actionId]))
    const consumers = new Map<string, (number | undefined)[]>()
    for (const { transactionId, rawTx } of transactions) {
      for (const { sourceTXID = '', sourceOutputIndex: vout } of Transaction.fromBinary([...rawTx!]).inputs) {
        const outpoint = formatOutpoint({ txid: sourceTXID, vout })
        consumers.set(outpoint, [...(consumers.get(outpoint) ?? []), actionOf.get(transactionId)])
      }
    }
    const outputs = (await tx.outputs.list({ userId, show: 'all', limit: 1_000_000 })).rows.filter(
      // Those of drafts that were aborted were never on the network.
      ({ txid, change }) => txid !== null && change,
    )
    const nameOf = ({ txid, vout }: OutputRow) => formatOutpoint({ txid: txid ?? '', vout })
    return {
      spentTwice: [...consumers].filter(([, actionIds]) => actionIds.length > 1).map(([outpoint]) => outpoint),
      wronglyHeld: outputs
        .filter((output) => output.spentByActionId !== (consumers.get(nameOf(output))?.[0] ?? null))
        .map(nameOf),
      unspent: outputs.filter((output) => !consumers.has(nameOf(output))),
    }
  })
}
