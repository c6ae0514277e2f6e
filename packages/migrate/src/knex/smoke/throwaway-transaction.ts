import { createHash, randomBytes } from 'node:crypto'

/** A transaction nobody ever sent, with a path to the root of a block nobody ever mined. */
export interface ThrowawayTransaction {
  readonly txid: string
  readonly rawTx: Uint8Array
  /** BUMP bytes (BRC-74). */
  readonly merklePath: Uint8Array
  readonly merkleRoot: string
}

/** A sound transaction that spends a random outpoint, and its proof in a block of two transactions at `height`. */
export function makeThrowawayTransaction(height: number): ThrowawayTransaction {
  const rawTx = Buffer.concat([
    Buffer.from('0100000001', 'hex'),
    randomBytes(32),
    // Output 0 of it, no unlocking script, final; one output of 1 satoshi that anybody may spend.
    Buffer.from('00000000' + '00' + 'ffffffff' + '01' + '0100000000000000' + '0151' + '00000000', 'hex'),
  ])
  const hash = doubleHash(rawTx)
  const sibling = randomBytes(32)
  const merklePath = Buffer.concat([
    varInt(height),
    // One level with two leaves: a stranger's at 0, ours (flag 2) at 1.
    Buffer.from([1, 2, 0, 0]),
    sibling,
    Buffer.from([1, 2]),
    hash,
  ])
  return { txid: display(hash), rawTx, merklePath, merkleRoot: display(doubleHash(Buffer.concat([sibling, hash]))) }
}

function doubleHash(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(createHash('sha256').update(bytes).digest()).digest()
}

function display(hash: Buffer): string {
  return Buffer.from(hash).reverse().toString('hex')
}

function varInt(value: number): Buffer {
  if (value < 0xfd) return Buffer.from([value])
  const bytes = Buffer.alloc(5)
  bytes.writeUInt8(0xfe, 0)
  bytes.writeUInt32LE(value, 1)
  return bytes
}
