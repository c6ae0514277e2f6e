import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { provenStatus } from './proven-status.js'

describe('provenStatus', () => {
  it('a proof in the tip block is unconfirmed, one block below it confirmed', () => {
    expect(provenStatus({ height: 100, tipHeight: 100 })).toBe('unconfirmed')
    expect(provenStatus({ height: 100, tipHeight: 101 })).toBe('confirmed')
  })

  it('a proof is unconfirmed when no tip is known or its height lies above the tip', () => {
    expect(provenStatus({ height: 100, tipHeight: undefined })).toBe('unconfirmed')
    expect(provenStatus({ height: 100, tipHeight: null })).toBe('unconfirmed')
    expect(provenStatus({ height: 100, tipHeight: 99, minConfirmationDepth: 0 })).toBe('unconfirmed')
  })

  it('a proof in the genesis block is confirmed by the next one', () => {
    expect(provenStatus({ height: 0, tipHeight: 0 })).toBe('unconfirmed')
    expect(provenStatus({ height: 0, tipHeight: 1 })).toBe('confirmed')
  })

  it('confirmed means at least minConfirmationDepth blocks on top', () => {
    const height = fc.nat({ max: 2_000_000 })
    fc.assert(
      fc.property(height, height, fc.nat({ max: 200 }), (height, tipHeight, minConfirmationDepth) => {
        const blocksOnTop = tipHeight - height
        const expected = blocksOnTop >= 0 && blocksOnTop >= minConfirmationDepth ? 'confirmed' : 'unconfirmed'
        expect(provenStatus({ height, tipHeight, minConfirmationDepth })).toBe(expected)
      }),
    )
  })

  it('a higher tip never makes a confirmed transaction unconfirmed', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1000 }), fc.nat({ max: 1000 }), fc.nat({ max: 1000 }), (height, tipHeight, more) => {
        fc.pre(provenStatus({ height, tipHeight }) === 'confirmed')
        expect(provenStatus({ height, tipHeight: tipHeight + more })).toBe('confirmed')
      }),
    )
  })
})
