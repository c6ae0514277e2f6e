import { describe, expect, it } from 'vitest'
import { coinbaseMaturesAt } from './coinbase-matures-at.js'

describe('coinbaseMaturesAt', () => {
  it('a coinbase output may be spent 100 blocks after its own', () => {
    expect(coinbaseMaturesAt(800_000)).toBe(800_100)
    expect(coinbaseMaturesAt(0)).toBe(100)
  })

  it('another chain may have another maturity', () => {
    expect(coinbaseMaturesAt(5, 10)).toBe(15)
    expect(coinbaseMaturesAt(5, 0)).toBe(5)
  })

  it.each([
    [-1, 100],
    [1.5, 100],
    [Number.NaN, 100],
    [1, -1],
    [1, Number.POSITIVE_INFINITY],
  ])('refuses height %s with maturity %s', (height, maturity) => {
    expect(() => coinbaseMaturesAt(height, maturity)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER' }))
  })
})
