import { PROCESSING_STATUSES, WITHHELD_REASONS, type ProcessingStatus } from '@txkeep/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOutputPending } from './is-output-pending.js'
import { isOutputSpendable, SPENDABLE_STATUSES } from './is-output-spendable.js'
import { isUsable, type UsePurpose } from './is-usable.js'
import type { OutputFacts, TipFacts, TransactionFacts } from './spendability-facts.js'

const ACCEPTED = ['sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed']
const tip: TipFacts = { height: 1000 }

/** A plain coin, free and with its script. */
const coin: OutputFacts = {
  spendable: false,
  pending: false,
  spentByActionId: null,
  withheld: null,
  maturesAtHeight: null,
  scriptLength: null,
  scriptOffset: null,
  lockingScript: { length: 25 },
  userAborted: false,
}

function made(processing: ProcessingStatus, isCoinbase = false): TransactionFacts {
  return { processing, isCoinbase, rawTx: { length: 200 } }
}

const mostly = <T>(usual: T, ...rare: T[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...rare) })
const anyHeight = fc.integer({ min: 995, max: 1005 })
const anyOutput: fc.Arbitrary<OutputFacts> = fc.record({
  spendable: fc.boolean(),
  pending: fc.boolean(),
  spentByActionId: mostly<number | null>(null, 7),
  withheld: mostly<OutputFacts['withheld']>(null, ...WITHHELD_REASONS),
  maturesAtHeight: fc.option(anyHeight),
  scriptLength: fc.option(fc.integer({ min: -1, max: 60 })),
  scriptOffset: fc.option(fc.integer({ min: -1, max: 60 })),
  lockingScript: fc.option(fc.constant({ length: 25 })),
  userAborted: mostly(false, true),
})
const anyTransaction: fc.Arbitrary<TransactionFacts> = fc.record({
  processing: fc.constantFrom(...PROCESSING_STATUSES),
  isCoinbase: fc.boolean(),
  rawTx: fc.option(fc.record({ length: fc.integer({ min: 0, max: 100 }) })),
})
const anyTip: fc.Arbitrary<TipFacts | undefined> = fc.option(fc.record({ height: anyHeight }), { nil: undefined })
const anyPurpose = fc.constantFrom<UsePurpose[]>('immediate', 'delayed', 'named')

describe('isOutputSpendable', () => {
  it('the spendable statuses are sent, seen, seen_multi, unconfirmed and confirmed', () => {
    expect(SPENDABLE_STATUSES).toEqual(ACCEPTED)
  })

  it.each(PROCESSING_STATUSES)(
    'a free coin of a transaction that is %s is spendable only if the network accepted it',
    (processing) => {
      expect(isOutputSpendable(coin, made(processing), tip)).toBe(ACCEPTED.includes(processing))
    },
  )

  it('a coin of a draft is never spendable, whatever its flag says', () => {
    expect(isOutputSpendable({ ...coin, spendable: true }, undefined, tip)).toBe(false)
  })

  it.each<[string, Partial<OutputFacts>]>([
    ['spent', { spentByActionId: 7 }],
    ['withheld', { withheld: 'not-utxo' }],
    ['of an aborted action', { userAborted: true }],
    ['without a script', { lockingScript: null }],
  ])('a coin that is %s is not spendable', (_, change) => {
    expect(isOutputSpendable({ ...coin, ...change }, made('confirmed'), tip)).toBe(false)
  })

  it.each(WITHHELD_REASONS)('a coin withheld as %s is not spendable', (withheld) => {
    expect(isOutputSpendable({ ...coin, withheld }, made('confirmed'), tip)).toBe(false)
  })

  it('an action with the id 0 spends a coin like any other', () => {
    expect(isOutputSpendable({ ...coin, spentByActionId: 0 }, made('confirmed'), tip)).toBe(false)
  })

  it.each([
    [100, 100, true],
    [0, 200, true],
    [199, 1, true],
    [199, 2, false],
    [200, 1, false],
    [-1, 50, false],
    [10, 0, false],
    [10, null, false],
    [null, 10, false],
  ])(
    'a script at offset %s of length %s in a raw transaction of 200 bytes is known: %s',
    (scriptOffset, scriptLength, known) => {
      const output = { ...coin, lockingScript: null, scriptOffset, scriptLength }
      expect(isOutputSpendable(output, made('confirmed'), tip)).toBe(known)
      expect(isOutputSpendable(output, { ...made('confirmed'), rawTx: null }, tip)).toBe(false)
    },
  )

  it('equals the rule as the page states it', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, anyTip, (output, transaction, tip) => {
        expect(isOutputSpendable(output, transaction, tip)).toBe(
          statedRule(ACCEPTED, 'spendable', output, transaction, tip),
        )
      }),
      { numRuns: 3000 },
    )
  })
})

