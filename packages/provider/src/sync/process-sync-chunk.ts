import { SYNC_ENTITIES, type StoreWriter, type SyncStateRow, type UserRow } from '@txkeep/core'
import { WERR_BAD_REQUEST, WERR_INTERNAL } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import type { ProcessSyncChunkResult, RequestSyncChunkArgs, SyncChunk } from '../published/sync-rows.js'
import { checkChunk } from './check-chunk.js'
import { checkChunkRequest } from './check-chunk-request.js'
import { CHUNK_KEYS } from './chunk-keys.js'
import { findSyncState } from './find-or-insert-sync-state.js'
import { mergeCertificates } from './merge/merge-certificates.js'
import { mergeCommissions } from './merge/merge-commissions.js'
import { mergeMaps } from './merge/merge-maps.js'
import { mergeNames } from './merge/merge-names.js'
import { mergeOutputs } from './merge/merge-outputs.js'
import { mergeProven } from './merge/merge-proven.js'
import { mergeRequests } from './merge/merge-requests.js'
import { mergeTransactions } from './merge/merge-transactions.js'
import type { Merge } from './merge/merge.js'
import { settleTouched } from './merge/settle-touched.js'
import { readSyncMap, type SyncMap } from './sync-map.js'
import { verifyChunkProofs } from './verify-chunk-proofs.js'

/**
 * What came of merging another store's rows into this one, whole or not at all. Repeating a chunk changes nothing.
 *
 * @throws {WERR_INTERNAL} if the user is not here, or a row names one that was never sent.
 * @throws {WERR_BAD_REQUEST} if there is no sync state of that store.
 * @throws {WERR_INVALID_PARAMETER} if a value is none a column can hold.
 */
export async function processSyncChunk(
  context: ProviderContext,
  args: RequestSyncChunkArgs,
  given: SyncChunk,
): Promise<ProcessSyncChunkResult> {
  const { identityKey, fromStorageIdentityKey } = checkChunkRequest(args)
  const chunk = checkChunk(given, identityKey)
  const proofs = await verifyChunkProofs(context, chunk)
  return context.service.as(`sync:${fromStorageIdentityKey}`).unit(async (service, tx) => {
    const user = await userOf(tx, identityKey)
    const state = await stateOf(tx, user, fromStorageIdentityKey)
    const map = readSyncMap(state.syncMap)
    const merge: Merge = {
      tx,
      service,
      userId: user.userId,
      from: fromStorageIdentityKey,
      map,
      proofs,
      requests: new Map(chunk.provenTxReqs?.map((row) => [row.txid.toLowerCase(), row])),
      touched: new Set(),
      arrivedAt: latest([context.clock.now(), state.when, newestOf(map), ...momentsOf(chunk)]),
      counts: { inserts: 0, updates: 0 },
    }
    await mergeUser(merge, user, chunk)
    // In the order rows travel: each after those it names.
    await mergeProven(merge, chunk)
    await mergeNames(merge, chunk)
    await mergeTransactions(merge, chunk)
    await mergeOutputs(merge, chunk)
    await mergeMaps(merge, chunk)
    await mergeCertificates(merge, chunk)
    await mergeCommissions(merge, chunk)
    await mergeRequests(merge, chunk)
    await settleTouched(merge)

    const done = SYNC_ENTITIES.every((entity) => chunk[CHUNK_KEYS[entity]]?.length === 0)
    for (const entity of SYNC_ENTITIES) {
      map[entity].count = done ? 0 : map[entity].count + (chunk[CHUNK_KEYS[entity]]?.length ?? 0)
    }
    await tx.syncStates.update(state, {
      syncMap: JSON.stringify(map),
      status: done ? 'success' : 'updated',
      init: true,
      ...(done ? { when: newestOf(map) ?? state.when } : {}),
    })
    return { done, maxUpdated_at: newestOf(map), ...merge.counts }
  })
}

async function userOf(tx: StoreWriter, identityKey: string): Promise<UserRow> {
  const [user] = await tx.users.find({ identityKey }, { limit: 1 })
  if (user !== undefined) return user
  throw new WERR_INTERNAL(`The user ${identityKey} is not in this store. Call findOrInsertUser first.`)
}

async function stateOf(tx: StoreWriter, { userId }: UserRow, storageIdentityKey: string): Promise<SyncStateRow> {
  const state = await findSyncState(tx, userId, storageIdentityKey)
  if (state !== undefined) return state
  throw new WERR_BAD_REQUEST(
    `Nothing was ever synced from the store ${storageIdentityKey}. Call findOrInsertSyncStateAuth first.`,
  )
}

/** Which store is the active one travels with the user; the newer word wins. */
async function mergeUser(merge: Merge, { userId, updatedAt }: UserRow, { user }: SyncChunk): Promise<void> {
  if (user === undefined || user.updated_at <= updatedAt) return
  const { activeStorage, updated_at } = user
  await merge.tx.users.update({ userId }, { activeStorage, updatedAt: updated_at })
  merge.counts.updates += 1
}

function newestOf(map: SyncMap): Date | undefined {
  const moments = SYNC_ENTITIES.flatMap((entity) => map[entity].maxUpdated_at ?? [])
  return moments.length === 0 ? undefined : latest(moments)
}

function momentsOf(chunk: SyncChunk): Date[] {
  return SYNC_ENTITIES.flatMap((entity) => (chunk[CHUNK_KEYS[entity]] ?? []).map((row) => row.updated_at))
}

function latest(moments: readonly (Date | null | undefined)[]): Date {
  let time = 0
  for (const moment of moments) time = Math.max(time, moment?.getTime() ?? 0)
  return new Date(time)
}
