import { Beef, Validation, type InternalizeActionArgs, type InternalizeOutput } from '@bsv/sdk'
import { InvalidParameterError, wholeBeef } from '@txkeep/core'
import { checkRawTransaction, type RawTransaction } from '@txkeep/lifecycle'
import { checkBytes, checkList, checkObject, checkTexts } from '../check-shape.js'
import { checkNoNul } from '../check-text.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import { isP2pkh } from '../outputs/is-p2pkh.js'

/** A transaction somebody handed to the user, and what she takes of it. Nothing is proven yet. */
export interface ReceivedTransaction {
  readonly txid: string
  readonly rawTx: Uint8Array
  readonly raw: RawTransaction
  /** All that came, also what has nothing to do with the transaction. */
  readonly beef: Beef
  readonly outputs: readonly ReceivedOutput[]
  readonly description: string
  readonly labels: readonly string[]
}

export interface ReceivedOutput {
  readonly vout: number
  readonly satoshis: number
  readonly lockingScript: Uint8Array
  /** A payment to the wallet, which becomes change; or a coin for a basket. */
  readonly remittance:
    | {
        readonly kind: 'payment'
        readonly derivationPrefix: string
        readonly derivationSuffix: string
        readonly senderIdentityKey: string
      }
    | {
        readonly kind: 'insertion'
        readonly basket: string
        readonly customInstructions: string | undefined
        readonly tags: readonly string[]
      }
}

/**
 * What the caller received, read and normalised as the published wallet does, whoever calls.
 *
 * @throws {WERR_INVALID_PARAMETER} if an argument is none, `tx` is no AtomicBEEF, or an output is not in it.
 */
export function validateInternalizeAction(args: InternalizeActionArgs): ReceivedTransaction {
  checkShape(args)
  const { tx, outputs, description, labels } = Validation.validateInternalizeActionArgs(args)
  const beef = Beef.fromBinary(tx)
  const { atomicTxid: txid } = beef
  if (txid === undefined) throw new WERR_INVALID_PARAMETER('tx', 'an AtomicBEEF (BRC-95), which names its transaction')
  const rawTx = beef.findTxid(txid)?.rawTxUint8Array
  if (rawTx === undefined) throw new WERR_INVALID_PARAMETER('tx', `an AtomicBEEF that contains its transaction ${txid}`)
  const raw = readRaw(rawTx, txid)
  const vouts = new Set(outputs.map(({ outputIndex }) => outputIndex))
  if (vouts.size < outputs.length) throw new WERR_INVALID_PARAMETER('outputs', 'of different outputIndex')
  return {
    txid,
    rawTx,
    raw,
    beef,
    description,
    labels,
    outputs: outputs.map((output) => readOutput(output, rawTx, raw)),
  }
}

function readRaw(rawTx: Uint8Array, txid: string): RawTransaction {
  try {
    return checkRawTransaction(rawTx, txid)
  } catch (error) {
    if (!(error instanceof InvalidParameterError)) throw error
    throw new WERR_INVALID_PARAMETER('tx', `an AtomicBEEF of a transaction. ${error.message}`, { cause: error })
  }
}

function readOutput(output: InternalizeOutput, rawTx: Uint8Array, raw: RawTransaction): ReceivedOutput {
  const { outputIndex: vout, paymentRemittance, insertionRemittance } = output
  const place = raw.outputs[vout]
  if (place === undefined) {
    throw new WERR_INVALID_PARAMETER('outputIndex', `below ${raw.outputs.length}, the outputs of ${raw.txid}`)
  }
  const { satoshis, scriptOffset, scriptLength } = place
  const lockingScript = rawTx.slice(scriptOffset, scriptOffset + scriptLength)
  if (output.protocol === 'wallet payment') {
    if (paymentRemittance === undefined || insertionRemittance !== undefined)
      throw mismatched(vout, 'paymentRemittance')
    if (!/^0[23][0-9a-f]{64}$/i.test(paymentRemittance.senderIdentityKey)) {
      throw new WERR_INVALID_PARAMETER('senderIdentityKey', 'a compressed public key in hex')
    }
    if (!isP2pkh(lockingScript)) {
      throw new WERR_INVALID_PARAMETER('paymentRemittance', `of a P2PKH output (BRC-29). Output ${vout} is none`)
    }
    return { vout, satoshis, lockingScript, remittance: { kind: 'payment', ...paymentRemittance } }
  }
  if (insertionRemittance === undefined || paymentRemittance !== undefined)
    throw mismatched(vout, 'insertionRemittance')
  const { basket, customInstructions, tags = [] } = insertionRemittance
  return { vout, satoshis, lockingScript, remittance: { kind: 'insertion', basket, customInstructions, tags } }
}

function mismatched(vout: number, remittance: string): WERR_INVALID_PARAMETER {
  return new WERR_INVALID_PARAMETER(remittance, `given, and no other, as the protocol of output ${vout} wants it`)
}

/** Types end where a remote caller begins. */
function checkShape(args: InternalizeActionArgs): void {
  const { tx, outputs, description, labels } = checkObject('args', args)
  wholeBeef(checkBytes('tx', tx), 'tx')
  checkNoNul('description', description)
  checkTexts('labels', labels)
  for (const output of checkList('outputs', outputs)) {
    const { paymentRemittance, insertionRemittance } = checkObject('outputs', output)
    if (paymentRemittance !== undefined) {
      const { derivationPrefix, derivationSuffix, senderIdentityKey } = checkObject(
        'paymentRemittance',
        paymentRemittance,
      )
      checkTexts('paymentRemittance', [derivationPrefix, derivationSuffix, senderIdentityKey])
    }
    if (insertionRemittance !== undefined) {
      const { basket, customInstructions, tags } = checkObject('insertionRemittance', insertionRemittance)
      checkNoNul('basket', basket)
      if (customInstructions !== undefined) checkNoNul('customInstructions', customInstructions)
      checkTexts('tags', tags)
    }
  }
}
