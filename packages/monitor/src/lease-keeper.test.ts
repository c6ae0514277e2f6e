import { describe, expect, test } from 'vitest'
import { LEASE_TIMING, keepLease, type Renewal } from './lease-keeper.js'
import type { Timers } from './timers.js'

describe('keeping a lease', () => {
  test('it renews every ten seconds, and ends when the run does', async () => {
    const { timers, at } = steppedTimers()
    const renewedAt: number[] = []
    const ended = new AbortController()
    const renew = async (): Promise<Renewal> => {
      renewedAt.push(at())
      if (renewedAt.length === 3) ended.abort()
      return 'renewed'
    }
    expect(await keepLease(renew, 0, LEASE_TIMING, timers, ended.signal)).toBe('ended')
    expect(renewedAt).toEqual([10_000, 20_000, 30_000])
  })

  test('a renewal that fails is tried every two seconds; after twenty since the last good request it counts as lost', async () => {
    const { timers, at } = steppedTimers()
    const triedAt: number[] = []
    const renew = async (): Promise<Renewal> => {
      triedAt.push(at())
      return 'failed'
    }
    expect(await keepLease(renew, 0, LEASE_TIMING, timers, new AbortController().signal)).toBe('lost')
    expect(triedAt).toEqual([10_000, 12_000, 14_000, 16_000, 18_000])
    expect(at()).toBe(20_000)
  })

  test('a lease that somebody else took is lost at once', async () => {
    const { timers, at } = steppedTimers()
    const renew = async (): Promise<Renewal> => 'lost'
    expect(await keepLease(renew, 0, LEASE_TIMING, timers, new AbortController().signal)).toBe('lost')
    expect(at()).toBe(10_000)
  })
})

/** Time goes on by exactly what is slept; a sleep that only guards a request never ends. */
function steppedTimers(): { readonly timers: Timers; readonly at: () => number } {
  let now = 0
  let sleeps = 0
  return {
    at: () => now,
    timers: {
      now: () => now,
      sleep: (ms) => {
        sleeps += 1
        if (sleeps % 2 === 0) return new Promise(() => undefined)
        now += ms
        return Promise.resolve()
      },
    },
  }
}
