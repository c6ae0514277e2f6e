import type { StoreReader, SyncStateRow } from '@txkeep/core'
import { authorize } from '../auth.js'
import { checkNoNul } from '../check-text.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'
import type { SyncStatus, TableSyncState } from '../published/sync-rows.js'
import { randomBase64 } from '../random.js'
import { newSyncMap } from './sync-map.js'

/** How far the caller's rows of another store have come here, found or new. A store that was renamed stays the same one. */
export async function findOrInsertSyncState(
  context: ProviderContext,
  auth: AuthId,
  storageIdentityKey: string,
  storageName: string,
): Promise<{ syncState: TableSyncState; isNew: boolean }> {
  checkNoNul('storageIdentityKey', storageIdentityKey)
  checkNoNul('storageName', storageName)
  return context.store.write(async (tx) => {
    const { userId } = await authorize(tx, auth)
    const known = await findSyncState(tx, userId, storageIdentityKey)
    if (known !== undefined) {
      if (known.storageName !== storageName) await tx.syncStates.update(known, { storageName })
      return { syncState: toTableSyncState({ ...known, storageName }), isNew: false }
    }
    const row = await tx.syncStates.insert({
      userId,
      storageIdentityKey,
      storageName,
      status: 'unknown',
      init: false,
      refNum: randomBase64(context.random, REF_NUM_BYTES),
      syncMap: JSON.stringify(newSyncMap()),
      when: null,
      satoshis: null,
      errorLocal: null,
      errorOther: null,
    })
    return { syncState: toTableSyncState(row), isNew: true }
  })
}

/** The state of this user and store: of several, which a rename left in the published toolbox, the one that came furthest. */
export async function findSyncState(
  tx: Pick<StoreReader, 'syncStates'>,
  userId: number,
  storageIdentityKey: string,
): Promise<SyncStateRow | undefined> {
  const states = await tx.syncStates.find({ userId, storageIdentityKey })
  return states.reduce<SyncStateRow | undefined>((furthest, state) => {
    return furthest === undefined || (state.when?.getTime() ?? 0) > (furthest.when?.getTime() ?? 0) ? state : furthest
  }, undefined)
}

const REF_NUM_BYTES = 12

function toTableSyncState(row: SyncStateRow): TableSyncState {
  const { createdAt, updatedAt, status, when, satoshis, errorLocal, errorOther, ...columns } = row
  return {
    created_at: createdAt,
    updated_at: updatedAt,
    ...columns,
    status: status as SyncStatus,
    ...(when === null ? {} : { when }),
    ...(satoshis === null ? {} : { satoshis }),
    ...(errorLocal === null ? {} : { errorLocal }),
    ...(errorOther === null ? {} : { errorOther }),
  }
}
