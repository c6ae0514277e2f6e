import { varInt } from './raw-transaction.js'

const BEEF_VERSION_1 = Buffer.from([0x01, 0x00, 0xbe, 0xef])
const HAS_PATH = Buffer.from([1])

/** A BEEF of mined transactions, each with its own merkle path. */
export function beefOfMined(transactions: readonly { bytes: Buffer; merklePath: Buffer }[]): Buffer {
  return Buffer.concat([
    BEEF_VERSION_1,
    varInt(transactions.length),
    ...transactions.map(({ merklePath }) => merklePath),
    varInt(transactions.length),
    ...transactions.flatMap(({ bytes }, index) => [bytes, HAS_PATH, varInt(index)]),
  ])
}