describe('isOutputPending', () => {
  it.each(PROCESSING_STATUSES)(
    'a free coin of a transaction that is %s is pending only if that is on its way out',
    (processing) => {
      expect(isOutputPending(coin, made(processing), tip)).toBe(processing === 'queued' || processing === 'sending')
    },
  )

  it('equals the rule with queued and sending in place of the accepted statuses', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, anyTip, (output, transaction, tip) => {
        const stated = statedRule(['queued', 'sending'], 'pending', output, transaction, tip)
        expect(isOutputPending(output, transaction, tip)).toBe(stated)
      }),
      { numRuns: 3000 },
    )
  })

  it('a coin of a draft is never pending', () => {
    expect(isOutputPending({ ...coin, pending: true }, undefined, tip)).toBe(false)
  })

  it('no coin becomes spendable and pending at once', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, anyTip, (output, transaction, tip) => {
        fc.pre(!(output.spendable && output.pending))
        expect(isOutputSpendable(output, transaction, tip) && isOutputPending(output, transaction, tip)).toBe(false)
      }),
    )
  })
})

describe('coinbase maturity', () => {
  const mined = (maturesAtHeight: number | null): OutputFacts => ({ ...coin, maturesAtHeight })

  it('a coinbase output is spendable from the height it matures at on', () => {
    expect(isOutputSpendable(mined(1001), made('confirmed', true), tip)).toBe(false)
    expect(isOutputSpendable(mined(1000), made('confirmed', true), tip)).toBe(true)
    expect(isOutputSpendable(mined(999), made('confirmed', true), tip)).toBe(true)
  })

  it('without a tip, or without a height to mature at, a coinbase output is not spendable', () => {
    expect(isOutputSpendable(mined(1), made('confirmed', true), undefined)).toBe(false)
    expect(isOutputSpendable(mined(null), made('confirmed', true), tip)).toBe(false)
  })

  it('an output of any other transaction needs no tip and waits for no height', () => {
    expect(isOutputSpendable(mined(2000), made('confirmed'), tip)).toBe(true)
    expect(isOutputSpendable(mined(null), made('confirmed'), undefined)).toBe(true)
  })

  it('a higher tip never makes a coin unspendable, a lower tip never makes one spendable', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, anyHeight, fc.nat({ max: 10 }), (output, transaction, height, more) => {
        const below = isOutputSpendable(output, transaction, { height })
        const above = isOutputSpendable(output, transaction, { height: height + more })
        expect(below && !above).toBe(false)
      }),
    )
  })

  it('a new tip changes coinbase outputs only', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, anyTip, anyTip, (output, transaction, one, other) => {
        const plain = { ...transaction, isCoinbase: false }
        expect(isOutputSpendable(output, plain, one)).toBe(isOutputSpendable(output, plain, other))
      }),
    )
  })
})

describe('reorging and unfail', () => {
  const keeping = fc.constantFrom<ProcessingStatus[]>('reorging', 'unfail')

  it('keep the flags a coin had while it is free', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, keeping, anyTip, (output, transaction, processing, tip) => {
        const held = { ...transaction, processing }
        const free = { ...output, spentByActionId: null, withheld: null, userAborted: false }
        expect(isOutputSpendable(free, held, tip)).toBe(output.spendable)
        expect(isOutputPending(free, held, tip)).toBe(output.pending)
      }),
    )
  })

  it('never give a coin a flag it did not have', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, keeping, anyTip, (output, transaction, processing, tip) => {
        const held = { ...transaction, processing }
        expect(isOutputSpendable({ ...output, spendable: false }, held, tip)).toBe(false)
        expect(isOutputPending({ ...output, pending: false }, held, tip)).toBe(false)
      }),
    )
  })

  it.each<[string, Partial<OutputFacts>]>([
    ['spent', { spentByActionId: 7 }],
    ['withheld', { withheld: 'operator' }],
    ['aborted', { userAborted: true }],
  ])('take the flags from a coin that is %s', (_, change) => {
    const flagged = { ...coin, spendable: true, pending: true, ...change }
    for (const processing of ['reorging', 'unfail'] as const) {
      expect(isOutputSpendable(flagged, made(processing), tip)).toBe(false)
      expect(isOutputPending(flagged, made(processing), tip)).toBe(false)
    }
  })
})

