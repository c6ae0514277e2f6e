import type { TransactionRow } from '@txkeep/core'
import { auditRow, type Unit } from './unit.js'

/**
 * The transactions that died with `ancestor`, and for no other reason since. Read from the audit row of its own death: by
 * now their inputs may have been released, so that nothing else ties them to it.
 */
export async function findDiedWith(unit: Unit, ancestor: TransactionRow): Promise<TransactionRow[]> {
  const death = await unit.tx.audit.findLast(ancestor.transactionId, 'processing.changed')
  const ids = readIds(death?.detailsJson)
  const rows = ids.length === 0 ? [] : await unit.tx.transactions.findByIds(ids)
  const died: TransactionRow[] = []
  for (const row of rows) {
    if (row.processing !== 'invalid') continue
    const last = await unit.tx.audit.findLast(row.transactionId, 'processing.changed')
    const details = readDetails(last?.detailsJson)
    if (details?.['why'] === 'ancestor' && details['ancestor'] === ancestor.txid) died.push(row)
  }
  return died.sort((a, b) => a.transactionId - b.transactionId)
}

/** Puts what died with `ancestor` to `unfail` with it. Source: docs/spec/lifecycle.md §3 step 6. */
export async function reviveDescendants(
  unit: Unit,
  ancestor: TransactionRow,
  died: readonly TransactionRow[],
): Promise<void> {
  const revived: number[] = []
  for (const { transactionId, processing, rowVersion } of died) {
    const changed = await unit.tx.transactions.compareAndSet(
      { transactionId, processing, rowVersion },
      { processing: 'unfail', processingChangedAt: unit.clock.now(), nextActionAt: unit.clock.now() },
    )
    // Somebody moved it a moment ago: then it is looked at already.
    if (changed !== undefined) revived.push(transactionId)
  }
  await unit.tx.audit.append(
    revived.map((transactionId) =>
      auditRow(unit, {
        event: 'processing.changed',
        transactionId,
        fromState: 'invalid',
        toState: 'unfail',
        details: { why: 'ancestor', ancestor: ancestor.txid },
      }),
    ),
  )
  if (revived.length > 0) await unit.tx.outputs.refreshSpendable({ transactionIds: revived })
}

function readDetails(json: string | null | undefined): Readonly<Record<string, unknown>> | undefined {
  if (json === null || json === undefined) return undefined
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function readIds(json: string | null | undefined): number[] {
  const ids = readDetails(json)?.['descendants']
  return Array.isArray(ids) ? ids.filter((id): id is number => Number.isSafeInteger(id)) : []
}
