import { Hash, Utils } from '@bsv/sdk'

/** 64 lower-case hex digits that depend on `text` alone: a made-up txid or block hash that is always the same one. */
export function hashOf(text: string): string {
  return Utils.toHex(Hash.sha256(text, 'utf8'))
}
