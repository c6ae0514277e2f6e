import type { WalletOutput } from '@bsv/sdk'
import { formatOutpoint, type ListedOutput, type StoreReader } from '@txkeep/core'
import { toHex } from '../hex.js'
import { lockingScriptsOf } from '@txkeep/lifecycle'
import type { OutputIncludes } from './output-list-request.js'

/**
 * These outputs as lists show them, in the same order. `spendable` is true: only what can be spent, or may be soon, is listed.
 * However many there are, the database is asked once for each kind of thing to show.
 */
export async function describeOutputs(
  tx: StoreReader,
  rows: readonly ListedOutput[],
  include: OutputIncludes,
): Promise<WalletOutput[]> {
  if (rows.length === 0) return []
  const labels = include.labels ? await tx.actions.labelsOf([...new Set(rows.map((row) => row.actionId))]) : undefined
  const tags = include.tags ? await tx.outputs.tagsOf(rows.map((row) => row.outputId)) : undefined
  const scripts = include.lockingScripts ? await lockingScriptsOf(tx, rows) : undefined
  return rows.map((row): WalletOutput => {
    const script = scripts?.get(row.outputId)
    const { customInstructions } = row
    return {
      satoshis: row.satoshis,
      spendable: true,
      outpoint: formatOutpoint({ txid: row.txid ?? '', vout: row.vout }),
      ...(include.customInstructions && customInstructions !== null ? { customInstructions } : {}),
      ...(labels === undefined ? {} : { labels: [...(labels.get(row.actionId) ?? [])] }),
      ...(tags === undefined ? {} : { tags: [...(tags.get(row.outputId) ?? [])] }),
      ...(script === undefined ? {} : { lockingScript: toHex(script) }),
    }
  })
}
