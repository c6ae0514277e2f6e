import { WITHHELD_REASONS } from '@txkeep/core'
import { expect, test } from 'vitest'
import { outweighs } from './outweighs.js'

test('every reason takes the place of none', () => {
  for (const reason of WITHHELD_REASONS) expect(outweighs(reason, null)).toBe(true)
})

test('no two reasons can push each other out for ever', () => {
  for (const one of WITHHELD_REASONS) {
    for (const other of WITHHELD_REASONS) expect(outweighs(one, other) && outweighs(other, one)).toBe(false)
  }
})

test('what a review may lift never replaces what it may not', () => {
  expect(outweighs('not-utxo', 'spent-elsewhere')).toBe(false)
  expect(outweighs('spent-elsewhere', 'operator')).toBe(false)
  expect(outweighs('operator', 'legacy')).toBe(true)
})
