import { SYNC_ENTITIES } from '@txkeep/core'
import type { ProcessSyncChunkResult, RequestSyncChunkArgs, TxkeepStorageProvider } from '../../src/index.js'
import type { Stores } from './open-stores.js'

/** What the next chunk from one store to the other is asked with. */
export async function requestOf(
  { identityKey }: Pick<Stores, 'identityKey'>,
  from: TxkeepStorageProvider,
  to: TxkeepStorageProvider,
  maxItems = 1000,
): Promise<RequestSyncChunkArgs> {
  const { user } = await to.findOrInsertUser(identityKey)
  const { storageIdentityKey, storageName } = from.getSettings()
  const auth = { identityKey, userId: user.userId }
  const { syncState } = await to.findOrInsertSyncStateAuth(auth, storageIdentityKey, storageName)
  const map = JSON.parse(syncState.syncMap) as Record<string, { count: number }>
  return {
    fromStorageIdentityKey: storageIdentityKey,
    toStorageIdentityKey: to.getSettings().storageIdentityKey,
    identityKey,
    maxItems,
    maxRoughSize: 10_000_000,
    offsets: SYNC_ENTITIES.map((name) => ({ name, offset: map[name]!.count })),
    ...(syncState.when === undefined ? {} : { since: syncState.when }),
  }
}

/** Every chunk until the other store is done. */
export async function sync(
  stores: Pick<Stores, 'identityKey'>,
  from: TxkeepStorageProvider,
  to: TxkeepStorageProvider,
  maxItems?: number,
): Promise<Pick<ProcessSyncChunkResult, 'inserts' | 'updates'>> {
  const total = { inserts: 0, updates: 0 }
  for (;;) {
    const request = await requestOf(stores, from, to, maxItems)
    const result = await to.processSyncChunk(request, await from.getSyncChunk(request))
    total.inserts += result.inserts
    total.updates += result.updates
    if (result.done) return total
  }
}
