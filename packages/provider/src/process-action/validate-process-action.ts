import { isTxid } from '@txkeep/core'
import { parseRawTransaction, type RawTransaction } from '@txkeep/lifecycle'
import { checkBytes, checkList, checkObject } from '../check-shape.js'
import { checkNoNul } from '../check-text.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import type { StorageProcessActionArgs } from '../published/arguments.js'

/** A signed draft, as its caller hands it in. */
export interface SignedDraft {
  readonly reference: string
  readonly txid: string
  readonly rawTx: Uint8Array
  readonly raw: RawTransaction
  /** What it becomes: kept back, waiting for a task, or about to be posted. */
  readonly processing: 'nosend' | 'queued' | 'sending'
  readonly isNoSend: boolean
}

/**
 * The signed draft in these arguments, or undefined when they only send what is signed already.
 *
 * @throws {WERR_INVALID_PARAMETER} if something is missing, or the bytes are another transaction.
 */
export function validateProcessAction(args: StorageProcessActionArgs): SignedDraft | undefined {
  for (const txid of checkList('sendWith', checkObject('args', args).sendWith)) {
    if (!isTxid(txid)) throw new WERR_INVALID_PARAMETER('sendWith', 'txids of 64 lower-case hex digits')
  }
  if (!args.isNewTx) return undefined
  const { reference, txid, rawTx: bytes } = args
  if (reference === undefined) throw new WERR_INVALID_PARAMETER('reference', 'the reference of a draft')
  checkNoNul('reference', reference)
  if (!isTxid(txid)) throw new WERR_INVALID_PARAMETER('txid', 'a txid of 64 lower-case hex digits')
  const rawTx = checkBytes('rawTx', bytes)
  const raw = parseRawTransaction(rawTx)
  if (raw.txid !== txid) throw new WERR_INVALID_PARAMETER('txid', `the id of rawTx, ${raw.txid}`)
  return { reference, txid, rawTx, raw, ...fateOf(args) }
}

/** Sent along with others it is not kept back, whatever the option says. Source: docs/spec/wallet-storage.md §4.1, D2, D29. */
function fateOf({ isNoSend, isSendWith, isDelayed }: StorageProcessActionArgs): {
  processing: SignedDraft['processing']
  isNoSend: boolean
} {
  if (isNoSend && !isSendWith) return { processing: 'nosend', isNoSend: true }
  return { processing: isDelayed ? 'queued' : 'sending', isNoSend: false }
}
