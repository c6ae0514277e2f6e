import {
  PROCESSING_STATUSES,
  WITHHELD_REASONS,
  type NewOutputRow,
  type ProcessingStatus,
  type Store,
  type WithheldReason,
} from '@txkeep/core'
import { describeOnEngines } from '@txkeep/test-engines'
import { isOutputPending, isOutputSpendable } from '@txkeep/spendability'
import { buildTransaction, seedUser, type SeededUser } from '@txkeep/testkit'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { storeMaker } from './make-store.js'

/** A transaction (or a draft) with coins in any state, also ones no rule would have made. */
interface RandomAction {
  readonly processing: ProcessingStatus | 'draft'
  readonly isCoinbase: boolean
  readonly userAborted: boolean
  readonly rawTxLength: number | null
  readonly outputs: readonly RandomOutput[]
}

interface RandomOutput {
  readonly spendable: boolean
  readonly pending: boolean
  readonly isSpent: boolean
  readonly withheld: WithheldReason | null
  readonly maturesAtHeight: number | null
  readonly scriptLength: number | null
  readonly scriptOffset: number | null
  readonly lockingScript: Uint8Array | null
}

const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 3 })

const output: fc.Arbitrary<RandomOutput> = fc.record({
  spendable: fc.boolean(),
  pending: fc.boolean(),
  isSpent: fc.boolean(),
  withheld: fc.option(fc.constantFrom(...WITHHELD_REASONS), { nil: null, freq: 1 }),
  maturesAtHeight: orNull(fc.integer({ min: 0, max: 8 })),
  scriptLength: orNull(fc.integer({ min: 0, max: 6 })),
  scriptOffset: orNull(fc.integer({ min: -1, max: 6 })),
  lockingScript: orNull(fc.uint8Array({ maxLength: 2 })),
})

const action: fc.Arbitrary<RandomAction> = fc.record({
  processing: fc.constantFrom(...PROCESSING_STATUSES, 'draft' as const),
  isCoinbase: fc.boolean(),
  userAborted: fc.boolean(),
  rawTxLength: orNull(fc.integer({ min: 0, max: 8 })),
  outputs: fc.array(output, { minLength: 1, maxLength: 4 }),
})

const database = fc.record({
  tipHeight: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
  actions: fc.array(action, { minLength: 1, maxLength: 12 }),
})

await describeOnEngines('a refresh', (engine) => {
  const makeStore = storeMaker(engine)
  let store: Store
  let user: SeededUser
  let close: () => Promise<void>

  beforeEach(async () => {
    ;({ store, close } = await makeStore())
    user = await seedUser(store)
  })

  afterEach(() => close())

  test('gives every output the flags of the pure rule, once and for all', async () => {
    await fc.assert(
      fc.asyncProperty(database, async ({ tipHeight, actions }) => {
        const ids = await store.write(async (tx) => {
          const holder = await tx.actions.insert({ userId: user.userId, reference: nextReference() })
          const inserted: number[] = []
          for (const one of actions) {
            const { actionId } = await tx.actions.insert({
              userId: user.userId,
              reference: nextReference(),
              userAborted: one.userAborted,
              transactionId: one.processing === 'draft' ? null : await insertTransaction(one, one.processing),
            })
            const rows = one.outputs.map((coin, vout) => ({
              ...outputRow(coin, actionId, vout, holder.actionId),
              userId: user.userId,
            }))
            inserted.push(...(await tx.outputs.insertMany(rows)).map(({ outputId }) => outputId))
          }
          return inserted

          async function insertTransaction(one: RandomAction, processing: ProcessingStatus): Promise<number> {
            const { row } = await tx.transactions.insertIfAbsent({
              txid: buildTransaction().txid,
              processing,
              isCoinbase: one.isCoinbase,
              rawTx: one.rawTxLength === null ? null : new Uint8Array(one.rawTxLength),
              merklePath: new Uint8Array(1),
            })
            return row.transactionId
          }
        })

        const tip = tipHeight === undefined ? undefined : { height: tipHeight }
        const expected = actions.flatMap((one) =>
          one.outputs.map((coin) => {
            const facts = { ...coin, userAborted: one.userAborted, spentByActionId: coin.isSpent ? 1 : null }
            const rawTx = one.rawTxLength === null ? null : { length: one.rawTxLength }
            const transaction =
              one.processing === 'draft' ? undefined : { processing: one.processing, isCoinbase: one.isCoinbase, rawTx }
            return {
              spendable: isOutputSpendable(facts, transaction, tip),
              pending: isOutputPending(facts, transaction, tip),
            }
          }),
        )
        const wrong = actions
          .flatMap((one) => one.outputs)
          .filter((coin, at) => coin.spendable !== expected[at]?.spendable || coin.pending !== expected[at]?.pending)

        const filter = { outputIds: ids, ...(tipHeight === undefined ? {} : { tipHeight }) }
        const first = await store.write((tx) => tx.outputs.refreshSpendable(filter))
        const stored = await store.read((tx) => tx.outputs.findByIds(ids))
        const second = await store.write((tx) => tx.outputs.refreshSpendable(filter))

        expect(stored.map(({ spendable, pending }) => ({ spendable, pending }))).toEqual(expected)
        expect(first).toEqual({ examined: ids.length, flipped: wrong.length })
        expect(second).toEqual({ examined: ids.length, flipped: 0 })
      }),
      { numRuns: 150 },
    )
  })
})

let references = 0

function nextReference(): string {
  references += 1
  return `reference-${references}`
}

function outputRow(coin: RandomOutput, actionId: number, vout: number, holderId: number): Omit<NewOutputRow, 'userId'> {
  const { isSpent, ...columns } = coin
  return {
    ...columns,
    spentByActionId: isSpent ? holderId : null,
    actionId,
    vout,
    satoshis: 1,
    providedBy: 'storage',
    purpose: 'change',
    type: 'P2PKH',
  }
}
