import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, backoffMs } from './backoff-ms.js'

const anyRandom = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('backoffMs', () => {
  it('starts at 1 min and doubles until the window is 30 to 60 min', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 7, 100].map((attempts) => backoffMs(attempts, 0) / 60_000)
    expect(minutes).toEqual([1, 2, 4, 8, 16, 30, 30, 30])
  })

  it('never waits less than 1 min or more than 1 h, however many attempts failed', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), anyRandom, (attempts, random) => {
        const wait = backoffMs(attempts, random)
        expect(Number.isInteger(wait)).toBe(true)
        expect(wait).toBeGreaterThanOrEqual(BACKOFF_MIN_MS)
        expect(wait).toBeLessThanOrEqual(BACKOFF_MAX_MS)
      }),
    )
  })

  it('one more failed attempt never shortens the wait', () => {
    fc.assert(
      fc.property(fc.nat({ max: 50 }), anyRandom, (attempts, random) => {
        expect(backoffMs(attempts + 1, random)).toBeGreaterThanOrEqual(backoffMs(attempts, random))
      }),
    )
  })

  it('wallets that failed together return apart', () => {
    expect(backoffMs(3, 0.99)).toBeGreaterThan(backoffMs(3, 0.01) + 60_000)
  })

  it.each([
    [-1, 0.5],
    [1.5, 0.5],
    [Number.NaN, 0.5],
    [1, 1],
    [1, -0.1],
    [1, Number.NaN],
  ])('refuses attempts %s with random %s', (attempts, random) => {
    expect(() => backoffMs(attempts, random)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }))
  })
})
