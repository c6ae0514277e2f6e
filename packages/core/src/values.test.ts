import { describe, expect, it } from 'vitest'
import {
  InvalidParameterError,
  MAX_SATOSHIS,
  PROCESSING_STATUSES,
  checkMoment,
  checkOneOf,
  checkPlainText,
  checkSatoshis,
  checkSatoshisDelta,
  checkTxid,
  checkWholeNumber,
  formatOutpoint,
  isProcessingStatus,
  isTxid,
} from './index.js'

const txid = '0f'.repeat(32)

describe('satoshis', () => {
  it.each([0, 1, MAX_SATOSHIS])('%d is an amount', (amount) => {
    expect(checkSatoshis('satoshis', amount)).toBe(amount)
  })

  it.each([-1, 0.5, MAX_SATOSHIS + 1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is no amount', (amount) => {
    expect(() => checkSatoshis('satoshis', amount)).toThrow(InvalidParameterError)
  })

  it('a change of balance may be negative, down to everything there is', () => {
    expect(checkSatoshisDelta('satoshisDelta', -MAX_SATOSHIS)).toBe(-MAX_SATOSHIS)
    expect(() => checkSatoshisDelta('satoshisDelta', -MAX_SATOSHIS - 1)).toThrow(InvalidParameterError)
  })

  it('all the money there will ever be keeps every unit in a double', () => {
    expect(MAX_SATOSHIS - (MAX_SATOSHIS - 1)).toBe(1)
  })
})

describe('a txid', () => {
  it('is 64 lower-case hex digits', () => {
    expect(checkTxid('txid', txid)).toBe(txid)
  })

  it.each(['', txid.toUpperCase(), txid.slice(1), `${txid}0`, `${txid.slice(1)}g`, `${txid}\n`, 7, null, undefined])(
    'is not %j',
    (text) => {
      expect(isTxid(text)).toBe(false)
    },
  )

  it('and an output index are an outpoint', () => {
    expect(formatOutpoint({ txid, vout: 3 })).toBe(`${txid}.3`)
  })
})

describe('a processing status', () => {
  it('is known by its exact text alone', () => {
    expect(PROCESSING_STATUSES.every(isProcessingStatus)).toBe(true)
    expect(['Sent', 'completed', '', 'constructor', null, 4].some(isProcessingStatus)).toBe(false)
  })
})

it('what no engine could keep is refused by name, and anything else comes back as it is', () => {
  const refusal = expect.objectContaining({ code: 'INVALID_PARAMETER', parameter: 'it' })
  for (const value of [0.5, 2 ** 53, Number.NaN]) expect(() => checkWholeNumber('it', value)).toThrow(refusal)
  expect(checkWholeNumber('it', -(2 ** 53) + 1)).toBe(-(2 ** 53) + 1)
  expect(() => checkPlainText('it', 'a\0b')).toThrow(refusal)
  expect(checkPlainText('it', '')).toBe('')
  expect(() => checkMoment('it', new Date(Number.NaN))).toThrow(refusal)
  expect(checkMoment('it', new Date(-1))).toEqual(new Date(-1))
  expect(() => checkOneOf('it', 'c' as 'a', ['a', 'b'])).toThrow(refusal)
  expect(checkOneOf('it', 'b', ['a', 'b'])).toBe('b')
})
