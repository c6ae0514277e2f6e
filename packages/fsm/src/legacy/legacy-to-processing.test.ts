import { LEGACY_REQUEST_STATUSES, LEGACY_TRANSACTION_STATUSES, type ProcessingStatus } from '@txkeep/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { legacyToProcessing, type LegacyPair, type LegacyPairResult } from './legacy-to-processing.js'
import { requestToProcessing } from './single-status.js'

/** The pair table of docs/spec/lifecycle.md §7, as it stands there. */
const TABLE = `
user's row \\ request | none | unsent | unprocessed | sending | unmined, callback, unknown | unconfirmed, completed | nosend | nonfinal
unsigned | draft | queued | sending | sending | sent | seen | nosend | nonfinal
unprocessed | draft; queued if it has a raw tx | queued | sending | sending | sent | seen | nosend | nonfinal
sending | sending if it has a raw tx, else draft | queued | sending | sending | sent | seen | queued | nonfinal
unproven | sent | queued; sent if wasBroadcast | sending | sending | sent | seen | sent | nonfinal
completed | seen | seen | seen | seen | seen | seen | seen | seen
nosend | nosend | queued | sending | sending | sent | seen | nosend | nonfinal
nonfinal | nonfinal | nonfinal | nonfinal | sending | sent | seen | nosend | nonfinal
failed | draft aborted, or invalid if it has a txid | frozen | frozen | frozen | sent | seen | frozen, aborted | frozen
unfail | unfail | unfail | unfail | unfail | sent | seen | unfail | unfail`

/** Every cell of the table, one request status each. */
const cells = cellsOf(TABLE)

const signed = { hasProof: false, wasBroadcast: false, hasRawTx: true, hasTxid: true }
const bits = [false, true]

describe('the pair table', () => {
  it('has a cell for every user status and every request status that has not failed', () => {
    const failed = ['invalid', 'doubleSpend', 'unfail']
    const requests = [null, ...LEGACY_REQUEST_STATUSES.filter((status) => !failed.includes(status))]
    expect(cells.length).toBe(LEGACY_TRANSACTION_STATUSES.length * requests.length)
    for (const transaction of LEGACY_TRANSACTION_STATUSES)
      for (const request of requests)
        expect(cells.filter((cell) => cell.transaction === transaction && cell.request === request)).toHaveLength(1)
  })

  it.each(cells)("user's row $transaction with request $request is: $says", ({ transaction, request, says }) => {
    for (const wasBroadcast of bits)
      for (const hasRawTx of bits) {
        const pair = { transaction, request, hasProof: false, wasBroadcast, hasRawTx, hasTxid: true }
        expect(legacyToProcessing(pair)).toEqual(expected(says, pair))
      }
  })

  it.each(LEGACY_TRANSACTION_STATUSES.filter((status) => status !== 'unfail'))(
    "user's row %s with a request invalid, doubleSpend or unfail is that",
    (transaction) => {
      for (const request of ['invalid', 'doubleSpend', 'unfail'] as const)
        expect(legacyToProcessing({ ...signed, transaction, request })).toEqual(live(request))
    },
  )

  it("user's row unfail with a request invalid, doubleSpend or unfail is unfail", () => {
    for (const request of ['invalid', 'doubleSpend', 'unfail'] as const)
      expect(legacyToProcessing({ ...signed, transaction: 'unfail', request })).toEqual(live('unfail'))
  })

  it.each(LEGACY_REQUEST_STATUSES)(
    "a request %s without a user's row speaks for itself, never confirmed",
    (request) => {
      const alone = requestToProcessing(request)
      const lowered = alone === 'confirmed' || alone === 'unconfirmed' ? 'seen' : alone
      expect(legacyToProcessing({ ...signed, transaction: null, request }).processing).toBe(lowered)
    },
  )
})

