import { PROCESSING_STATUSES, type ProcessingStatus } from '@txkeep/core'
import { describe, expect, it } from 'vitest'
import { legacyToProcessing } from './legacy-to-processing.js'
import { processingToLegacy } from './processing-to-legacy.js'

/** The table "Back" of docs/spec/lifecycle.md §7, one row per status: user's row, request. */
const BACK = `
queued | sending when outgoing, unproven when incoming | unsent
sending | sending | sending
sent | unproven | unmined
seen | unproven | unmined
seen_multi | unproven | unmined
unconfirmed | unproven | unconfirmed
reorging | unproven | unconfirmed
confirmed | completed | completed
invalid | failed | invalid
doubleSpend | failed | doubleSpend
unfail | unfail | unfail
nosend | nosend | nosend
nonfinal | nonfinal | nonfinal
frozen | nonfinal | nonfinal`

const rows = BACK.trim()
  .split('\n')
  .map((line) => line.split(' | ') as [ProcessingStatus, string, string])

const ACCEPTED = ['sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed']

describe('the table back', () => {
  it('has a row for every status', () => {
    expect(rows.map(([status]) => status).sort()).toEqual([...PROCESSING_STATUSES].sort())
  })

  it.each(rows)("%s goes back as user's row %s and request %s", (status, transaction, request) => {
    for (const isOutgoing of [true, false]) {
      const row = transaction.includes(' when ') ? (isOutgoing ? 'sending' : 'unproven') : transaction
      expect(processingToLegacy(status, { aborted: false, isOutgoing })).toEqual({ transaction: row, request })
    }
  })

  it.each(rows)(
    'an aborted action of a transaction in %s is failed unless the network accepted it',
    (status, row, request) => {
      for (const isOutgoing of [true, false])
        expect(processingToLegacy(status, { aborted: true, isOutgoing })).toEqual({
          transaction: ACCEPTED.includes(status) ? row : 'failed',
          request,
        })
    },
  )

  it('a draft is unsigned, an aborted draft failed, and neither has a request', () => {
    const isOutgoing = true
    expect(processingToLegacy(undefined, { aborted: false, isOutgoing })).toEqual({
      transaction: 'unsigned',
      request: undefined,
    })
    expect(processingToLegacy(undefined, { aborted: true, isOutgoing })).toEqual({
      transaction: 'failed',
      request: undefined,
    })
  })
})

describe('there and back', () => {
  /** The legacy schema has no word for these; the migration keeps them beside the tables. */
  const KEPT_BESIDE = new Map([
    ['seen', 'sent'],
    ['seen_multi', 'sent'],
    ['unconfirmed', 'seen'],
    ['reorging', 'seen'],
    ['confirmed', 'seen'],
    ['frozen', 'nonfinal'],
  ])

  it.each(PROCESSING_STATUSES)(
    '%s comes back as itself, or as the status the legacy schema has a word for',
    (status) => {
      for (const isOutgoing of [true, false]) {
        const back = processingToLegacy(status, { aborted: false, isOutgoing })
        const again = legacyToProcessing({
          ...back,
          hasProof: false,
          wasBroadcast: false,
          hasRawTx: true,
          hasTxid: true,
        })
        expect(again.processing).toBe(KEPT_BESIDE.get(status) ?? status)
      }
    },
  )

  it('drafts come back as drafts, aborted ones aborted', () => {
    for (const aborted of [true, false]) {
      const back = processingToLegacy(undefined, { aborted, isOutgoing: true })
      const again = legacyToProcessing({
        ...back,
        hasProof: false,
        wasBroadcast: false,
        hasRawTx: false,
        hasTxid: false,
      })
      expect(again).toMatchObject({ processing: undefined, aborted })
    }
  })
})
