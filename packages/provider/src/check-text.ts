import { WERR_INVALID_PARAMETER } from './errors/werr.js'

/**
 * `text` itself, once it is known to be text without a NUL, which not every engine can hold.
 *
 * @throws {WERR_INVALID_PARAMETER} otherwise.
 */
export function checkNoNul(parameter: string, text: unknown): string {
  if (typeof text !== 'string' || text.includes('\u0000')) {
    throw new WERR_INVALID_PARAMETER(parameter, 'text without a NUL character')
  }
  return text
}

/**
 * `name` itself, once it is known to fit a name column: a basket, a tag, a label.
 *
 * @throws {WERR_INVALID_PARAMETER} if it is empty, longer than 300 characters, or holds a NUL.
 */
export function checkName(parameter: string, name: unknown): string {
  const text = checkNoNul(parameter, name)
  if (text.length === 0 || text.length > MAX_NAME_CHARACTERS) {
    throw new WERR_INVALID_PARAMETER(parameter, `1 to ${MAX_NAME_CHARACTERS} characters long`)
  }
  return text
}

const MAX_NAME_CHARACTERS = 300
