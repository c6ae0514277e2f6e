/**
 * Rows as callers of the published interface see them: `Date` timestamps, binaries as `number[]`, absent values left out.
 * The field names are those of the published tables.
 */

interface Stamped {
  created_at: Date
  updated_at: Date
}

export type Chain = 'main' | 'test' | 'teratest' | 'mock'

export interface TableSettings extends Stamped {
  storageIdentityKey: string
  storageName: string
  chain: Chain
  dbtype: 'SQLite' | 'MySQL' | 'IndexedDB'
  /** In bytes. */
  maxOutputScript: number
}

export interface TableUser extends Stamped {
  userId: number
  identityKey: string
  activeStorage: string
}

export interface TableOutputBasket extends Stamped {
  basketId: number
  userId: number
  name: string
  numberOfDesiredUTXOs: number
  minimumDesiredUTXOValue: number
  isDeleted: boolean
}

export interface TableCertificate extends Stamped {
  certificateId: number
  userId: number
  type: string
  serialNumber: string
  certifier: string
  subject: string
  verifier?: string
  revocationOutpoint: string
  signature: string
  isDeleted: boolean
}

export interface TableCertificateField extends Stamped {
  userId: number
  certificateId: number
  fieldName: string
  fieldValue: string
  masterKey: string
}

export interface TableCertificateX extends TableCertificate {
  fields?: TableCertificateField[]
}

export type StorageProvidedBy = 'you' | 'storage' | 'you-and-storage'

export interface TableOutput extends Stamped {
  outputId: number
  userId: number
  /** The action that made it. */
  transactionId: number
  basketId?: number
  spendable: boolean
  change: boolean
  outputDescription: string
  vout: number
  satoshis: number
  providedBy: StorageProvidedBy
  purpose: string
  type: string
  txid?: string
  senderIdentityKey?: string
  derivationPrefix?: string
  derivationSuffix?: string
  customInstructions?: string
  /** The action that spends it. */
  spentBy?: number
  sequenceNumber?: number
  spendingDescription?: string
  scriptLength?: number
  scriptOffset?: number
  lockingScript?: number[]
}

export type TransactionStatus =
  'completed' | 'failed' | 'unprocessed' | 'sending' | 'unproven' | 'unsigned' | 'nosend' | 'nonfinal' | 'unfail'
