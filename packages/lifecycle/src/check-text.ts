import { InvalidParameterError } from '@txkeep/core'

/**
 * `text` itself, once it is known to have no NUL in it: not every engine can hold one.
 *
 * @throws {InvalidParameterError} if it has one.
 */
export function checkText<T extends string | null | undefined>(parameter: string, text: T): T {
  if (typeof text === 'string' && text.includes('\u0000')) {
    throw new InvalidParameterError(parameter, text, 'text without a NUL character')
  }
  return text
}

/**
 * `name` itself, once it is known to fit a name column.
 *
 * @throws {InvalidParameterError} if it is empty, longer than 300 characters, or holds a NUL.
 */
export function checkName(parameter: string, name: string): string {
  if (typeof name !== 'string' || name.length === 0 || name.length > MAX_NAME_CHARACTERS) {
    throw new InvalidParameterError(parameter, name, `text of 1 to ${MAX_NAME_CHARACTERS} characters`)
  }
  return checkText(parameter, name)
}

const MAX_NAME_CHARACTERS = 300
