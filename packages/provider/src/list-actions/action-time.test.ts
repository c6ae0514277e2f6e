import fc from 'fast-check'
import { expect, it } from 'vitest'
import { actionTimeLabel, readActionTime } from './action-time.js'

it('bounds are taken out of the labels, to the millisecond', () => {
  const { from, to, labels } = readActionTime(['shop', 'action time from 5', 'action time to 00007', 'action time'])
  expect([from?.getTime(), to?.getTime()]).toEqual([5, 7])
  expect(labels).toEqual(['shop', 'action time'])
  expect(readActionTime(['shop'])).toEqual({ from: undefined, to: undefined, labels: ['shop'] })
})

it('a moment no engine can compare with becomes the last one it can', () => {
  const { to } = readActionTime(['action time to 8640000000000000'])
  expect(to?.toISOString()).toBe('9999-12-31T23:59:59.999Z')
})

it.each([
  ['twice', ['action time from 1', 'action time from 2']],
  ['backwards', ['action time from 2', 'action time to 1']],
  ['empty', ['action time from 2', 'action time to 2']],
  ['no number', ['action time to soon']],
  ['negative', ['action time to -1']],
  ['in hex', ['action time to 0x10']],
  ['beyond time', ['action time to 8640000000000001']],
])('bounds that are %s are refused', (_, labels) => {
  expect(() => readActionTime(labels)).toThrow(expect.objectContaining({ name: 'WERR_INVALID_PARAMETER' }))
})

it('the label of a moment bounds that moment and no other', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (at) => {
      const ms = Number(actionTimeLabel(at).slice('action time '.length))
      const { from, to } = readActionTime([`action time from ${ms}`, `action time to ${ms + 1}`])
      expect(from).toEqual(at)
      expect(to?.getTime()).toBe(at.getTime() + 1)
    }),
  )
})
