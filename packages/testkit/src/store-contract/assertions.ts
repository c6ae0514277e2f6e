import { TxkeepError, type TxkeepErrorCode } from '@txkeep/core'
import { assert } from 'chai'

/** `value` itself, once it is known not to be undefined. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) assert.fail(`${what} is missing`)
  return value
}

/** What `promise` was rejected with; fails when it was not. */
export async function rejection(promise: Promise<unknown>, what: string): Promise<unknown> {
  let result: unknown
  try {
    result = await promise
  } catch (error) {
    return error
  }
  return assert.fail(`${what} should have been refused, and gave ${String(result)}`)
}

/** Fails unless `promise` is rejected with a txkeep error of this code. */
export async function assertRefused(promise: Promise<unknown>, code: TxkeepErrorCode, what: string): Promise<void> {
  const error = await rejection(promise, what)
  if (!(error instanceof TxkeepError)) assert.fail(`${what} should be refused with ${code}, but threw ${String(error)}`)
  assert.strictEqual(error.code, code, `${what}: ${error.message}`)
}

/** Fails unless both hold the same bytes; quick for megabytes, and short when it fails. */
export function assertSameBytes(actual: Uint8Array | null | undefined, expected: Uint8Array, what: string): void {
  if (actual === null || actual === undefined) assert.fail(`${what} is missing`)
  assert.strictEqual(actual.constructor.name, 'Uint8Array', `${what} must be a plain Uint8Array`)
  assert.strictEqual(actual.length, expected.length, `${what}: number of bytes`)
  const differing = expected.findIndex((byte, index) => byte !== actual[index])
  assert.strictEqual(differing, -1, `${what}: first differing byte`)
}

/** `rows` in ascending order of a number each has. */
export function sortedNumbers(numbers: Iterable<number>): number[] {
  return [...numbers].sort((a, b) => a - b)
}
