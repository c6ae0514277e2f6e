import type { StoreWriter, SyncEntity } from '@txkeep/core'
import type { TransactionService, VerifiedProof } from '@txkeep/lifecycle'
import type { TableProvenTxReq } from '../../published/sync-rows.js'
import { keyText } from '../load-rows.js'
import { noteNewest, type SyncMap } from '../sync-map.js'

/** The merge of one chunk: one unit of work, and what its steps tell each other. */
export interface Merge {
  readonly tx: StoreWriter
  /** Inside the same unit. */
  readonly service: TransactionService
  readonly userId: number
  /** The store the rows come from. */
  readonly from: string
  readonly map: SyncMap
  /** Proofs of this chunk that headers bear out, by txid. */
  readonly proofs: ReadonlyMap<string, VerifiedProof>
  /** Requests of this chunk, by txid: they say what state a transaction row, which comes before them, is in. */
  readonly requests: ReadonlyMap<string, TableProvenTxReq>
  /** Transactions whose inputs and flags are worked out at the end. */
  readonly touched: Set<number>
  /** When what comes now arrived: no earlier than any moment a third store may have asked from. */
  readonly arrivedAt: Date
  readonly counts: { inserts: number; updates: number }
}

/** Whether another user of this store has an action of this transaction. */
export async function isShared({ tx, userId }: Merge, transactionId: number): Promise<boolean> {
  return (await tx.actions.findByTransactions([transactionId])).some((action) => action.userId !== userId)
}

/** Looked at by a task, never sent blindly. Source: docs/spec/lifecycle.md §7. */
export const UNCERTAIN = { processing: 'frozen', frozenReason: 'legacy-uncertain' } as const

/** The row came and is new here, or changed one here: counts it, and notes it for stores that synced before. */
export async function noteMerged(
  merge: Merge,
  outcome: 'inserted' | 'updated',
  entity: SyncEntity,
  key: readonly (number | string)[],
): Promise<void> {
  merge.counts[outcome === 'inserted' ? 'inserts' : 'updates'] += 1
  await noteArrival(merge, entity, key)
}

/** A third store that synced before has to be told of this row, however old it is. */
export async function noteArrival(
  { tx, userId, arrivedAt }: Merge,
  entity: SyncEntity,
  key: readonly (number | string)[],
): Promise<void> {
  const place = { userId, entity, key: keyText(key) }
  const { row, inserted } = await tx.syncArrivals.insertIfAbsent({ ...place, arrivedAt })
  if (!inserted && row.arrivedAt < arrivedAt) await tx.syncArrivals.update(place, { arrivedAt })
}

/** Each of these rows, its moments of change noted. */
export function incoming<Row extends { readonly updated_at: Date }>(
  merge: Merge,
  entity: SyncEntity,
  rows: readonly Row[] | undefined,
): readonly Row[] {
  for (const row of rows ?? []) noteNewest(merge.map, entity, row.updated_at)
  return rows ?? []
}

/** Whether the row that came changed after the one that is here: then it wins. */
export function isNewer(row: { readonly updated_at: Date }, stored: { readonly updatedAt: Date }): boolean {
  return row.updated_at > stored.updatedAt
}

/** The stamps of a row that came, for the row it becomes. */
export function stamps(row: { readonly created_at: Date; readonly updated_at: Date }): {
  readonly createdAt: Date
  readonly updatedAt: Date
} {
  return { createdAt: row.created_at, updatedAt: row.updated_at }
}
