import { Beef } from '@bsv/sdk'
import type { ActionRow, TransactionRow } from '@txkeep/core'
import { processingToLegacy } from '@txkeep/fsm'
import type { TableProvenTx, TableProvenTxReq, TableTransaction } from '../published/sync-rows.js'

/** An action and, once it is signed, its transaction. */
export interface ActionAndTransaction {
  readonly action: ActionRow
  readonly transaction: TransactionRow | undefined
}

/** The action as its user's published row. Its number is the action's, its moment of change the later of the two rows'. */
export function toTableTransaction({ action, transaction }: ActionAndTransaction): TableTransaction {
  const { transaction: status } = statusesOf({ action, transaction })
  return {
    created_at: action.createdAt,
    updated_at: changedAt({ action, transaction }),
    transactionId: action.actionId,
    userId: action.userId,
    status,
    reference: action.reference,
    isOutgoing: action.isOutgoing,
    satoshis: action.satoshisDelta,
    description: action.description ?? '',
    ...(action.version === null ? {} : { version: action.version }),
    ...(action.lockTime === null ? {} : { lockTime: action.lockTime }),
    ...(transaction === undefined ? {} : { txid: transaction.txid }),
    ...(transaction?.processing === 'confirmed' ? { provenTxId: provenTxId(transaction) } : {}),
    // A draft has no request that could carry it.
    ...(transaction === undefined ? { inputBEEF: beefBytes(action.draftInputBeef) } : {}),
  }
}

/** The proof of a confirmed transaction; undefined for any other. */
export function toTableProvenTx({ action, transaction }: ActionAndTransaction): TableProvenTx | undefined {
  if (transaction?.processing !== 'confirmed') return undefined
  const { txid, height, merkleIndex, merklePath, rawTx, merkleRoot, blockHash } = transaction
  if (height === null || merkleIndex === null || merklePath === null || rawTx === null) return undefined
  return {
    created_at: transaction.createdAt,
    updated_at: changedAt({ action, transaction }),
    provenTxId: provenTxId(transaction),
    txid,
    height,
    index: merkleIndex,
    merklePath: [...merklePath],
    rawTx: [...rawTx],
    blockHash: blockHash ?? '',
    merkleRoot: merkleRoot ?? '',
  }
}

/** The transaction as a published request; undefined for a draft, and where the bytes are lost. */
export function toTableProvenTxReq({ action, transaction }: ActionAndTransaction): TableProvenTxReq | undefined {
  if (transaction === undefined || transaction.rawTx === null) return undefined
  const { request } = processingToLegacy(transaction.processing, { aborted: false, isOutgoing: action.isOutgoing })
  if (request === undefined) return undefined
  const { processing, txid, batch, inputBeef } = transaction
  return {
    created_at: transaction.createdAt,
    updated_at: changedAt({ action, transaction }),
    provenTxReqId: transaction.legacyReqId ?? transaction.transactionId,
    status: request,
    attempts: transaction.attempts,
    notified: request === 'completed' || request === 'invalid' || request === 'doubleSpend',
    txid,
    history: '{}',
    notify: JSON.stringify({ transactionIds: [action.actionId] }),
    rawTx: [...transaction.rawTx],
    wasBroadcast: transaction.wasBroadcast,
    rebroadcastAttempts: transaction.rebroadcastCycles,
    ...(processing === 'confirmed' ? { provenTxId: provenTxId(transaction) } : {}),
    ...(batch === null ? {} : { batch }),
    inputBEEF: beefBytes(inputBeef),
  }
}

/** When the user's view of it changed last: a change of either row is one. */
export function changedAt({ action, transaction }: ActionAndTransaction): Date {
  if (transaction === undefined || transaction.updatedAt <= action.updatedAt) return action.updatedAt
  return transaction.updatedAt
}

function statusesOf({ action, transaction }: ActionAndTransaction): ReturnType<typeof processingToLegacy> {
  const { userAborted: aborted, isOutgoing } = action
  return processingToLegacy(transaction?.processing, { aborted, isOutgoing })
}

/** A published store cannot read ancestry that is absent (docs/spec/wallet-storage.md §13, D32), so that none is an empty BEEF. */
function beefBytes(beef: Uint8Array | null): number[] {
  return beef === null ? new Beef().toBinary() : [...beef]
}

/** The ancestry that came, or null where it holds nothing. */
export function beefOf(bytes: readonly number[] | undefined): Uint8Array | null {
  return bytes === undefined || bytes.length <= EMPTY_BEEF_BYTES ? null : Uint8Array.from(bytes)
}

/** Version, no proof, no transaction. */
const EMPTY_BEEF_BYTES = 6

/** Other stores' maps hold the number it had before the migration. */
function provenTxId({ legacyProvenId, transactionId }: TransactionRow): number {
  return legacyProvenId ?? transactionId
}
