import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  broadcastVerdict,
  type BroadcastAnswers,
  type Competitor,
  type ProviderAnswer,
  type StatusLookup,
} from './broadcast-verdict.js'

const TXID = 'aa'.repeat(32)
const RIVAL = 'bb'.repeat(32)

const accept: ProviderAnswer = { provider: 'arc', answer: 'accept' }
const reject: ProviderAnswer = { provider: 'arc', answer: 'reject' }
const doubleSpend: ProviderAnswer = { provider: 'arc', answer: 'doubleSpend', competingTxids: [RIVAL] }
const missingInputs: ProviderAnswer = { provider: 'arc', answer: 'missingInputs' }
const unavailable: ProviderAnswer = { provider: 'arc', answer: 'unavailable' }
const other = (answer: ProviderAnswer): ProviderAnswer => ({ ...answer, provider: 'woc' })

const unknown: StatusLookup = { provider: 'woc', answer: 'unknown' }
const known: StatusLookup = { provider: 'woc', answer: 'known' }
const lookupDown: StatusLookup = { provider: 'woc', answer: 'unavailable' }

const proven: Competitor = { txid: RIVAL, spendsOurInput: true, proofVerified: true, minedAccordingTo: [] }

const success = { outcome: 'success', processing: 'sent', discrepancy: false, competitor: undefined }
const serviceError = { outcome: 'serviceError', processing: 'sending', discrepancy: false, competitor: undefined }
const rejected = { outcome: 'rejected', processing: 'invalid', discrepancy: false, competitor: undefined }
const lost = { outcome: 'doubleSpend', processing: 'doubleSpend', discrepancy: false, competitor: RIVAL }

function verdict(round: Omit<BroadcastAnswers, 'txid'>) {
  return broadcastVerdict({ txid: TXID, ...round })
}

describe('a success', () => {
  it('one acceptance is a success', () => {
    expect(verdict({ answers: [accept] })).toEqual(success)
  })

  it.each([
    ['a rejection', reject, true],
    ['a double-spend report', doubleSpend, true],
    ['missing inputs', missingInputs, false],
    ['an outage', unavailable, false],
  ])('one acceptance wins against %s; only a contradiction is a discrepancy', (_, against, discrepancy) => {
    const answers = [against, other(accept)]
    expect(verdict({ answers })).toEqual({ ...success, discrepancy })
    expect(verdict({ answers: answers.reverse() })).toEqual({ ...success, discrepancy })
  })

  it('one acceptance wins even against a proven competitor and a look-up that does not know our txid', () => {
    const round = { answers: [doubleSpend, other(accept)], lookups: [unknown], competitors: [proven] }
    expect(verdict(round)).toEqual({ ...success, discrepancy: true })
  })

  it('one provider that reports the network knows it makes it seen, two independent ones seen_multi', () => {
    const seen: ProviderAnswer = { provider: 'arc', answer: 'accept', seenOnNetwork: true }
    expect(verdict({ answers: [seen] }).processing).toBe('seen')
    expect(verdict({ answers: [accept], lookups: [known] }).processing).toBe('seen')
    expect(verdict({ answers: [seen], lookups: [known] }).processing).toBe('seen_multi')
    expect(verdict({ answers: [seen], lookups: [{ provider: 'arc', answer: 'mined' }] }).processing).toBe('seen')
  })

  it('a look-up that knows our txid overrules every rejection', () => {
    expect(verdict({ answers: [reject, other(reject)], lookups: [known] })).toEqual({
      ...success,
      processing: 'seen',
      discrepancy: true,
    })
  })
})

describe('a double spend', () => {
  it('needs a named competitor that spends our input and is mined, and a look-up that does not know our txid', () => {
    expect(verdict({ answers: [doubleSpend], lookups: [unknown], competitors: [proven] })).toEqual(lost)
  })

  it('"mined" from two providers stands in for a checked merkle path; from one, or twice from one, it does not', () => {
    const called = (...minedAccordingTo: string[]): Competitor => ({
      ...proven,
      proofVerified: false,
      minedAccordingTo,
    })
    const round = { answers: [doubleSpend], lookups: [unknown] }
    expect(verdict({ ...round, competitors: [called('arc', 'woc')] })).toEqual(lost)
    expect(verdict({ ...round, competitors: [called('arc')] })).toEqual(serviceError)
    expect(verdict({ ...round, competitors: [called('arc', 'arc')] })).toEqual(serviceError)
  })

  it.each<[string, Omit<BroadcastAnswers, 'txid'>]>([
    [
      'nobody names a competitor',
      { answers: [{ provider: 'arc', answer: 'doubleSpend' }], lookups: [unknown], competitors: [proven] },
    ],
    ['nothing is known about the competitor', { answers: [doubleSpend], lookups: [unknown] }],
    [
      'the competitor spends no input of ours',
      { answers: [doubleSpend], lookups: [unknown], competitors: [{ ...proven, spendsOurInput: false }] },
    ],
    [
      'the competitor is not mined',
      { answers: [doubleSpend], lookups: [unknown], competitors: [{ ...proven, proofVerified: false }] },
    ],
    ['no look-up was made', { answers: [doubleSpend], competitors: [proven] }],
    ['every look-up failed', { answers: [doubleSpend], lookups: [lookupDown], competitors: [proven] }],
    [
      'nobody reported a double spend',
      { answers: [reject, other(unavailable)], lookups: [unknown], competitors: [proven] },
    ],
  ])('is a service error when %s', (_, round) => {
    expect(verdict(round)).toEqual(serviceError)
  })

  it('is a service error when the named competitor is our own transaction', () => {
    const round = { answers: [{ ...doubleSpend, competingTxids: [TXID] }], lookups: [unknown] }
    expect(verdict({ ...round, competitors: [{ ...proven, txid: TXID }] })).toEqual(serviceError)
  })

  it('is a success when a provider knows our txid after all', () => {
    const round = { answers: [doubleSpend], lookups: [unknown, { ...known, provider: 'arc' }], competitors: [proven] }
    expect(verdict(round)).toEqual({ ...success, processing: 'seen', discrepancy: true })
  })

  it('stands whatever the other providers said, short of a success', () => {
    for (const said of [reject, missingInputs, unavailable])
      expect(verdict({ answers: [doubleSpend, other(said)], lookups: [unknown], competitors: [proven] })).toEqual(lost)
  })

  it('"missing inputs" is never a double spend', () => {
    const round = { answers: [missingInputs, other(missingInputs)], lookups: [unknown], competitors: [proven] }
    expect(verdict(round)).toEqual(serviceError)
  })
})

