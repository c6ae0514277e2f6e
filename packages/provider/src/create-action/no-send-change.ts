import type { Validation } from '@bsv/sdk'
import { formatOutpoint, type OutputRow, type StoreReader } from '@txkeep/core'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import { findNamedCoins } from './named-coins.js'
import { isPoolCoin } from './pool-coins.js'

/**
 * The change of earlier nosend actions that this one is to be paid from. Source: docs/spec/wallet-storage.md §3.2.
 *
 * @throws {WERR_INVALID_PARAMETER} if one is not the user's, no change of this storage, or not usable.
 */
export async function readNoSendChange(
  tx: StoreReader,
  userId: number,
  basketId: number,
  vargs: Validation.ValidCreateActionArgs,
): Promise<readonly OutputRow[]> {
  const { noSendChange } = vargs.options
  if (!vargs.isNoSend || noSendChange.length === 0) return []
  const named = await findNamedCoins(tx, userId, noSendChange)
  return noSendChange.map((outpoint) => {
    const coin = named.get(formatOutpoint(outpoint))
    const isAllowed =
      coin?.isUsable === true &&
      coin.output.providedBy === 'storage' &&
      coin.output.purpose === 'change' &&
      coin.output.basketId === basketId &&
      coin.output.satoshis > 0 &&
      isPoolCoin(coin.output)
    if (isAllowed) return coin.output
    throw new WERR_INVALID_PARAMETER(
      'noSendChange',
      `unspent change of this wallet. ${formatOutpoint(outpoint)} is not.`,
    )
  })
}
