import { Transaction, type TransactionInput, type WalletActionInput } from '@bsv/sdk'
import { formatOutpoint, wholeTransaction, type ListedAction, type StoreReader } from '@txkeep/core'
import { toHex } from '../hex.js'
import { lockingScriptsOf } from '@txkeep/lifecycle'
import { groupBy } from './group-by.js'

/** The coins of the user each of these actions spends, in order of `outputId`, by `actionId`. */
export async function inputsOf(
  tx: StoreReader,
  userId: number,
  actions: readonly ListedAction[],
  include: { readonly inputSourceLockingScripts: boolean; readonly inputUnlockingScripts: boolean },
): Promise<ReadonlyMap<number, WalletActionInput[]>> {
  const rows = await tx.outputs.findSpentBy(
    actions.map((action) => action.actionId),
    userId,
  )
  if (rows.length === 0) return new Map()
  const signed = await signedInputsOf(tx, actions)
  const scripts = include.inputSourceLockingScripts ? await lockingScriptsOf(tx, rows) : undefined
  return groupBy(
    rows,
    (row) => row.spentByActionId,
    (row) => {
      const sourceOutpoint = formatOutpoint({ txid: row.txid ?? '', vout: row.vout })
      const input = signed.get(row.spentByActionId)?.get(sourceOutpoint)
      const unlockingScript = include.inputUnlockingScripts ? input?.unlockingScript?.toHex() : undefined
      return {
        sourceOutpoint,
        sourceSatoshis: row.satoshis,
        inputDescription: row.spendingDescription ?? '',
        sequenceNumber: input?.sequence ?? 0,
        ...(scripts === undefined ? {} : { sourceLockingScript: toHex(scripts.get(row.outputId) ?? NOTHING) }),
        ...(unlockingScript === undefined ? {} : { unlockingScript }),
      }
    },
  )
}

const NOTHING = new Uint8Array()

/** The inputs of each signed action by the outpoint they spend. Bytes that are no transaction show none. */
async function signedInputsOf(
  tx: Pick<StoreReader, 'transactions'>,
  actions: readonly ListedAction[],
): Promise<ReadonlyMap<number | null, ReadonlyMap<string, TransactionInput>>> {
  const transactionIds = actions.flatMap(({ transactionId }) => transactionId ?? [])
  if (transactionIds.length === 0) return new Map()
  const rows = await tx.transactions.findByIds(transactionIds)
  const inputs = new Map(rows.map((row) => [row.transactionId, readInputs(row.rawTx)]))
  return new Map(actions.map((action) => [action.actionId, inputs.get(action.transactionId ?? 0) ?? new Map()]))
}

function readInputs(rawTx: Uint8Array | null): ReadonlyMap<string, TransactionInput> {
  if (rawTx === null) return new Map()
  try {
    const { inputs } = Transaction.fromBinary(wholeTransaction(rawTx))
    return new Map(
      inputs.map((input) => [formatOutpoint({ txid: input.sourceTXID ?? '', vout: input.sourceOutputIndex }), input]),
    )
  } catch {
    return new Map()
  }
}
