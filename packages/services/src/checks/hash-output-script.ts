import { Hash, Utils } from '@bsv/sdk'

/** What `getUtxoStatus` asks by: SHA-256 of a locking script as hex, in the order the hash has. */
export function hashOutputScript(lockingScript: Uint8Array): string {
  return Utils.toHex(Hash.sha256(lockingScript))
}

/** The same hash backwards, as explorers write it. */
export function reversedHash(hash: string): string {
  return Utils.toHex(Utils.toArray(hash, 'hex').reverse())
}
