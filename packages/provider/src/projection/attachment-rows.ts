import type { CommissionRow, OutputTagMapRow, OutputTagRow, TxLabelMapRow, TxLabelRow } from '@txkeep/core'
import type {
  TableCommission,
  TableOutputTag,
  TableOutputTagMap,
  TableTxLabel,
  TableTxLabelMap,
} from '../published/sync-rows.js'

/** What hangs on actions and outputs, as published. */

export function toTableLabel({ createdAt, updatedAt, ...columns }: TxLabelRow): TableTxLabel {
  return { created_at: createdAt, updated_at: updatedAt, ...columns }
}

export function toTableLabelMap({ createdAt, updatedAt, actionId, ...columns }: TxLabelMapRow): TableTxLabelMap {
  return { created_at: createdAt, updated_at: updatedAt, transactionId: actionId, ...columns }
}

export function toTableTag({ createdAt, updatedAt, ...columns }: OutputTagRow): TableOutputTag {
  return { created_at: createdAt, updated_at: updatedAt, ...columns }
}

export function toTableTagMap({ createdAt, updatedAt, ...columns }: OutputTagMapRow): TableOutputTagMap {
  return { created_at: createdAt, updated_at: updatedAt, ...columns }
}

export function toTableCommission({ createdAt, updatedAt, actionId, ...row }: CommissionRow): TableCommission {
  const { lockingScript, ...columns } = row
  return {
    created_at: createdAt,
    updated_at: updatedAt,
    transactionId: actionId,
    ...columns,
    lockingScript: [...lockingScript],
  }
}
