import { KeyDeriver, PrivateKey, Utils } from '@bsv/sdk'
import type { SeededRandom } from '../seeded-random.js'
import { ScriptTemplateBRC29 } from '../toolbox.js'

/** A derivation of change that really belongs to its user, so that the published wallet can spend what it locks. */
export interface ChangeKey {
  derivationPrefix: string
  derivationSuffix: string
  lockingScript: Uint8Array
}

/** A coin of the bulk database that its user may still spend. */
export interface BulkCoin {
  outputId: number
  txid: string
  vout: number
  satoshis: number
}

export interface BulkUser {
  userId: number
  identityKey: string
  rootKeyHex: string
  /** Few, used over and over: deriving one costs a millisecond, and there are hundreds of thousands of outputs. */
  changeKeys: ChangeKey[]
  /** Mined and unspent, oldest first from `firstCoin` on. */
  coins: BulkCoin[]
  firstCoin: number
  baskets: { default: number; others: number[] }
  labels: number[]
  tags: number[]
}

const CHANGE_KEYS = 32

/** A user with keys, and no rows yet. */
export function bulkUser(userId: number, rootKeyHex: string, random: SeededRandom): BulkUser {
  const rootKey = PrivateKey.fromHex(rootKeyHex)
  const keyDeriver = new KeyDeriver(rootKey)
  const { identityKey } = keyDeriver
  const changeKeys = Array.from({ length: CHANGE_KEYS }, () => {
    const derivationPrefix = Utils.toBase64([...random.bytes(16)])
    const derivationSuffix = Utils.toBase64([...random.bytes(16)])
    const template = new ScriptTemplateBRC29({ derivationPrefix, derivationSuffix, keyDeriver })
    return {
      derivationPrefix,
      derivationSuffix,
      lockingScript: Uint8Array.from(template.lock(rootKeyHex, identityKey).toBinary()),
    }
  })
  return {
    userId,
    identityKey,
    rootKeyHex,
    changeKeys,
    coins: [],
    firstCoin: 0,
    baskets: { default: 0, others: [] },
    labels: [],
    tags: [],
  }
}

/** The user's oldest coins, taken out of the unspent ones; empty when there are not that many. */
export function takeCoins(user: BulkUser, count: number): BulkCoin[] {
  if (user.coins.length - user.firstCoin < count) return []
  const taken = user.coins.slice(user.firstCoin, user.firstCoin + count)
  user.firstCoin += count
  return taken
}
