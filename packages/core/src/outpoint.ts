/** One output of one transaction: lower-case hex `txid` and output index `vout`. */
export interface Outpoint {
  readonly txid: string
  readonly vout: number
}

/** `txid.vout`, the way the field writes an outpoint. */
export function formatOutpoint(outpoint: Outpoint): string {
  return `${outpoint.txid}.${outpoint.vout}`
}