describe('what no coin escapes', () => {
  it.each<[string, Partial<OutputFacts>]>([
    ['withholding', { withheld: 'operator' }],
    ['spending', { spentByActionId: 1 }],
    ['aborting its action', { userAborted: true }],
  ])('%s a coin never makes it spendable, pending or usable', (_, change) => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, anyTip, anyPurpose, (output, transaction, tip, purpose) => {
        const taken = { ...output, ...change }
        expect(isOutputSpendable(taken, transaction, tip)).toBe(false)
        expect(isOutputPending(taken, transaction, tip)).toBe(false)
        expect(isUsable(taken, transaction, tip, purpose)).toBe(false)
      }),
    )
  })

  it('computing the flags twice changes nothing the second time', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, anyTip, (output, transaction, tip) => {
        const flags = (of: OutputFacts) => ({
          spendable: isOutputSpendable(of, transaction, tip),
          pending: isOutputPending(of, transaction, tip),
        })
        const once = flags(output)
        expect(flags({ ...output, ...once })).toEqual(once)
      }),
    )
  })
})

describe('isUsable', () => {
  /** Which statuses make a free coin usable for which purpose. */
  const USABLE: Record<UsePurpose, readonly string[]> = {
    immediate: ACCEPTED,
    delayed: [...ACCEPTED, 'queued', 'sending'],
    named: [...ACCEPTED, 'queued', 'sending', 'nosend', 'reorging'],
  }

  it.each(PROCESSING_STATUSES)(
    'a free coin of a transaction that is %s is usable for exactly the purposes of the page',
    (processing) => {
      for (const purpose of ['immediate', 'delayed', 'named'] as const)
        expect(isUsable(coin, made(processing), tip, purpose)).toBe(USABLE[purpose].includes(processing))
    },
  )

  it('what is spendable is usable for every purpose, what is pending for a delayed action', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, anyTip, anyPurpose, (output, transaction, tip, purpose) => {
        if (isOutputSpendable(output, transaction, tip)) expect(isUsable(output, transaction, tip, purpose)).toBe(true)
        if (isOutputPending(output, transaction, tip)) expect(isUsable(output, transaction, tip, 'delayed')).toBe(true)
      }),
    )
  })

  it('an immediate action uses nothing but spendable coins', () => {
    fc.assert(
      fc.property(anyOutput, anyTransaction, anyTip, (output, transaction, tip) => {
        expect(isUsable(output, transaction, tip, 'immediate')).toBe(isOutputSpendable(output, transaction, tip))
      }),
    )
  })

  it('naming an immature coinbase output does not make it usable', () => {
    const immature = { ...coin, maturesAtHeight: 1001 }
    expect(isUsable(immature, made('confirmed', true), tip, 'named')).toBe(false)
    expect(isUsable({ ...immature, maturesAtHeight: null }, made('reorging', true), tip, 'named')).toBe(false)
  })

  it('a coin of a draft is usable for no purpose', () => {
    for (const purpose of ['immediate', 'delayed', 'named'] as const)
      expect(isUsable({ ...coin, spendable: true, pending: true }, undefined, tip, purpose)).toBe(false)
  })
})

/** docs/spec/lifecycle.md §4 sentence by sentence, written apart from the code under test: one reason to refuse after the other. */
function statedRule(
  statuses: readonly string[],
  flag: 'spendable' | 'pending',
  output: OutputFacts,
  transaction: TransactionFacts,
  tip: TipFacts | undefined,
): boolean {
  if (output.spentByActionId !== null) return false
  if (output.withheld !== null) return false
  if (output.userAborted) return false
  if (['reorging', 'unfail'].includes(transaction.processing)) return output[flag]
  if (!statuses.includes(transaction.processing)) return false
  if (output.lockingScript === null) {
    if (output.scriptLength === null || output.scriptOffset === null || transaction.rawTx === null) return false
    if (output.scriptOffset < 0 || output.scriptLength < 1) return false
    if (output.scriptOffset + output.scriptLength > transaction.rawTx.length) return false
  }
  if (!transaction.isCoinbase) return true
  if (tip === undefined || output.maturesAtHeight === null) return false
  return tip.height >= output.maturesAtHeight
}
