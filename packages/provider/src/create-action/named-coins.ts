import {
  formatOutpoint,
  type ActionRow,
  type Outpoint,
  type OutputRow,
  type StoreReader,
  type TransactionRow,
} from '@txkeep/core'
import { isUsable } from '@txkeep/spendability'

/** A coin the caller named, with what its usability depends on. */
export interface NamedCoin {
  readonly output: OutputRow
  readonly isUsable: boolean
  /** The signed transaction of the action that holds it, if one does. */
  readonly spender: TransactionRow | undefined
}

/** The user's coins at these outpoints, by `txid.vout`; whoever else has one there is not asked. */
export async function findNamedCoins(
  tx: StoreReader,
  userId: number,
  outpoints: readonly Outpoint[],
): Promise<ReadonlyMap<string, NamedCoin>> {
  if (outpoints.length === 0) return new Map()
  const outputs = await tx.outputs.findByOutpoints(outpoints, userId)
  const actions = await actionsOf(tx, userId, outputs)
  const transactions = await transactionsOf(tx, [...actions.values()])
  const tip = await tx.chainTip.get()
  const named = new Map<string, NamedCoin>()
  for (const output of outputs) {
    const action = actions.get(output.actionId)
    const transaction = transactions.get(action?.transactionId ?? 0)
    const spender = actions.get(output.spentByActionId ?? 0)
    named.set(formatOutpoint({ txid: output.txid ?? '', vout: output.vout }), {
      output,
      isUsable: isUsable({ ...output, userAborted: action?.userAborted ?? true }, transaction, tip, 'named'),
      spender: transactions.get(spender?.transactionId ?? 0),
    })
  }
  return named
}

async function actionsOf(
  tx: StoreReader,
  userId: number,
  outputs: readonly OutputRow[],
): Promise<ReadonlyMap<number, ActionRow>> {
  const ids = new Set<number>()
  for (const { actionId, spentByActionId } of outputs) {
    ids.add(actionId)
    if (spentByActionId !== null) ids.add(spentByActionId)
  }
  return new Map((await tx.actions.findByIds([...ids], userId)).map((action) => [action.actionId, action]))
}

async function transactionsOf(
  tx: StoreReader,
  actions: readonly ActionRow[],
): Promise<ReadonlyMap<number, TransactionRow>> {
  const ids = new Set(actions.flatMap(({ transactionId }) => (transactionId === null ? [] : [transactionId])))
  return new Map((await tx.transactions.findByIds([...ids])).map((row) => [row.transactionId, row]))
}
