import { describe, expect, it } from 'vitest'
import { combineLegacyUsers } from './combine-legacy-users.js'
import { legacyToProcessing } from './legacy-to-processing.js'

/** Users' rows of one txid that share one request. */
function combine(request: string | null, ...transactions: string[]) {
  const shared = { request, hasProof: false, wasBroadcast: false, hasRawTx: true, hasTxid: true }
  return combineLegacyUsers(
    transactions.map((transaction) => ({ transaction, result: legacyToProcessing({ ...shared, transaction }) })),
  )
}

describe('several users of one txid', () => {
  it('the most advanced status wins', () => {
    expect(combine('unsent', 'unproven', 'completed')).toMatchObject({ processing: 'seen', aborted: [false, false] })
  })

  it('a user whose row failed while the transaction lives has aborted his action', () => {
    expect(combine('unsent', 'sending', 'failed')).toEqual({
      processing: 'queued',
      frozenReason: undefined,
      relock: false,
      aborted: [false, true],
    })
    expect(combine('invalid', 'unfail', 'failed')).toMatchObject({ processing: 'unfail', aborted: [false, true] })
    expect(combine(null, 'paused', 'failed')).toMatchObject({ processing: 'frozen', aborted: [false, true] })
    expect(combine('nosend', 'nosend', 'failed')).toMatchObject({ processing: 'nosend', aborted: [false, true] })
  })

  it('once the network accepted it, no abort of it happened', () => {
    expect(combine('unmined', 'unproven', 'failed')).toMatchObject({ processing: 'sent', aborted: [false, false] })
    expect(combine('nosend', 'unproven', 'failed')).toMatchObject({ processing: 'sent', aborted: [false, false] })
  })

  it('one user alone gets what the pair rule says', () => {
    expect(combine('nosend', 'failed')).toMatchObject({ processing: 'frozen', aborted: [true] })
    expect(combine('sending', 'failed')).toMatchObject({ processing: 'frozen', aborted: [false] })
    expect(combine('unfail', 'failed')).toMatchObject({ processing: 'unfail', aborted: [false] })
    expect(combine('invalid', 'failed')).toMatchObject({ processing: 'invalid', aborted: [false] })
  })

  it('of several reasons to freeze, the one that needs a person wins', () => {
    expect(combine('sending', 'failed', 'paused')).toMatchObject({
      processing: 'frozen',
      frozenReason: 'unknown-status',
    })
    expect(combine('sending', 'paused', 'failed')).toMatchObject({
      processing: 'frozen',
      frozenReason: 'unknown-status',
    })
  })

  it('drafts alone have no transaction', () => {
    const draft = legacyToProcessing({
      transaction: 'unsigned',
      request: null,
      hasProof: false,
      wasBroadcast: false,
      hasRawTx: false,
      hasTxid: false,
    })
    expect(combineLegacyUsers([{ transaction: 'unsigned', result: draft }])).toBeUndefined()
    expect(combineLegacyUsers([])).toBeUndefined()
  })
})
