import type { Faucet } from '../faucet.js'
import type { FaultyServices } from '../faulty-services.js'
import type { LegacyUser } from '../legacy-user.js'
import type { SeededRandom } from '../seeded-random.js'
import type { StorageKnex } from '../toolbox.js'

/** Everything one action needs: who acts, on which store, before which network. */
export interface ActionContext {
  user: LegacyUser
  /** Everybody in the same store, the acting user included. */
  users: readonly LegacyUser[]
  storage: StorageKnex
  services: FaultyServices
  faucet: Faucet
  random: SeededRandom
  /** Work that goes on while other actions happen; awaited before the wallet is closed. */
  background: Promise<unknown>[]
}

/** Does one thing a wallet does, and leaves its rows behind. */
export type WalletAction = (context: ActionContext) => Promise<void>
