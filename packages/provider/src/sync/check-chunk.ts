import { SYNC_ENTITIES, type SyncEntity } from '@txkeep/core'
import { checkList, checkObject } from '../check-shape.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import type { SyncChunk } from '../published/sync-rows.js'
import { checkDate } from './check-chunk-request.js'
import { checkColumns } from './check-columns.js'
import { CHUNK_KEYS } from './chunk-keys.js'

/**
 * The chunk with `Date` timestamps and without null, whoever carried it here.
 *
 * @throws {WERR_INVALID_PARAMETER} if it is no chunk, or another user's.
 */
export function checkChunk(chunk: SyncChunk, identityKey: string): SyncChunk {
  checkObject('chunk', chunk)
  const { fromStorageIdentityKey, toStorageIdentityKey, userIdentityKey } = chunk
  const checked: Record<string, unknown> = { fromStorageIdentityKey, toStorageIdentityKey, userIdentityKey }
  if (userIdentityKey !== identityKey) {
    throw new WERR_INVALID_PARAMETER('chunk.userIdentityKey', `the user ${identityKey}, whose rows were asked for`)
  }
  const user = chunk.user as SyncChunk['user'] | null
  if (user != null) {
    checked['user'] = checkRow('user', 'user', user)
    if (user.identityKey !== identityKey) {
      throw new WERR_INVALID_PARAMETER('chunk.user', `the user ${identityKey}, whose rows were asked for`)
    }
  }
  for (const entity of SYNC_ENTITIES) {
    const key = CHUNK_KEYS[entity]
    const rows = chunk[key] as readonly object[] | null | undefined
    if (rows != null) checked[key] = checkList(`chunk.${key}`, rows).map((row) => checkRow(key, entity, row))
  }
  return checked as unknown as SyncChunk
}

function checkRow(parameter: string, entity: SyncEntity | 'user', row: object): object {
  checkObject(`chunk.${parameter}`, row)
  const { created_at, updated_at } = row as { created_at?: unknown; updated_at?: unknown }
  const present = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null))
  return {
    ...checkColumns(`chunk.${parameter}`, entity, present),
    created_at: checkDate(`chunk.${parameter}.created_at`, created_at),
    updated_at: checkDate(`chunk.${parameter}.updated_at`, updated_at),
  }
}
