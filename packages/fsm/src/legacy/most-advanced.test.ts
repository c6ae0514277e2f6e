import { PROCESSING_STATUSES } from '@txkeep/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_ADVANCED_FIRST, mostAdvanced } from './most-advanced.js'

/** The order of docs/spec/lifecycle.md §7, as it stands there. */
const ORDER =
  'confirmed, unconfirmed, seen, sent, sending, queued, nosend, nonfinal, unfail, frozen, doubleSpend, invalid'.split(
    ', ',
  )

describe('mostAdvanced', () => {
  it('ranks the statuses a legacy row can become as documented', () => {
    expect(MOST_ADVANCED_FIRST.filter((status) => ORDER.includes(status))).toEqual(ORDER)
  })

  it('ranks every processing status once', () => {
    expect([...MOST_ADVANCED_FIRST].sort()).toEqual([...PROCESSING_STATUSES].sort())
  })

  it('of several users the most advanced status wins, in whatever order they come', () => {
    const statuses = fc.array(fc.constantFrom(...PROCESSING_STATUSES), { minLength: 1 })
    fc.assert(
      fc.property(statuses, (statuses) => {
        const winner = mostAdvanced(statuses)!
        expect(statuses).toContain(winner)
        expect(mostAdvanced([...statuses].reverse())).toBe(winner)
        for (const status of statuses)
          expect(MOST_ADVANCED_FIRST.indexOf(winner)).toBeLessThanOrEqual(MOST_ADVANCED_FIRST.indexOf(status))
      }),
    )
  })

  it('of nobody there is none', () => {
    expect(mostAdvanced([])).toBeUndefined()
  })
})
