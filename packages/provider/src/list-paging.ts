import { WERR_INVALID_PARAMETER } from './errors/werr.js'

const DEFAULT_LIMIT = 10
const MAX_LIMIT = 10_000

/**
 * How many rows a page holds: 10 when nobody says.
 *
 * @throws {WERR_INVALID_PARAMETER} if it is not a whole number from 1 to 10000.
 */
export function checkLimit(limit: unknown): number {
  if (limit === undefined) return DEFAULT_LIMIT
  if (isWhole(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new WERR_INVALID_PARAMETER('limit', `a whole number from 1 to ${MAX_LIMIT}`)
}

/**
 * How many rows to leave out: none when nobody says.
 *
 * @throws {WERR_INVALID_PARAMETER} if it is not a whole number, or is below `lowest`.
 */
export function checkOffset(offset: unknown, lowest: number): number {
  if (offset === undefined) return 0
  if (isWhole(offset) && offset >= lowest) return offset
  throw new WERR_INVALID_PARAMETER('offset', lowest === 0 ? 'a whole number from 0 on' : 'a whole number')
}

/**
 * Whether one of the names asked for is enough, or every one is needed.
 *
 * @throws {WERR_INVALID_PARAMETER} if it is neither.
 */
export function checkQueryMode(parameter: string, mode: unknown): 'any' | 'all' {
  if (mode === undefined || mode === 'any') return 'any'
  if (mode === 'all') return 'all'
  throw new WERR_INVALID_PARAMETER(parameter, "'any' or 'all'")
}

/**
 * A switch: off when nobody says.
 *
 * @throws {WERR_INVALID_PARAMETER} if it is neither true nor false.
 */
export function checkFlag(parameter: string, flag: unknown): boolean {
  if (flag === undefined) return false
  if (typeof flag === 'boolean') return flag
  throw new WERR_INVALID_PARAMETER(parameter, 'true or false')
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value)
}
