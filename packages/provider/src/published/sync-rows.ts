import type { LegacyRequestStatus } from '@txkeep/core'
import type {
  TableCertificate,
  TableCertificateField,
  TableOutput,
  TableOutputBasket,
  TableUser,
  TransactionStatus,
} from './rows.js'

/** Rows that only travel between stores. The field names are those of the published tables. */

interface Stamped {
  created_at: Date
  updated_at: Date
}

export interface TableProvenTx extends Stamped {
  provenTxId: number
  txid: string
  height: number
  index: number
  /** BUMP bytes (BRC-74). */
  merklePath: number[]
  rawTx: number[]
  blockHash: string
  merkleRoot: string
}

export interface TableProvenTxReq extends Stamped {
  provenTxReqId: number
  provenTxId?: number
  status: LegacyRequestStatus
  attempts: number
  notified: boolean
  txid: string
  batch?: string
  /** JSON text. */
  history: string
  /** JSON text. */
  notify: string
  rawTx: number[]
  inputBEEF?: number[]
  wasBroadcast?: boolean
  rebroadcastAttempts?: number
}

/** A user's view of a transaction: our action. */
export interface TableTransaction extends Stamped {
  transactionId: number
  userId: number
  provenTxId?: number
  status: TransactionStatus
  reference: string
  isOutgoing: boolean
  satoshis: number
  description: string
  version?: number
  lockTime?: number
  txid?: string
  inputBEEF?: number[]
  rawTx?: number[]
}

export interface TableTxLabel extends Stamped {
  txLabelId: number
  userId: number
  label: string
  isDeleted: boolean
}

export interface TableTxLabelMap extends Stamped {
  txLabelId: number
  transactionId: number
  isDeleted: boolean
}

export interface TableOutputTag extends Stamped {
  outputTagId: number
  userId: number
  tag: string
  isDeleted: boolean
}

export interface TableOutputTagMap extends Stamped {
  outputTagId: number
  outputId: number
  isDeleted: boolean
}

export interface TableCommission extends Stamped {
  commissionId: number
  userId: number
  transactionId: number
  satoshis: number
  keyOffset: string
  isRedeemed: boolean
  lockingScript: number[]
}

export type SyncStatus = 'success' | 'error' | 'identified' | 'updated' | 'unknown'

export interface TableSyncState extends Stamped {
  syncStateId: number
  userId: number
  storageIdentityKey: string
  storageName: string
  status: SyncStatus
  init: boolean
  refNum: string
  /** JSON text: entity to its id map, newest timestamp and count. */
  syncMap: string
  when?: Date
  satoshis?: number
  errorLocal?: string
  errorOther?: string
}

/** What one store asks of another. */
export interface RequestSyncChunkArgs {
  fromStorageIdentityKey: string
  toStorageIdentityKey: string
  identityKey: string
  /** Rows changed at or after this. Left out: every row. */
  since?: Date
  /** In characters of JSON. The item that crosses it is the last. */
  maxRoughSize: number
  maxItems: number
  /** How many rows of each entity to leave out, in the order entities travel. */
  offsets: { name: string; offset: number }[]
}

/** Rows of one user; an entity the limits kept out is undefined, one without any more rows is empty. */
export interface SyncChunk {
  fromStorageIdentityKey: string
  toStorageIdentityKey: string
  userIdentityKey: string
  user?: TableUser
  provenTxs?: TableProvenTx[]
  provenTxReqs?: TableProvenTxReq[]
  outputBaskets?: TableOutputBasket[]
  txLabels?: TableTxLabel[]
  outputTags?: TableOutputTag[]
  transactions?: TableTransaction[]
  txLabelMaps?: TableTxLabelMap[]
  commissions?: TableCommission[]
  outputs?: TableOutput[]
  outputTagMaps?: TableOutputTagMap[]
  certificates?: TableCertificate[]
  certificateFields?: TableCertificateField[]
}

export interface ProcessSyncChunkResult {
  /** Nothing is left: the chunk named every entity and held no row. */
  done: boolean
  maxUpdated_at: Date | undefined
  updates: number
  inserts: number
}
