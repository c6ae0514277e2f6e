import { LEGACY_REQUEST_STATUSES, LEGACY_TRANSACTION_STATUSES } from '@txkeep/core'
import { describe, expect, it } from 'vitest'
import { enumerateLegacyPairs, UNKNOWN_LEGACY_STATUS } from './enumerate-legacy-pairs.js'
import { legacyToProcessing } from './legacy-to-processing.js'

const pairs = enumerateLegacyPairs()

describe('enumerateLegacyPairs', () => {
  it('holds every combination once', () => {
    const keys = pairs.map((pair) =>
      [pair.transaction, pair.request, pair.hasProof, pair.wasBroadcast, pair.hasRawTx, pair.hasTxid].join('|'),
    )
    expect(pairs.length).toBe((LEGACY_TRANSACTION_STATUSES.length + 2) * (LEGACY_REQUEST_STATUSES.length + 2) * 2 ** 4)
    expect(new Set(keys).size).toBe(pairs.length)
  })

  it('says of each what legacyToProcessing says', () => {
    for (const { transaction, request, hasProof, wasBroadcast, hasRawTx, hasTxid, ...result } of pairs)
      expect(result).toEqual(legacyToProcessing({ transaction, request, hasProof, wasBroadcast, hasRawTx, hasTxid }))
  })

  it('tells an unknown text from the request status unknown and from an absent row', () => {
    const of = (request: string | null) =>
      pairs.find(
        (pair) =>
          pair.transaction === 'unproven' &&
          pair.request === request &&
          !pair.hasProof &&
          !pair.wasBroadcast &&
          pair.hasTxid,
      )
    expect(of(UNKNOWN_LEGACY_STATUS)).toMatchObject({ processing: 'frozen', frozenReason: 'unknown-status' })
    expect(of('unknown')).toMatchObject({ processing: 'sent' })
    expect(of(null)).toMatchObject({ processing: 'sent' })
    expect([...LEGACY_TRANSACTION_STATUSES, ...LEGACY_REQUEST_STATUSES]).not.toContain(UNKNOWN_LEGACY_STATUS)
  })
})
