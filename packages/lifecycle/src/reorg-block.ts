import type { TransactionRow } from '@txkeep/core'
import { moveTransactions } from './move-transactions.js'
import { isProven } from './status-groups.js'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

export interface ReorgResult {
  /** Ids of the transactions that wait for a new proof now. */
  readonly reorged: readonly number[]
}

/**
 * The transactions proven in a block that left the best chain, after they moved to `reorging`: the old proof is kept in the
 * audit row, outputs keep their flags, and a coinbase has no maturity height until it is proven again.
 * Source: docs/spec/lifecycle.md §5.
 */
export async function reorgBlock(unit: Unit, blockHash: string, details?: AuditDetails): Promise<ReorgResult> {
  return reorgRows(unit, await unit.tx.transactions.findByBlockHash(blockHash), { ...details, blockHash })
}

/** Like `reorgBlock`, for transactions whose proof turned out to lead to no block of the best chain. */
export async function reorgTransactions(
  unit: Unit,
  transactionIds: readonly number[],
  details?: AuditDetails,
): Promise<ReorgResult> {
  const rows = transactionIds.length === 0 ? [] : await unit.tx.transactions.findByIds(transactionIds)
  return reorgRows(unit, rows, details)
}

async function reorgRows(
  unit: Unit,
  rows: readonly TransactionRow[],
  details: AuditDetails | undefined,
): Promise<ReorgResult> {
  const proven = rows.filter((row) => isProven(row.processing))
  if (proven.length === 0) return { reorged: [] }
  await unit.tx.audit.append(
    proven.map((row) =>
      auditRow(unit, {
        event: 'reorg.detected',
        transactionId: row.transactionId,
        fromState: row.processing,
        details: { ...details, height: row.height },
      }),
    ),
  )
  const { moved } = await moveTransactions(unit, {
    rows: proven,
    to: 'reorging',
    details: { ...details, why: 'reorg' },
  })
  return { reorged: moved.map((row) => row.transactionId) }
}
