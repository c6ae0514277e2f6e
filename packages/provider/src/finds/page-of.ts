import { checkObject } from '../check-shape.js'
import type { Page } from '@txkeep/core'
import type { FindSincePagedArgs } from '../published/arguments.js'
import { WERR_INVALID_PARAMETER } from '../errors/werr.js'

/**
 * How the store can page for these arguments: not at all when `since` is given, which it cannot filter by; then
 * `takePage` cuts the page out.
 */
export function pageOf({ since, paged, orderDescending }: FindSincePagedArgs): Page {
  if (since !== undefined && !(since instanceof Date && Number.isFinite(since.getTime()))) {
    throw new WERR_INVALID_PARAMETER('since', 'a date')
  }
  const order = orderDescending === true ? { descending: true } : {}
  if (paged === undefined) return order
  const { limit, offset = 0 } = checkObject('paged', paged)
  if (!isCount(limit) || !isCount(offset)) {
    throw new WERR_INVALID_PARAMETER('paged', 'a limit and an offset, both whole numbers from 0 on.')
  }
  return since === undefined ? { ...order, limit, offset } : order
}

/** Of rows read with `pageOf`, those changed at or after `since`, and of these the page. */
export function takePage<Row extends { readonly updatedAt: Date }>(
  rows: readonly Row[],
  { since, paged }: FindSincePagedArgs,
): readonly Row[] {
  if (since === undefined) return rows
  const changed = rows.filter((row) => row.updatedAt.getTime() >= since.getTime())
  if (paged === undefined) return changed
  const offset = paged.offset ?? 0
  return changed.slice(offset, offset + paged.limit)
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}
