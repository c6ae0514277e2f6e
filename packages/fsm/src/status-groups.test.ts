import { PROCESSING_STATUSES } from '@txkeep/core'
import { describe, expect, it } from 'vitest'
import { isSpendableStatus, isTerminal } from './status-groups.js'

describe('groups of statuses', () => {
  it('outputs of accepted transactions are spendable, of no others', () => {
    expect(PROCESSING_STATUSES.filter(isSpendableStatus)).toEqual([
      'sent',
      'seen',
      'seen_multi',
      'unconfirmed',
      'confirmed',
    ])
  })

  it('confirmed, invalid and doubleSpend are terminal, no others', () => {
    expect(PROCESSING_STATUSES.filter(isTerminal)).toEqual(['confirmed', 'invalid', 'doubleSpend'])
  })
})
