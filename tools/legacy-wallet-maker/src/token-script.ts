import type { SeededRandom } from './seeded-random.js'

/** `<12 bytes of data> OP_2DROP OP_1`: a script of no standard kind, that anybody can spend. */
export function tokenScript(random: SeededRandom): Uint8Array {
  return Uint8Array.from([0x0c, ...random.bytes(12), 0x6d, 0x51])
}

/** What unlocks a token: one push below the data. Hex. */
export const TOKEN_UNLOCK = '51'
