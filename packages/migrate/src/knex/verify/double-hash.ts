import { hash } from 'node:crypto'

/** The double SHA-256 of the network, in its internal byte order. */
export function doubleHash(bytes: Uint8Array): Buffer {
  return hash('sha256', hash('sha256', bytes, 'buffer'), 'buffer')
}
