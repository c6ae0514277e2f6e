import type { SettingsRow, Store } from '@txkeep/core'
import { WERR_INVALID_OPERATION } from '../errors/werr.js'

/**
 * The one settings row of the store.
 *
 * @throws {WERR_INVALID_OPERATION} if `migrate` was never called.
 */
export async function readSettings(store: Store): Promise<SettingsRow> {
  const [row] = await store.read((tx) => tx.settings.find({}, { limit: 1 }))
  if (row === undefined) {
    throw new WERR_INVALID_OPERATION(
      'The store has no settings yet. Call migrate(storageName, storageIdentityKey) once when it is new.',
    )
  }
  return row
}
