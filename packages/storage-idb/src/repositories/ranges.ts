import type { ProcessingStatus } from '@txkeep/core'

/** Everything whose fields begin with these. Arrays come after every other key, so an empty one ends the range. */
export function startingWith(...fields: IDBValidKey[]): IDBKeyRange {
  return IDBKeyRange.bound(fields, [...fields, []])
}

/** Transactions that hold this status, from `afterId` on. */
export function statusRange(status: ProcessingStatus, afterId = -1): IDBKeyRange {
  return IDBKeyRange.bound([status, afterId], [status, []], true)
}

/** The lowest of these ids above `afterId`, in order. */
export function firstIds(ids: readonly IDBValidKey[], afterId: number | undefined, limit: number): number[] {
  return (ids as readonly number[])
    .filter((id) => afterId === undefined || id > afterId)
    .sort((one, other) => one - other)
    .slice(0, Math.max(0, limit))
}
