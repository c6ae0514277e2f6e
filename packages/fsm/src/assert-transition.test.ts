import { IllegalTransitionError } from '@txkeep/core'
import { describe, expect, it } from 'vitest'
import { assertTransition } from './assert-transition.js'

describe('assertTransition', () => {
  it('lets a legal move and a refresh pass', () => {
    expect(() => assertTransition('queued', 'sending')).not.toThrow()
    expect(() => assertTransition('confirmed', 'confirmed')).not.toThrow()
    expect(() => assertTransition('nosend', 'confirmed', { proof: true })).not.toThrow()
  })

  it('names both statuses and the legal ones', () => {
    expect(() => assertTransition('confirmed', 'invalid')).toThrowErrorMatchingInlineSnapshot(
      `[IllegalTransitionError: A transaction cannot move from confirmed to invalid. From confirmed it may move to: reorging.]`,
    )
  })

  it('says so when a proof is all that is missing', () => {
    expect(() => assertTransition('frozen', 'confirmed')).toThrowErrorMatchingInlineSnapshot(
      `[IllegalTransitionError: A transaction cannot move from frozen to confirmed. From frozen it may move to: queued, sending, sent, seen, seen_multi, unconfirmed, invalid, doubleSpend. With a validated merkle path it may move to confirmed: record the proof first.]`,
    )
  })

  it('carries the code and the statuses as fields, those a proof allows only when there is one', () => {
    expect(caught(() => assertTransition('nonfinal', 'reorging'))).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      from: 'nonfinal',
      to: 'reorging',
      allowed: ['queued', 'sending', 'sent', 'frozen', 'invalid', 'doubleSpend'],
    })
    expect(caught(() => assertTransition('frozen', 'nosend', { proof: true })).allowed.at(-1)).toBe('confirmed')
  })
})

function caught(work: () => void): IllegalTransitionError {
  try {
    work()
  } catch (error) {
    if (error instanceof IllegalTransitionError) return error
  }
  throw new Error('an IllegalTransitionError was expected')
}
