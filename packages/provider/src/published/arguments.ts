import type { Validation } from '@bsv/sdk'
import type { TableProvenTxReq } from './sync-rows.js'
import type { StorageProvidedBy, TableCertificate, TableOutput, TableOutputBasket, TransactionStatus } from './rows.js'

/** Who calls. The manager fills in `userId` and `isActive`. */
export interface AuthId {
  identityKey: string
  userId?: number
  isActive?: boolean
}

export interface FindSincePagedArgs {
  /** Rows changed at or after this. */
  since?: Date
  paged?: { limit: number; offset?: number }
  orderDescending?: boolean
}

export interface FindCertificatesArgs extends FindSincePagedArgs {
  partial: Partial<TableCertificate>
  certifiers?: string[]
  types?: string[]
  includeFields?: boolean
}

export interface FindOutputBasketsArgs extends FindSincePagedArgs {
  partial: Partial<TableOutputBasket>
}

export interface FindOutputsArgs extends FindSincePagedArgs {
  partial: Partial<TableOutput>
  noScript?: boolean
  txStatus?: TransactionStatus[]
}

export interface FindProvenTxReqsArgs extends FindSincePagedArgs {
  partial: Partial<TableProvenTxReq>
  status?: string[]
  txids?: string[]
}

export interface StorageCreateTransactionSdkInput {
  vin: number
  sourceTxid: string
  sourceVout: number
  sourceSatoshis: number
  /** Hex. */
  sourceLockingScript: string
  sourceTransaction?: number[]
  unlockingScriptLength: number
  providedBy: StorageProvidedBy
  type: string
  spendingDescription?: string
  derivationPrefix?: string
  derivationSuffix?: string
  senderIdentityKey?: string
}

export interface StorageCreateTransactionSdkOutput extends Validation.ValidCreateActionOutput {
  vout: number
  providedBy: StorageProvidedBy
  purpose?: string
  derivationSuffix?: string
}

export interface StorageCreateActionResult {
  inputBeef?: number[]
  inputs: StorageCreateTransactionSdkInput[]
  outputs: StorageCreateTransactionSdkOutput[]
  noSendChangeOutputVouts?: number[]
  derivationPrefix: string
  version: number
  lockTime: number
  reference: string
}

export interface StorageProcessActionArgs {
  isNewTx: boolean
  isSendWith: boolean
  isNoSend: boolean
  isDelayed: boolean
  reference?: string
  txid?: string
  rawTx?: number[]
  sendWith: string[]
}

export interface SendWithResult {
  txid: string
  status: 'unproven' | 'sending' | 'failed'
}

export interface ReviewActionResult {
  txid: string
  status: 'success' | 'doubleSpend' | 'serviceError' | 'invalidTx'
  competingTxs?: string[]
  competingBeef?: number[]
}

export interface StorageProcessActionResults {
  sendWithResults?: SendWithResult[]
  notDelayedResults?: ReviewActionResult[]
  log?: string
}

export interface StorageInternalizeActionResult {
  accepted: true
  /** The user had an action of the transaction already. */
  isMerge: boolean
  txid: string
  /** What it adds to the user's change. */
  satoshis: number
  /** Only while the network has not accepted it. */
  sendWithResults?: SendWithResult[]
  notDelayedResults?: ReviewActionResult[]
}

/** Satoshis per 1000 bytes; nothing else is known. */
export interface StorageFeeModel {
  model: 'sat/kb'
  /** Default 1. */
  value?: number
}
