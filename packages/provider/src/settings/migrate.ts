import { SCHEMA_VERSION } from '@txkeep/core'
import { checkNoNul } from '../check-text.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'

/** Longest locking script stored beside its output, in bytes. Source: docs/spec/wallet-storage.md §2. */
const MAX_OUTPUT_SCRIPT_BYTES = 1024

/**
 * The version of the schema, once the store has its one settings row. The tables are there already: whoever opened the store
 * made or checked them. A store keeps the name and identity it was made with. Repeating it changes nothing.
 */
export async function migrate(
  context: ProviderContext,
  storageName: string,
  storageIdentityKey: string,
): Promise<string> {
  if (typeof storageIdentityKey !== 'string' || storageIdentityKey.length === 0) {
    throw new WERR_INVALID_PARAMETER('storageIdentityKey', 'the identity key of this store, a public key in hex')
  }
  checkNoNul('storageName', storageName)
  checkNoNul('storageIdentityKey', storageIdentityKey)
  await context.store.write(async (tx) => {
    if ((await tx.settings.count({})) > 0) return
    await tx.settings.insertIfAbsent({
      storageIdentityKey,
      storageName,
      chain: context.newStoreChain,
      dbtype: context.store.engineName,
      maxOutputScript: MAX_OUTPUT_SCRIPT_BYTES,
    })
  })
  return `txkeep schema ${SCHEMA_VERSION}`
}
