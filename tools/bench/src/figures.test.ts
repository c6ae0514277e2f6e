import { expect, it } from 'vitest'
import { atLeast, atMost, atMostTimes, markdownTable, percentile, told } from './figures.js'

it('a figure says whether it reached its target, and a told one says nothing', () => {
  expect(atMostTimes('offline', 2.4, 3, 'VACUUM INTO')).toMatchObject({ measured: '2.40 × VACUUM INTO', reached: true })
  expect(atMostTimes('offline', 3.01, 3, 'VACUUM INTO').reached).toBe(false)
  expect(atMost('held', 25.1, 25, 'ms').reached).toBe(false)
  expect(atLeast('speed', 123_456, 100_000, 'rows/s')).toMatchObject({ measured: '123 456 rows/s', reached: true })
  expect(told('copy', 812, 'ms').reached).toBeUndefined()
})

it('the table has a line for each figure', () => {
  expect(markdownTable([atMost('writers held', 9.4, 25, 'ms'), told('copy', 0.5, 's')])).toMatchInlineSnapshot(`
    "| figure       | measured | reach   |         |
    | ------------ | -------- | ------- | ------- |
    | writers held | 9.40 ms  | ≤ 25 ms | reached |
    | copy         | 0.50 s   | –       |         |"
  `)
})

it('a percentile of nothing is 0, of one value that value, and the top one the largest', () => {
  expect(percentile([], 0.99)).toBe(0)
  expect(percentile([7], 0.99)).toBe(7)
  expect(percentile([3, 1, 2], 1)).toBe(3)
})
