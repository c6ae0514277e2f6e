import type { OutputRow, StoreReader } from '@txkeep/core'

/**
 * The locking script of each of these outputs, by `outputId`: the stored one, else the slice of the raw transaction it lies in.
 * An output whose script is not known yet, as change of a draft, is absent.
 */
export async function lockingScriptsOf(
  tx: Pick<StoreReader, 'transactions'>,
  outputs: readonly OutputRow[],
): Promise<ReadonlyMap<number, Uint8Array>> {
  const scripts = new Map<number, Uint8Array>()
  const sliced: { output: OutputRow; txid: string; offset: number; end: number }[] = []
  for (const output of outputs) {
    const { outputId, lockingScript, txid, scriptOffset, scriptLength } = output
    if (lockingScript !== null) scripts.set(outputId, lockingScript)
    else if (txid !== null && scriptOffset !== null && scriptLength !== null) {
      sliced.push({ output, txid, offset: scriptOffset, end: scriptOffset + scriptLength })
    }
  }
  if (sliced.length === 0) return scripts
  const rows = await tx.transactions.findByTxids([...new Set(sliced.map(({ txid }) => txid))])
  const rawTxOf = new Map(rows.map((row) => [row.txid, row.rawTx]))
  for (const { output, txid, offset, end } of sliced) {
    const rawTx = rawTxOf.get(txid) ?? null
    if (rawTx !== null && end <= rawTx.length) scripts.set(output.outputId, rawTx.slice(offset, end))
  }
  return scripts
}
