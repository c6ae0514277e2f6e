import type { NetworkServices } from '@txkeep/core'

/**
 * What broadcasting asks of the network. One value per provider, so that they are asked one after the other. With the
 * optional two, the merkle path of a competing transaction is checked; without them two providers must call it mined.
 */
export type BroadcastServices = Pick<NetworkServices, 'postBeef' | 'getStatusForTxids' | 'getRawTx'> &
  Partial<Pick<NetworkServices, 'getMerklePath' | 'isValidRootForHeight'>>
