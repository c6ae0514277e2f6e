import { hash } from 'node:crypto'

/** What the first hash gave. Digests travel as text, a character a byte: a buffer from there costs twice the hash. */
const first = Buffer.alloc(32)

/** The double SHA-256 of the network, in its internal byte order. */
export function doubleHash(bytes: Uint8Array): Buffer {
  first.write(hash('sha256', bytes, 'binary'), 'latin1')
  return Buffer.from(hash('sha256', first, 'binary'), 'latin1')
}
