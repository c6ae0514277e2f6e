import { expect, test } from 'vitest'
import { readLegacyTimestamp } from './legacy-timestamp.js'

test.each([
  ['2024-03-01T10:20:30.123Z', '2024-03-01T10:20:30.123Z'],
  ['2024-03-01 10:20:30', '2024-03-01T10:20:30.000Z'],
  ['2024-03-01 10:20:30.5', '2024-03-01T10:20:30.500Z'],
  ['2024-03-01T12:20:30.123+02:00', '2024-03-01T10:20:30.123Z'],
  ['2024-03-01', '2024-03-01T00:00:00.000Z'],
  [1_709_288_430_123, '2024-03-01T10:20:30.123Z'],
  [0, '1970-01-01T00:00:00.000Z'],
])('%s is %s', (value, expected) => {
  expect(readLegacyTimestamp(value)).toBe(expected)
})

test.each([['last Tuesday'], ['now'], ['10:20:30'], [''], [null], [Number.NaN], [1e18], [Buffer.from('2024')]])(
  '%s is no timestamp',
  (value) => {
    expect(readLegacyTimestamp(value)).toBeUndefined()
  },
)
