import { TxkeepError } from './txkeep-error.js'

/** A merkle path that does not prove what it was handed in for. Nothing was changed. */
export class InvalidProofError extends TxkeepError {
  readonly code = 'INVALID_PROOF'
  readonly txid: string

  constructor(txid: string, reason: string, options?: { cause?: unknown }) {
    super(`The merkle path for ${txid} proves nothing: ${reason}. Ask another provider for a path.`, options)
    this.txid = txid
  }
}
