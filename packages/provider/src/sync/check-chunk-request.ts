import { SYNC_ENTITIES, type SyncEntity } from '@txkeep/core'
import { checkNoNul } from '../check-text.js'
import { checkList, checkObject } from '../check-shape.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'
import type { RequestSyncChunkArgs } from '../published/sync-rows.js'

/** A request whose every value is what it says. */
export interface ChunkRequest {
  readonly fromStorageIdentityKey: string
  readonly toStorageIdentityKey: string
  readonly identityKey: string
  readonly since: Date | undefined
  readonly maxRoughSize: number
  readonly maxItems: number
  readonly offsets: Readonly<Record<SyncEntity, number>>
}

/**
 * The request, once it is known to be one.
 *
 * @throws {WERR_INVALID_PARAMETER} otherwise.
 */
export function checkChunkRequest(args: RequestSyncChunkArgs): ChunkRequest {
  checkObject('args', args)
  return {
    fromStorageIdentityKey: checkNoNul('fromStorageIdentityKey', args.fromStorageIdentityKey),
    toStorageIdentityKey: checkNoNul('toStorageIdentityKey', args.toStorageIdentityKey),
    identityKey: checkNoNul('identityKey', args.identityKey),
    since: (args.since as Date | null | undefined) == null ? undefined : checkDate('since', args.since),
    maxRoughSize: checkCount('maxRoughSize', args.maxRoughSize, 1),
    maxItems: checkCount('maxItems', args.maxItems, 1),
    offsets: checkOffsets(args.offsets),
  }
}

/**
 * A moment as a caller hands it over: a `Date`, or the text JSON makes of one.
 *
 * @throws {WERR_INVALID_PARAMETER} if it is none.
 */
export function checkDate(parameter: string, value: unknown): Date {
  const date = value instanceof Date || typeof value === 'string' ? new Date(value) : undefined
  if (date !== undefined && !Number.isNaN(date.getTime())) return date
  throw new WERR_INVALID_PARAMETER(parameter, 'a valid date')
}

function checkOffsets(offsets: RequestSyncChunkArgs['offsets']): Readonly<Record<SyncEntity, number>> {
  checkList('offsets', offsets)
  const checked = SYNC_ENTITIES.map((entity, index) => {
    const given = offsets[index]
    if (given?.name !== entity) {
      throw new WERR_INVALID_PARAMETER('offsets', `of every entity in order: ${SYNC_ENTITIES.join(', ')}`)
    }
    return [entity, checkCount('offsets', given.offset, 0)]
  })
  return Object.fromEntries(checked) as Record<SyncEntity, number>
}

function checkCount(parameter: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
  throw new WERR_INVALID_PARAMETER(parameter, `a whole number from ${least} on`)
}
