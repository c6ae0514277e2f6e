import { expect, it } from 'vitest'
import { checkFlag, checkLimit, checkOffset, checkQueryMode } from './list-paging.js'

const refused = expect.objectContaining({ name: 'WERR_INVALID_PARAMETER' })

it('what nobody says is the first ten rows, any name, and nothing more', () => {
  expect([checkLimit(undefined), checkOffset(undefined, 0)]).toEqual([10, 0])
  expect([checkQueryMode('mode', undefined), checkFlag('flag', undefined)]).toEqual(['any', false])
})

it('only whole numbers in their range page', () => {
  expect([checkLimit(1), checkLimit(10_000), checkOffset(5, 0)]).toEqual([1, 10_000, 5])
  expect(checkOffset(-3, Number.NEGATIVE_INFINITY)).toBe(-3)
  for (const limit of [0, -1, 10_001, 1.5, Number.NaN, '10', null, 10n]) {
    expect(() => checkLimit(limit)).toThrow(refused)
  }
  for (const offset of [-1, 0.5, Number.POSITIVE_INFINITY, 2 ** 60, '0', null]) {
    expect(() => checkOffset(offset, 0)).toThrow(refused)
  }
})

it('modes and switches are what they are called', () => {
  expect([checkQueryMode('mode', 'all'), checkFlag('flag', true)]).toEqual(['all', true])
  for (const nonsense of ['none', 'ALL', null, 1, {}]) {
    expect(() => checkQueryMode('mode', nonsense)).toThrow(refused)
    expect(() => checkFlag('flag', nonsense)).toThrow(refused)
  }
})
