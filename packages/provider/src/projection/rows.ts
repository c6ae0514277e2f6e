import type { CertificateFieldRow, CertificateRow, OutputBasketRow, OutputRow } from '@txkeep/core'
import type {
  StorageProvidedBy,
  TableCertificate,
  TableCertificateField,
  TableOutput,
  TableOutputBasket,
} from '../published/rows.js'

/** Rows of ours as the published interface shows them: absent values are left out, binaries are `number[]`. */

export function toTableBasket(row: OutputBasketRow): TableOutputBasket {
  const { createdAt, updatedAt, ...columns } = row
  return { created_at: createdAt, updated_at: updatedAt, ...columns }
}

export function toTableCertificate(row: CertificateRow): TableCertificate {
  const { createdAt, updatedAt, verifier, ...columns } = row
  return { created_at: createdAt, updated_at: updatedAt, ...columns, ...(verifier === null ? {} : { verifier }) }
}

export function toTableCertificateField(row: CertificateFieldRow): TableCertificateField {
  const { createdAt, updatedAt, ...columns } = row
  return { created_at: createdAt, updated_at: updatedAt, ...columns }
}

/**
 * An output as published: `transactionId` and `spentBy` are the actions, `spendable` says that nothing spends or withholds
 * it, whatever its transaction's status. Source: docs/spec/wallet-storage.md §11.9.
 *
 * @param lockingScript its script, where it is wanted and known.
 */
export function toTableOutput(row: OutputRow, lockingScript: Uint8Array | undefined): TableOutput {
  return {
    created_at: row.createdAt,
    updated_at: row.updatedAt,
    outputId: row.outputId,
    userId: row.userId,
    transactionId: row.actionId,
    spendable: row.spentByActionId === null && row.withheld === null,
    change: row.change,
    outputDescription: row.outputDescription ?? '',
    vout: row.vout,
    satoshis: row.satoshis,
    providedBy: row.providedBy as StorageProvidedBy,
    purpose: row.purpose,
    type: row.type,
    ...present({
      basketId: row.basketId,
      txid: row.txid,
      senderIdentityKey: row.senderIdentityKey,
      derivationPrefix: row.derivationPrefix,
      derivationSuffix: row.derivationSuffix,
      customInstructions: row.customInstructions,
      spentBy: row.spentByActionId,
      sequenceNumber: row.sequenceNumber,
      spendingDescription: row.spendingDescription,
      scriptLength: row.scriptLength,
      scriptOffset: row.scriptOffset,
    }),
    ...(lockingScript === undefined ? {} : { lockingScript: [...lockingScript] }),
  }
}

/** These columns without the null ones. */
function present<T extends object>(columns: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(columns).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
