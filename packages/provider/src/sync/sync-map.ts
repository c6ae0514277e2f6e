import { SYNC_ENTITIES, type SyncEntity } from '@txkeep/core'
import { WERR_INTERNAL } from '../errors/werr.js'

/** What is known of one entity of another store. */
export interface EntitySyncMap {
  entityName: string
  /** Its numbers there, and the same rows' numbers here. */
  idMap: Record<number, number>
  maxUpdated_at?: Date
  /** Rows that came since the sync began: the offset of the next chunk. */
  count: number
}

/** Entity to what is known of it, in the shape the published manager reads. */
export type SyncMap = Record<SyncEntity, EntitySyncMap>

/** The map of a store nothing came from yet. */
export function newSyncMap(): SyncMap {
  const entities = SYNC_ENTITIES.map((entityName) => [entityName, { entityName, idMap: {}, count: 0 }])
  return Object.fromEntries(entities) as SyncMap
}

/** The stored map, completed where an older version of the toolbox wrote less. Text that is no JSON counts as empty. */
export function readSyncMap(json: string): SyncMap {
  const map = newSyncMap()
  const stored = parseObject(json)
  for (const entity of SYNC_ENTITIES) {
    const { idMap, count, maxUpdated_at } = (stored[entity] ?? {}) as Partial<EntitySyncMap>
    const known = map[entity]
    if (typeof idMap === 'object') known.idMap = { ...idMap }
    if (typeof count === 'number') known.count = count
    const newest = maxUpdated_at === undefined ? undefined : new Date(maxUpdated_at)
    if (newest !== undefined && !Number.isNaN(newest.getTime())) known.maxUpdated_at = newest
  }
  return map
}

/**
 * Remembers that row `foreign` of the other store is row `local` here.
 *
 * @throws {WERR_INTERNAL} if it was another one so far.
 */
export function rememberId(map: SyncMap, entity: SyncEntity, foreign: number, local: number): void {
  const { idMap } = map[entity]
  const known = idMap[foreign]
  if (known !== undefined && known !== local) {
    throw new WERR_INTERNAL(`The ${entity} ${foreign} of the other store is ${known} here already, and not ${local}.`)
  }
  idMap[foreign] = local
}

/**
 * The number here of row `foreign` of the other store.
 *
 * @throws {WERR_INTERNAL} if it was never sent: rows travel after those they name.
 */
export function localId(map: SyncMap, entity: SyncEntity, foreign: number): number {
  const local = map[entity].idMap[foreign]
  if (local !== undefined) return local
  throw new WERR_INTERNAL(
    `The other store sent a row that names its ${entity} ${foreign}, and never sent that one. Sync again from the beginning: delete the sync state of that store.`,
  )
}

/** Notes the moment of change of a row that came. */
export function noteNewest(map: SyncMap, entity: SyncEntity, updatedAt: Date): void {
  const known = map[entity]
  if (known.maxUpdated_at === undefined || known.maxUpdated_at < updatedAt) known.maxUpdated_at = updatedAt
}

function parseObject(json: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(json)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
