import { expect, it } from 'vitest'
import { readOptions } from './options.js'

it('without options the wallet is the one the targets are about', () => {
  expect(readOptions([])).toEqual({ transactions: 100_000, json: 'out/bench.json', folder: undefined })
})

it('the bare -- that pnpm hands on is no option', () => {
  expect(readOptions(['--', '--transactions', '500']).transactions).toBe(500)
})

it('a size that is no number is refused with a sentence', () => {
  expect(() => readOptions(['--transactions', 'many'])).toThrow('not many')
})
