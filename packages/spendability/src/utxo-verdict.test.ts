import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SPENT_LOOKUPS_APART_MS, utxoVerdict, type UtxoLookup } from './utxo-verdict.js'

const MINUTE = 60_000
const at = (minute: number, answer: UtxoLookup['answer']): UtxoLookup => ({ at: new Date(minute * MINUTE), answer })

describe('utxoVerdict', () => {
  it.each<[string, UtxoLookup[], string]>([
    ['no look-up', [], 'uncertain'],
    ['outages only', [at(0, 'unknown'), at(60, 'unknown')], 'uncertain'],
    ['one unspent', [at(0, 'unspent')], 'unspent'],
    ['one spent', [at(0, 'spent')], 'uncertain'],
    ['spent twice within 10 min', [at(0, 'spent'), at(9, 'spent')], 'uncertain'],
    ['spent twice 10 min apart', [at(0, 'spent'), at(10, 'spent')], 'spent'],
    ['spent often, 10 min from first to last', [at(0, 'spent'), at(5, 'spent'), at(10, 'spent')], 'spent'],
    ['an outage between two spent', [at(0, 'spent'), at(5, 'unknown'), at(10, 'spent')], 'spent'],
    ['an outage in place of the second spent', [at(0, 'spent'), at(10, 'unknown')], 'uncertain'],
    ['unspent after spent twice', [at(0, 'spent'), at(10, 'spent'), at(20, 'unspent')], 'unspent'],
    ['unspent between two spent', [at(0, 'spent'), at(5, 'unspent'), at(10, 'spent')], 'uncertain'],
    ['spent and unspent at the same moment', [at(0, 'spent'), at(10, 'spent'), at(10, 'unspent')], 'uncertain'],
    ['an outage after unspent', [at(0, 'unspent'), at(5, 'unknown')], 'unspent'],
  ])('%s: %#', (_, lookups, verdict) => {
    expect(utxoVerdict(lookups)).toBe(verdict)
    expect(utxoVerdict([...lookups].reverse())).toBe(verdict)
  })

  it('an outage never changes what the others say', () => {
    const answer = fc.constantFrom('spent' as const, 'unspent' as const, 'unknown' as const)
    const lookups = fc.uniqueArray(fc.tuple(fc.nat({ max: 40 }), answer), { selector: ([minute]) => minute })
    fc.assert(
      fc.property(lookups, fc.nat({ max: 40 }), (given, minute) => {
        const made = given.map(([when, said]) => at(when, said))
        expect(utxoVerdict([...made, at(minute, 'unknown')])).toBe(utxoVerdict(made))
      }),
    )
  })

  it('leaves the look-ups as they were handed in', () => {
    const lookups = Object.freeze([at(10, 'spent'), at(0, 'spent')])
    expect(utxoVerdict(lookups)).toBe('spent')
  })

  it('ten minutes is the distance', () => {
    expect(SPENT_LOOKUPS_APART_MS).toBe(10 * MINUTE)
  })
})