describe('whatever the pair says', () => {
  const status = (known: readonly string[]) =>
    fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(null, undefined, ...known) },
      { weight: 1, arbitrary: fc.string() },
    )
  const anyPair: fc.Arbitrary<LegacyPair> = fc.record({
    transaction: status(LEGACY_TRANSACTION_STATUSES),
    request: status(LEGACY_REQUEST_STATUSES),
    hasProof: fc.boolean(),
    wasBroadcast: fc.boolean(),
    hasRawTx: fc.boolean(),
    hasTxid: fc.boolean(),
  })

  it('a proof makes it confirmed, not aborted, and marks its inputs spent', () => {
    fc.assert(
      fc.property(anyPair, (pair) => {
        expect(legacyToProcessing({ ...pair, hasProof: true })).toEqual(live('confirmed'))
      }),
    )
  })

  it('without a proof it is never confirmed or unconfirmed', () => {
    fc.assert(
      fc.property(anyPair, (pair) => {
        const { processing } = legacyToProcessing({ ...pair, hasProof: false })
        expect(['confirmed', 'unconfirmed']).not.toContain(processing)
      }),
    )
  })

  it('a row with a txid is never a draft, and one without a txid and a proof always is', () => {
    fc.assert(
      fc.property(anyPair, (pair) => {
        expect(legacyToProcessing({ ...pair, hasTxid: true }).processing).toBeDefined()
        expect(legacyToProcessing({ ...pair, hasTxid: false, hasProof: false })).toEqual({
          processing: undefined,
          aborted: pair.transaction === 'failed',
          relock: false,
          frozenReason: undefined,
        })
      }),
    )
  })

  it('inputs are marked spent exactly for sending, frozen and what the network accepted', () => {
    const holding = ['sending', 'frozen', 'sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed']
    fc.assert(
      fc.property(anyPair, (pair) => {
        const { processing, relock } = legacyToProcessing(pair)
        expect(relock).toBe(processing !== undefined && holding.includes(processing))
      }),
    )
  })

  it('a reason is given exactly when it is frozen', () => {
    fc.assert(
      fc.property(anyPair, (pair) => {
        const { processing, frozenReason } = legacyToProcessing(pair)
        expect(frozenReason !== undefined).toBe(processing === 'frozen')
      }),
    )
  })

  it('an unknown status text on either side freezes it, and its inputs are marked spent', () => {
    const unknownText = { processing: 'frozen', aborted: false, relock: true, frozenReason: 'unknown-status' }
    for (const text of ['', 'paused', 'Completed', 'constructor', '__proto__']) {
      for (const request of [null, ...LEGACY_REQUEST_STATUSES])
        expect(legacyToProcessing({ ...signed, transaction: text, request })).toEqual(unknownText)
      for (const transaction of [null, ...LEGACY_TRANSACTION_STATUSES])
        expect(legacyToProcessing({ ...signed, transaction, request: text })).toEqual(unknownText)
    }
  })

  it('a request status unknown is a known text: it was broadcast', () => {
    expect(legacyToProcessing({ ...signed, transaction: 'unproven', request: 'unknown' })).toEqual(live('sent'))
  })

  it('a draft with a txid is frozen for want of a raw transaction', () => {
    const noRawTx = { processing: 'frozen', aborted: false, relock: true, frozenReason: 'no-raw-tx' }
    for (const transaction of ['unsigned', 'unprocessed', 'sending', null])
      expect(legacyToProcessing({ ...signed, transaction, request: null, hasRawTx: false })).toEqual(noRawTx)
    expect(legacyToProcessing({ ...signed, transaction: 'unsigned', request: null, hasRawTx: true })).toEqual(noRawTx)
  })

  it('a failed row without a txid is an aborted draft', () => {
    const pair = { ...signed, transaction: 'failed', request: null, hasTxid: false }
    expect(legacyToProcessing(pair)).toEqual({
      processing: undefined,
      aborted: true,
      relock: false,
      frozenReason: undefined,
    })
  })
})

function live(processing: ProcessingStatus): LegacyPairResult {
  const relock = ['sending', 'sent', 'seen', 'confirmed'].includes(processing)
  return { processing, aborted: false, relock, frozenReason: undefined }
}

/** What the words of a cell ask for, for a row with a txid. Written apart from the code under test. */
function expected(says: string, pair: LegacyPair): LegacyPairResult {
  const noRawTx = { processing: 'frozen', aborted: false, relock: true, frozenReason: 'no-raw-tx' } as const
  const uncertain = { processing: 'frozen', aborted: false, relock: true, frozenReason: 'legacy-uncertain' } as const
  switch (says) {
    case 'draft':
      return noRawTx
    case 'draft; queued if it has a raw tx':
      return pair.hasRawTx ? live('queued') : noRawTx
    case 'sending if it has a raw tx, else draft':
      return pair.hasRawTx ? live('sending') : noRawTx
    case 'queued; sent if wasBroadcast':
      return live(pair.wasBroadcast ? 'sent' : 'queued')
    case 'draft aborted, or invalid if it has a txid':
      return live('invalid')
    case 'frozen':
      return uncertain
    case 'frozen, aborted':
      return { ...uncertain, aborted: true }
    default:
      return live(says as ProcessingStatus)
  }
}

function cellsOf(table: string): { transaction: string; request: string | null; says: string }[] {
  const [header = [], ...rows] = table
    .trim()
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.trim()))
  return rows.flatMap(([transaction = '', ...says]) =>
    says.flatMap((words, index) =>
      (header[index + 1] ?? '').split(', ').map((request) => ({
        transaction,
        request: request === 'none' ? null : request,
        says: words,
      })),
    ),
  )
}
