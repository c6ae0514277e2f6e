import { LEGACY_REQUEST_STATUSES, LEGACY_TRANSACTION_STATUSES } from '@txkeep/core'
import { describe, expect, it } from 'vitest'
import { requestToProcessing, transactionToProcessing } from './single-status.js'

/** The two single maps of docs/spec/lifecycle.md §7, as they stand there. */
const REQUEST = `completed→confirmed · unmined, callback, unknown→sent · unconfirmed→unconfirmed · sending→sending ·
unsent, unprocessed→queued · nonfinal→nonfinal · nosend→nosend · invalid→invalid · doubleSpend→doubleSpend · unfail→unfail`
const TRANSACTION = `completed→confirmed · failed→invalid · unprocessed→queued · sending→sending · unproven→sent ·
nosend→nosend · nonfinal→nonfinal · unfail→unfail · unsigned→draft`

describe('a legacy status alone', () => {
  it('every request status has its processing status', () => {
    const got = Object.fromEntries(LEGACY_REQUEST_STATUSES.map((status) => [status, requestToProcessing(status)]))
    expect(got).toEqual(mapOf(REQUEST))
  })

  it("every status of a user's row has its processing status, and unsigned is a draft", () => {
    const got = Object.fromEntries(
      LEGACY_TRANSACTION_STATUSES.map((status) => [status, transactionToProcessing(status) ?? 'draft']),
    )
    expect(got).toEqual(mapOf(TRANSACTION))
  })

  it.each(['', 'COMPLETED', 'constructor', '__proto__', 'toString', 'paused'])(
    'the unknown text %j is frozen',
    (text) => {
      expect(requestToProcessing(text)).toBe('frozen')
      expect(transactionToProcessing(text)).toBe('frozen')
    },
  )
})

function mapOf(text: string): Record<string, string> {
  const rules = text.split('·').map((rule) => rule.trim().split('→'))
  return Object.fromEntries(rules.flatMap(([from = '', to = '']) => from.split(',').map((name) => [name.trim(), to])))
}
