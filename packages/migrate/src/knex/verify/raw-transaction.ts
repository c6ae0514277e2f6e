import { ByteReader } from './byte-reader.js'
import { doubleHash } from './double-hash.js'

/** What a check needs of a raw transaction: where its coins come from and where its scripts lie. */
export interface RawTransaction {
  readonly inputs: readonly RawInput[]
  readonly outputs: readonly RawOutput[]
}

export interface RawInput {
  /** 64 lower-case hex digits. */
  readonly txid: string
  readonly vout: number
}

export interface RawOutput {
  readonly satoshis: bigint
  /** Byte position of the locking script inside the raw transaction. */
  readonly scriptOffset: number
  readonly scriptLength: number
}

const NO_TXID = '0'.repeat(64)

/** The txid of these bytes: the double SHA-256, byte order reversed, as lower-case hex. */
export function hashRawTransaction(raw: Uint8Array): string {
  return doubleHash(raw).reverse().toString('hex')
}

/** The inputs and outputs of `raw`, or undefined when the bytes are no transaction from the first to the last. */
export function parseRawTransaction(raw: Uint8Array): RawTransaction | undefined {
  const reader = new ByteReader(raw)
  try {
    reader.skip(4)
    const inputs: RawInput[] = []
    for (let count = reader.readVarInt(); count > 0; count--) {
      inputs.push({ txid: reader.readHash(), vout: reader.readUInt32() })
      reader.skip(reader.readVarInt() + 4)
    }
    const outputs: RawOutput[] = []
    for (let count = reader.readVarInt(); count > 0; count--) {
      const satoshis = reader.readUInt64()
      const scriptLength = reader.readVarInt()
      outputs.push({ satoshis, scriptOffset: reader.position, scriptLength })
      reader.skip(scriptLength)
    }
    reader.skip(4)
    return reader.atEnd ? { inputs, outputs } : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Whether the transaction makes new coins: one input, of no transaction. */
export function isCoinbaseTransaction(transaction: RawTransaction): boolean {
  return transaction.inputs.length === 1 && transaction.inputs[0]?.txid === NO_TXID
}
