import { SYNC_ENTITIES, type StoreReader, type SyncEntity } from '@txkeep/core'
import { WERR_INTERNAL } from '../errors/werr.js'
import type { ProviderContext } from '../provider-context.js'
import type { RequestSyncChunkArgs, SyncChunk } from '../published/sync-rows.js'
import { toTableUser } from '../users/user-row.js'
import { CHUNK_KEYS } from './chunk-keys.js'
import { loadRows, readKey, type SyncRow } from './load-rows.js'
import { checkChunkRequest, type ChunkRequest } from './check-chunk-request.js'

/**
 * The next rows of a user another store has to be told of: all that changed, or came here by sync, at or after `since`, in the
 * order of `SYNC_ENTITIES`; within an entity arrivals first, then changes, each in order of their key.
 *
 * The published request names places by offset only, and no snapshot. Nothing is lost by it: no change moves a row to another place,
 * so none is passed over, and one that enters behind the place reached is sent by the next sync, which asks from the newest
 * moment this one saw, less `syncOverlapMs`, within which a sync has to be over. What comes twice changes nothing. The one exception:
 * a proof that a reorg takes back between two chunks moves those behind it forward by one; they come when they change again.
 *
 * @throws {WERR_INVALID_PARAMETER} if the offsets do not name every entity in its place.
 * @throws {WERR_INTERNAL} if there is no such user.
 */
export async function getSyncChunk(context: ProviderContext, args: RequestSyncChunkArgs): Promise<SyncChunk> {
  const request = checkChunkRequest(args)
  return context.store.read(async (tx) => {
    const [user] = await tx.users.find({ identityKey: request.identityKey }, { limit: 1 })
    if (user === undefined) {
      throw new WERR_INTERNAL(`The user ${request.identityKey} is not in this store. Call findOrInsertUser first.`)
    }
    const { fromStorageIdentityKey, toStorageIdentityKey, identityKey } = request
    const since = request.since && new Date(request.since.getTime() - context.syncOverlapMs)
    const chunk: SyncChunk = { fromStorageIdentityKey, toStorageIdentityKey, userIdentityKey: identityKey }
    if (since === undefined || user.updatedAt > since) chunk.user = toTableUser(user)
    const room = { items: request.maxItems, size: request.maxRoughSize }
    for (const entity of SYNC_ENTITIES) {
      if (room.items <= 0 || room.size < 0) break
      const rows = await fill(tx, user.userId, entity, { ...request, since }, room)
      Object.assign(chunk, { [CHUNK_KEYS[entity]]: rows })
    }
    return chunk
  })
}

/** What is left of the chunk. */
interface Room {
  items: number
  /** In characters of JSON. */
  size: number
}

/** Rows of one entity until there are no more or the chunk is full. */
async function fill(
  tx: StoreReader,
  userId: number,
  entity: SyncEntity,
  request: ChunkRequest,
  room: Room,
): Promise<SyncRow[]> {
  const filled: SyncRow[] = []
  const take = (rows: readonly SyncRow[]): boolean => {
    for (const row of rows) {
      filled.push(row)
      room.items -= 1
      room.size -= JSON.stringify(row).length
      if (room.items <= 0 || room.size < 0) return false
    }
    return true
  }
  const { since } = request
  const most = Math.max(SMALLEST_PAGE, Math.floor(request.maxItems / WEIGHTS[entity]))
  const arrived = since === undefined ? [] : await findArrived(tx, userId, entity, since)
  let offset = request.offsets[entity]
  for (; offset < arrived.length; offset += most) {
    if (!take(await loadRows(tx, userId, entity, arrived.slice(offset, offset + most)))) return filled
  }
  offset = Math.max(0, request.offsets[entity] - arrived.length)
  for (;;) {
    const limit = Math.min(room.items, most)
    const page = { userId, entity, offset, limit, ...(since === undefined ? {} : { since }) }
    const changed = await tx.sync.listChanged(page)
    const rows = await loadRows(
      tx,
      userId,
      entity,
      changed.map(({ key }) => key),
    )
    if (!take(rows) || changed.length < limit) return filled
    offset += changed.length
  }
}

/**
 * Keys of the rows that came by sync, in an order no later arrival changes. Of these alone all are read, so memory grows by some bytes
 * for each. They stay for good: a store does not know who copies it, so it cannot know what every copy has.
 */
async function findArrived(
  tx: StoreReader,
  userId: number,
  entity: SyncEntity,
  since: Date,
): Promise<ReturnType<typeof readKey>[]> {
  const arrived = await tx.sync.listArrived({ userId, entity, since })
  return [...arrived].sort().map((key) => readKey(entity, key))
}

const SMALLEST_PAGE = 10

/** Rows that carry bytes are read a few at a time. Source: docs/spec/wallet-storage.md §11.4. */
const WEIGHTS: Readonly<Record<SyncEntity, number>> = {
  provenTx: 100,
  provenTxReq: 100,
  transaction: 25,
  output: 25,
  certificate: 25,
  certificateField: 25,
  commission: 25,
  outputBasket: 1,
  outputTag: 1,
  txLabel: 1,
  txLabelMap: 1,
  outputTagMap: 1,
}
