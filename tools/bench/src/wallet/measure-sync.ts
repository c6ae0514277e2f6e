import type { sdk } from '@bsv/wallet-toolbox'
import { SYNC_ENTITIES } from '@txkeep/core'
import type { Comparisons } from './comparison.js'
import { NOTHING, plus, type Cost } from './stopwatch.js'
import type { WalletSide } from './wallet-side.js'

/** Brings a whole wallet to a new store of the same kind, chunk by chunk, as the published manager asks for them. */
export async function measureSync(from: WalletSide, to: WalletSide, into: Comparisons): Promise<void> {
  const source = await from.storage.makeAvailable()
  const target = await to.storage.makeAvailable()
  let reading: Cost = NOTHING
  let writing: Cost = NOTHING
  for (;;) {
    const { syncState } = await to.storage.findOrInsertSyncStateAuth(
      to.auth,
      source.storageIdentityKey,
      source.storageName,
    )
    const args = chunkRequest(syncState, source, target, from)
    const chunk = await from.storage.getSyncChunk(args)
    reading = plus(reading, from.take().get('getSyncChunk') ?? NOTHING)
    const { done } = await to.storage.processSyncChunk(args, chunk)
    writing = plus(writing, to.take().get('processSyncChunk') ?? NOTHING)
    if (done) break
  }
  into.add('sync of the whole wallet: getSyncChunk', from.name, reading)
  into.add('sync of the whole wallet: processSyncChunk', from.name, writing)
}

function chunkRequest(
  { syncMap, when }: { readonly syncMap: string; readonly when?: Date },
  source: { readonly storageIdentityKey: string },
  target: { readonly storageIdentityKey: string },
  { auth }: WalletSide,
): sdk.RequestSyncChunkArgs {
  const counts = JSON.parse(syncMap) as Record<string, { readonly entityName: string; readonly count: number }>
  return {
    identityKey: auth.identityKey,
    maxRoughSize: 10_000_000,
    maxItems: 1000,
    offsets: SYNC_ENTITIES.map((entity) => ({ name: entity, offset: counts[entity]?.count ?? 0 })),
    ...(when === undefined ? {} : { since: when }),
    fromStorageIdentityKey: source.storageIdentityKey,
    toStorageIdentityKey: target.storageIdentityKey,
  }
}
