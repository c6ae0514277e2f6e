import { checkNoNul } from './check-text.js'
import { WERR_INVALID_PARAMETER } from './errors/werr.js'

/**
 * `value` itself, once it is known to be a list. Types end where a remote caller begins.
 *
 * @throws {WERR_INVALID_PARAMETER} otherwise.
 */
export function checkList<T>(parameter: string, value: readonly T[]): readonly T[] {
  if (!Array.isArray(value)) throw new WERR_INVALID_PARAMETER(parameter, 'a list')
  return value
}

/**
 * `value` itself, once it is known to be an object.
 *
 * @throws {WERR_INVALID_PARAMETER} otherwise.
 */
export function checkObject<T extends object>(parameter: string, value: T): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WERR_INVALID_PARAMETER(parameter, 'an object')
  }
  return value
}

/**
 * `value` itself, once it is known to be a list of texts; left out, it is empty.
 *
 * @throws {WERR_INVALID_PARAMETER} otherwise.
 */
export function checkTexts(parameter: string, value: readonly string[] | undefined): readonly string[] {
  return checkList(parameter, value ?? []).map((text) => checkNoNul(parameter, text))
}

/**
 * These bytes, once they are known to be some.
 *
 * @throws {WERR_INVALID_PARAMETER} otherwise.
 */
export function checkBytes(parameter: string, value: readonly number[] | Uint8Array | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value
  const bytes = checkList(parameter, value ?? [])
  const isBytes = bytes.every((byte) => typeof byte === 'number' && Number.isInteger(byte) && byte >= 0 && byte <= 255)
  if (!isBytes) throw new WERR_INVALID_PARAMETER(parameter, 'a list of bytes')
  return Uint8Array.from(bytes)
}