describe('a rejection', () => {
  it('is final when every provider rejected and a look-up does not know our txid', () => {
    expect(verdict({ answers: [reject], lookups: [unknown] })).toEqual(rejected)
    expect(verdict({ answers: [reject, other(reject)], lookups: [unknown] })).toEqual(rejected)
  })

  it.each([
    ['an outage', unavailable],
    ['missing inputs', missingInputs],
    ['an unproven double-spend report', doubleSpend],
  ])('beside %s is a service error', (_, beside) => {
    expect(verdict({ answers: [reject, other(beside)], lookups: [unknown] })).toEqual(serviceError)
  })

  it('is a service error without a look-up that came back', () => {
    expect(verdict({ answers: [reject] })).toEqual(serviceError)
    expect(verdict({ answers: [reject], lookups: [lookupDown] })).toEqual(serviceError)
  })

  it('is a service error while a configured provider has not answered', () => {
    const round = { answers: [reject], lookups: [unknown] }
    expect(verdict({ ...round, providers: ['arc', 'woc'] })).toEqual(serviceError)
    expect(verdict({ ...round, providers: ['arc'] })).toEqual(rejected)
  })
})

describe('anything else', () => {
  it.each([
    ['no answer at all', []],
    ['an outage', [unavailable]],
    ['missing inputs', [missingInputs]],
    ['a double-spend report alone', [doubleSpend]],
  ])('%s is a service error', (_, answers) => {
    expect(verdict({ answers, lookups: [unknown] })).toEqual(serviceError)
  })
})

describe('any round', () => {
  const provider = fc.constantFrom('arc', 'woc', 'bitails')
  const answer = fc.oneof(
    fc.record({ provider, answer: fc.constant('accept' as const), seenOnNetwork: fc.boolean() }),
    fc.record({
      provider,
      answer: fc.constantFrom('reject' as const, 'missingInputs' as const, 'unavailable' as const),
    }),
    fc.record({
      provider,
      answer: fc.constant('doubleSpend' as const),
      competingTxids: fc.uniqueArray(fc.constantFrom(TXID, RIVAL)),
    }),
  )
  const lookup = fc.record({ provider, answer: fc.constantFrom('mined', 'known', 'unknown', 'unavailable') })
  const competitor = fc.record({
    txid: fc.constantFrom(TXID, RIVAL),
    spendsOurInput: fc.boolean(),
    proofVerified: fc.boolean(),
    minedAccordingTo: fc.array(provider, { maxLength: 3 }),
  })
  const anyRound = fc.record({
    txid: fc.constant(TXID),
    answers: fc.array(answer, { maxLength: 4 }),
    lookups: fc.array(lookup, { maxLength: 3 }),
    competitors: fc.array(competitor, { maxLength: 2 }),
  })

  it('with an acceptance is a success, and a success always has an acceptance or a look-up that knows it', () => {
    fc.assert(
      fc.property(anyRound, (round) => {
        const isAccepted = round.answers.some((given) => given.answer === 'accept')
        const isKnown = round.lookups.some((given) => given.answer === 'known' || given.answer === 'mined')
        expect(broadcastVerdict(round).outcome === 'success').toBe(isAccepted || isKnown)
      }),
    )
  })

  it('does not depend on the order of answers', () => {
    fc.assert(
      fc.property(anyRound, (round) => {
        const reversed = { ...round, answers: [...round.answers].reverse(), lookups: [...round.lookups].reverse() }
        expect(broadcastVerdict(reversed)).toEqual(broadcastVerdict(round))
      }),
    )
  })

  it('in which somebody was unavailable never ends in invalid', () => {
    fc.assert(
      fc.property(anyRound, (round) => {
        const answers = [...round.answers, unavailable]
        expect(broadcastVerdict({ ...round, answers }).outcome).not.toBe('rejected')
      }),
    )
  })

  it('without a double-spend report never ends in doubleSpend', () => {
    fc.assert(
      fc.property(anyRound, (round) => {
        const answers = round.answers.filter((given) => given.answer !== 'doubleSpend')
        expect(broadcastVerdict({ ...round, answers }).outcome).not.toBe('doubleSpend')
      }),
    )
  })

  it('without a look-up that came back never ends in a failure', () => {
    fc.assert(
      fc.property(anyRound, (round) => {
        const { outcome } = broadcastVerdict({ ...round, lookups: [lookupDown] })
        expect(['success', 'serviceError']).toContain(outcome)
      }),
    )
  })
})
