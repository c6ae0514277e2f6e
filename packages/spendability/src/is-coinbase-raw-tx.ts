const INPUT_COUNT_AT = 4
const OUTPOINT_TXID_AT = 5
const TXID_BYTES = 32

/** Version, one input with an empty script, one output with an empty script, lock time: nothing shorter is a transaction. */
const SHORTEST_TRANSACTION_BYTES = 60

/**
 * Whether raw transaction bytes are a coinbase: one input, and its outpoint's txid is all zeros. Reads nothing else, so bytes
 * that are no transaction at all are simply false. Source: docs/spec/lifecycle.md §4.
 */
export function isCoinbaseRawTx(rawTx: Uint8Array): boolean {
  if (rawTx.length < SHORTEST_TRANSACTION_BYTES || rawTx[INPUT_COUNT_AT] !== 1) return false
  return rawTx.subarray(OUTPOINT_TXID_AT, OUTPOINT_TXID_AT + TXID_BYTES).every((byte) => byte === 0)
}
