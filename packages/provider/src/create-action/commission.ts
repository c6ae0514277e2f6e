import { BigNumber, Curve, Hash, P2PKH, PrivateKey, PublicKey } from '@bsv/sdk'
import { checkSatoshis } from '@txkeep/core'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import type { Commission } from '../provider-context.js'
import type { RandomBytes } from '../random.js'

export interface CommissionOutput {
  readonly satoshis: number
  readonly lockingScript: Uint8Array
  /** The secret the key was offset by, as WIF: with it the key's owner can spend the output. */
  readonly keyOffset: string
}

/**
 * Returns when there is something to pay and a key to pay it to.
 *
 * @throws {WERR_INVALID_PARAMETER} otherwise.
 */
export function checkCommission({ satoshis, publicKeyHex }: Commission): void {
  if (checkSatoshis('commission.satoshis', satoshis) < 1) {
    throw new WERR_INVALID_PARAMETER('commission.satoshis', 'at least 1. Leave the commission out to take none.')
  }
  try {
    PublicKey.fromString(publicKeyHex)
  } catch (error) {
    throw new WERR_INVALID_PARAMETER('commission.publicKeyHex', 'a compressed public key in hex', { cause: error })
  }
}

/**
 * A P2PKH output to the commission's key offset by a new secret, so that nobody can tell commissions by their address:
 * key + SHA-256(secret · key) · G, as the published storage does it.
 */
export function commissionOutput({ satoshis, publicKeyHex }: Commission, random: RandomBytes): CommissionOutput {
  const key = PublicKey.fromString(publicKeyHex)
  const secret = new PrivateKey([...random(32)])
  const hashed = new BigNumber(Hash.sha256(secret.deriveSharedSecret(key).encode(true)))
  const offset = new PublicKey(key.add(new Curve().g.mul(hashed)))
  const lockingScript = new P2PKH().lock(offset.toHash()).toUint8Array()
  return { satoshis, lockingScript, keyOffset: secret.toWif() }
}
