import { PROCESSING_STATUSES, type ProcessingStatus } from '@txkeep/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mayReleaseInput, type HeldInput } from './may-release-input.js'
import type { UtxoLookup } from './utxo-verdict.js'

const ACCEPTED = ['sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed']
const at = (minute: number, answer: UtxoLookup['answer']): UtxoLookup => ({ at: new Date(minute * 60_000), answer })

const abortedDraft = { processing: undefined, userAborted: true }
const failed = { processing: 'invalid', userAborted: false } as const
const heldByFailed: HeldInput = { holder: failed, ownProcessing: 'confirmed', lookups: [] }

const anyLookups = fc.array(
  fc.record({
    at: fc.nat({ max: 3_600_000 }).map((ms) => new Date(ms)),
    answer: fc.constantFrom('unspent' as const, 'spent' as const, 'unknown' as const),
  }),
  { maxLength: 5 },
)
const anyStatus = fc.option(fc.constantFrom(...PROCESSING_STATUSES), { nil: undefined })

describe('mayReleaseInput', () => {
  it('releases the inputs of an aborted draft without asking: it was never signed', () => {
    expect(mayReleaseInput({ holder: abortedDraft, ownProcessing: 'confirmed', lookups: [] })).toBe('release')
  })

  it('keeps the inputs of a draft nobody aborted', () => {
    const holder = { processing: undefined, userAborted: false }
    expect(mayReleaseInput({ holder, ownProcessing: 'confirmed', lookups: [at(0, 'unspent')] })).toBe('keep')
  })

  it.each(PROCESSING_STATUSES.filter((status) => status !== 'invalid' && status !== 'doubleSpend'))(
    'keeps the inputs of a transaction that is %s, aborted or not, whatever look-ups say',
    (processing) => {
      fc.assert(
        fc.property(fc.boolean(), anyStatus, anyLookups, (userAborted, ownProcessing, lookups) => {
          expect(mayReleaseInput({ holder: { processing, userAborted }, ownProcessing, lookups })).toBe('keep')
        }),
      )
    },
  )

  it.each<ProcessingStatus>(['invalid', 'doubleSpend'])(
    'asks the network about the inputs of a transaction that is %s',
    (processing) => {
      const held = { ...heldByFailed, holder: { processing, userAborted: false } }
      expect(mayReleaseInput(held)).toBe('ask-again')
      expect(mayReleaseInput({ ...held, lookups: [at(0, 'unspent')] })).toBe('release')
      expect(mayReleaseInput({ ...held, lookups: [at(0, 'spent')] })).toBe('ask-again')
      expect(mayReleaseInput({ ...held, lookups: [at(0, 'spent'), at(10, 'spent')] })).toBe('spent-elsewhere')
    },
  )

  it('releases nothing on an outage', () => {
    expect(mayReleaseInput({ ...heldByFailed, lookups: [at(0, 'unknown'), at(60, 'unknown')] })).toBe('ask-again')
  })

  it.each(PROCESSING_STATUSES.filter((status) => !ACCEPTED.includes(status)))(
    'releases a coin whose own transaction is %s: there is nothing to ask, and the rule keeps it unspendable',
    (ownProcessing) => {
      expect(mayReleaseInput({ ...heldByFailed, ownProcessing })).toBe('release')
    },
  )

  it('releases a coin that itself belongs to a draft', () => {
    expect(mayReleaseInput({ ...heldByFailed, ownProcessing: undefined })).toBe('release')
  })

  it('releases an accepted coin of a signed holder only on a successful look-up that says unspent', () => {
    const accepted = fc.constantFrom(...PROCESSING_STATUSES.filter((status) => ACCEPTED.includes(status)))
    fc.assert(
      fc.property(accepted, anyLookups, (ownProcessing, lookups) => {
        const decision = mayReleaseInput({ holder: failed, ownProcessing, lookups })
        if (decision === 'release') expect(lookups.some(({ answer }) => answer === 'unspent')).toBe(true)
        if (decision === 'spent-elsewhere')
          expect(lookups.filter(({ answer }) => answer === 'spent').length).toBeGreaterThan(1)
      }),
    )
  })
})
