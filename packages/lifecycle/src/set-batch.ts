import { checkName } from './check-text.js'
import type { Unit } from './unit.js'

/** How many of these transactions belong to `batch` now; null takes them out of theirs. */
export async function setBatch(unit: Unit, transactionIds: readonly number[], batch: string | null): Promise<number> {
  if (batch !== null) checkName('batch', batch)
  let changed = 0
  for (const transactionId of [...new Set(transactionIds)].sort((a, b) => a - b)) {
    if ((await unit.tx.transactions.update(transactionId, { batch })) !== undefined) changed++
  }
  return changed
}
