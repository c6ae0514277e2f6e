import { NotFoundError, checkSatoshisDelta, type ActionRow } from '@txkeep/core'
import type { Unit } from './unit.js'

/**
 * The action, with `deltaSatoshis` added to what it did to the user's balance. Concurrent callers both count.
 *
 * @throws {NotFoundError} if there is no such action.
 */
export async function updateActionSatoshisDelta(
  unit: Unit,
  actionId: number,
  deltaSatoshis: number,
): Promise<ActionRow> {
  checkSatoshisDelta('deltaSatoshis', deltaSatoshis)
  const action = await unit.tx.actions.addSatoshisDelta(actionId, deltaSatoshis)
  if (action === undefined) throw new NotFoundError('action', actionId)
  checkSatoshisDelta('satoshisDelta', action.satoshisDelta)
  return action
}
