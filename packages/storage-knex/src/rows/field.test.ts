import { InvalidParameterError } from '@txkeep/core'
import { describe, expect, test } from 'vitest'

import {
  boolean,
  bytes,
  integer,
  json,
  milliseconds,
  nullable,
  oneOf,
  processing,
  satoshis,
  text,
  timestamp,
  txid,
} from './field.js'

describe('a field reads', () => {
  test.each<[unknown, string]>([
    ['2026-11-23T16:10:40.279Z', '2026-11-23T16:10:40.279Z'],
    ['2026-11-23 16:10:39', '2026-11-23T16:10:39.000Z'],
    ['2026-11-23 16:10:39.5', '2026-11-23T16:10:39.500Z'],
    [1795450239985, '2026-11-23T16:10:39.985Z'],
    [new Date(5), '1970-01-01T00:00:00.005Z'],
  ])('the moment %j in whatever form a database holds it', (stored, moment) => {
    expect(timestamp('when').decode(stored)?.toISOString()).toBe(moment)
  })

  test('booleans from 0 and 1, moments from milliseconds, bytes from a Buffer as the plain class', () => {
    expect([0, 1, true, false].map((stored) => boolean('a').decode(stored))).toEqual([false, true, true, false])
    expect(milliseconds('a').decode(7)).toEqual(new Date(7))
    const decoded = bytes('a').decode(Buffer.from([1, 2, 3]))
    expect(decoded?.constructor).toBe(Uint8Array)
    expect([...(decoded ?? [])]).toEqual([1, 2, 3])
  })

  test('null as null where it may be, and as unreadable where it may not', () => {
    expect(nullable(text('a')).decode(null)).toBeNull()
    expect(text('a').decode(null)).toBeUndefined()
  })

  test.each<[string, () => unknown]>([
    ['a status nobody knows', () => processing('a').decode('lost')],
    ['a reason nobody knows', () => oneOf('a', ['operator']).decode('weather')],
    ['a moment nobody can read', () => timestamp('a').decode('yesterday')],
    ['a number beyond 2^53', () => satoshis('a').decode(2 ** 53)],
    ['a fraction of a satoshi', () => satoshis('a').decode(1.5)],
    ['a flag that is neither 0 nor 1', () => boolean('a').decode(2)],
    ['JSON that is none', () => json('a', (value): value is number => typeof value === 'number').decode('{')],
    ['JSON of another shape', () => json('a', (value): value is number => typeof value === 'number').decode('"1"')],
  ])('%s as unreadable', (_, decode) => {
    expect(decode()).toBeUndefined()
  })
})

describe('a field refuses to write', () => {
  test.each<[string, () => unknown]>([
    ['text with NUL', () => text('a').encode('a\0b', 'label')],
    ['a status nobody knows', () => processing('a').encode('lost' as 'sent', 'processing')],
    ['a txid in upper case', () => txid('a').encode('AA'.repeat(32), 'txid')],
    ['more money than there is', () => satoshis('a').encode(2.1e15 + 1, 'satoshis')],
    ['a debt', () => satoshis('a').encode(-1, 'satoshis')],
    ['a fraction', () => integer('a').encode(0.5, 'vout')],
    ['a date that is none', () => timestamp('a').encode(new Date(Number.NaN), 'createdAt')],
    ['a word that is not in the list', () => oneOf('a', ['operator']).encode('weather' as 'operator', 'withheld')],
  ])('%s', (_, encode) => {
    expect(encode).toThrow(InvalidParameterError)
  })
})
