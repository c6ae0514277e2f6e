import { PROCESSING_STATUSES } from '@txkeep/core'
import { canTransition, isTerminal } from '@txkeep/fsm'
import { expect, test } from 'vitest'
import { fateOfDescendant, firstLook, holdsInputs, isProven, isWatched } from './status-groups.js'

const NOW = new Date('2026-01-01T00:00:00Z')

test('a descendant dies only where the table lets it go to invalid', () => {
  for (const verdict of ['invalid', 'doubleSpend'] as const) {
    for (const processing of PROCESSING_STATUSES) {
      const fate = fateOfDescendant({ processing, merklePath: null }, verdict)
      if (fate === 'dies') expect(canTransition(processing, 'invalid'), processing).toBe(true)
    }
  }
})

test('a descendant with a proof contradicts whatever its status says', () => {
  for (const processing of PROCESSING_STATUSES) {
    expect(fateOfDescendant({ processing, merklePath: Uint8Array.of(1) }, 'doubleSpend')).toBe('contradicts')
  }
})

test('every status has a next look unless it is terminal or an operator froze it', () => {
  for (const processing of PROCESSING_STATUSES) {
    expect(firstLook(processing, null, NOW) === null, processing).toBe(isTerminal(processing))
  }
  expect(firstLook('frozen', 'operator: audit', NOW)).toBeNull()
  expect(firstLook('frozen', 'legacy-uncertain', NOW)).toEqual(NOW)
  expect(firstLook('reorging', null, NOW)).toEqual(new Date(NOW.getTime() + 600_000))
  expect(isWatched({ processing: 'frozen', frozenReason: 'no-raw-tx' })).toBe(true)
})

test('sending, frozen and the accepted statuses hold their inputs', () => {
  expect(PROCESSING_STATUSES.filter(holdsInputs)).toEqual([
    'sending',
    'sent',
    'seen',
    'seen_multi',
    'unconfirmed',
    'confirmed',
    'frozen',
  ])
  expect(PROCESSING_STATUSES.filter(isProven)).toEqual(['unconfirmed', 'confirmed'])
})
