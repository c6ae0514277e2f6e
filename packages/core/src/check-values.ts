import { InvalidParameterError } from './errors/invalid-parameter-error.js'

/** What every adapter asks of a value before it is stored, whatever its engine would take. */

/**
 * `value` itself, once it is known to be a whole number a double holds exactly.
 *
 * @throws {InvalidParameterError} otherwise.
 */
export function checkWholeNumber(parameter: string, value: number): number {
  if (!Number.isSafeInteger(value)) throw new InvalidParameterError(parameter, value, 'a whole number up to 2^53')
  return value
}

/**
 * `value` itself, once it is known to hold no NUL, which not every engine can store.
 *
 * @throws {InvalidParameterError} otherwise.
 */
export function checkPlainText(parameter: string, value: string): string {
  if (value.includes('\0')) throw new InvalidParameterError(parameter, value, 'text without NUL characters')
  return value
}

/**
 * `value` itself, once it is known to be a moment.
 *
 * @throws {InvalidParameterError} otherwise.
 */
export function checkMoment(parameter: string, value: Date): Date {
  if (Number.isNaN(value.getTime())) throw new InvalidParameterError(parameter, value, 'a valid date')
  return value
}

/**
 * `value` itself, once it is known to be one of these.
 *
 * @throws {InvalidParameterError} otherwise.
 */
export function checkOneOf<Value extends string>(parameter: string, value: Value, known: readonly Value[]): Value {
  if (!known.includes(value)) throw new InvalidParameterError(parameter, value, `one of ${known.join(', ')}`)
  return value
}
