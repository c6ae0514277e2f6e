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
 * order of `SYNC_ENTITIES`. Within an entity, arrivals go first, then changes by moment and key, so that a row that changes
 * meanwhile is sent again. The published request names places by offset only: a row that changes between two chunks moves to
 * the end, and the one after it may be passed over until it changes again. Sync while nothing else writes, or sync twice.
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
    const { fromStorageIdentityKey, toStorageIdentityKey, identityKey, since } = request
    const chunk: SyncChunk = { fromStorageIdentityKey, toStorageIdentityKey, userIdentityKey: identityKey }
    if (since === undefined || user.updatedAt > since) chunk.user = toTableUser(user)
    const room = { items: request.maxItems, size: request.maxRoughSize }
    for (const entity of SYNC_ENTITIES) {
      if (room.items <= 0 || room.size < 0) break
      const rows = await fill(tx, user.userId, entity, request, room)
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
  let offset = request.offsets[entity]
  const arrived = since === undefined ? [] : await loadArrived(tx, userId, entity, since)
  if (!take(arrived.slice(offset))) return filled
  offset = Math.max(0, offset - arrived.length)
  for (;;) {
    const limit = Math.min(room.items, Math.max(SMALLEST_PAGE, Math.floor(request.maxItems / WEIGHTS[entity])))
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

async function loadArrived(
  tx: StoreReader,
  userId: number,
  entity: SyncEntity,
  since: Date,
): Promise<readonly SyncRow[]> {
  const arrived = await tx.sync.listArrived({ userId, entity, since })
  return loadRows(
    tx,
    userId,
    entity,
    arrived.map((key) => readKey(entity, key)),
  )
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
