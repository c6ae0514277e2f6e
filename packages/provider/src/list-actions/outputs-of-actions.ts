import type { WalletActionOutput } from '@bsv/sdk'
import type { ListedAction, OutputRow, StoreReader } from '@txkeep/core'
import { toHex } from '../hex.js'
import { lockingScriptsOf } from '@txkeep/lifecycle'
import { toTableOutput } from '../projection/rows.js'
import { groupBy } from './group-by.js'

/** Every output these actions made, in order of `vout`, by `actionId`. */
export async function outputsOf(
  tx: StoreReader,
  userId: number,
  actions: readonly ListedAction[],
  { outputLockingScripts }: { readonly outputLockingScripts: boolean },
): Promise<ReadonlyMap<number, WalletActionOutput[]>> {
  const rows = await tx.outputs.findByActions(
    actions.map((action) => action.actionId),
    userId,
  )
  const scripts = outputLockingScripts ? await lockingScriptsOf(tx, rows) : undefined
  const tags = rows.length === 0 ? undefined : await tx.outputs.tagsOf(rows.map((row) => row.outputId))
  const baskets = await basketNames(tx, userId, rows)
  return groupBy(
    rows,
    (row) => row.actionId,
    (row) => ({
      satoshis: row.satoshis,
      spendable: toTableOutput(row, undefined).spendable,
      tags: [...(tags?.get(row.outputId) ?? [])],
      outputIndex: row.vout,
      outputDescription: row.outputDescription ?? '',
      basket: baskets.get(row.basketId) ?? '',
      ...(scripts === undefined ? {} : { lockingScript: toHex(scripts.get(row.outputId) ?? NOTHING) }),
    }),
  )
}

const NOTHING = new Uint8Array()

async function basketNames(
  tx: StoreReader,
  userId: number,
  rows: readonly OutputRow[],
): Promise<ReadonlyMap<number | null, string>> {
  const basketId = [...new Set(rows.flatMap((row) => row.basketId ?? []))]
  if (basketId.length === 0) return new Map()
  return new Map((await tx.baskets.find({ userId, basketId })).map((basket) => [basket.basketId, basket.name]))
}
