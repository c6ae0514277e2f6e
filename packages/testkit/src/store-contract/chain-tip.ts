import { assert } from 'chai'
import { hashOf } from '../builders/hash-of.js'
import type { ContractCase } from '../contract-case.js'
import { defineCase } from '../define-case.js'

/** `tx.chainTip`. */
export const chainTipCases: readonly ContractCase[] = [
  defineCase('chain tip: there is none at first', async (store) => {
    assert.isUndefined(await store.read((tx) => tx.chainTip.get()))
  }),

  defineCase('chain tip: set replaces the one before, and a lower height is legal', async (store) => {
    const observedAt = new Date('2026-01-01T00:00:00.003Z')
    const high = { height: 900_000, blockHash: hashOf('high'), merkleRoot: hashOf('root'), observedAt }
    await store.write((tx) => tx.chainTip.set(high))
    assert.deepEqual(await store.read((tx) => tx.chainTip.get()), high)
    const low = { height: 899_998, blockHash: hashOf('low'), merkleRoot: null, observedAt }
    await store.write((tx) => tx.chainTip.set(low))
    assert.deepEqual(await store.read((tx) => tx.chainTip.get()), low)
  }),

  defineCase('chain tip: observedAt is now unless given', async (store) => {
    await store.write((tx) =>
      tx.chainTip.set({ height: 1, blockHash: null, merkleRoot: null, observedAt: new Date(0) }),
    )
    await store.write((tx) => tx.chainTip.set({ height: 2, blockHash: null, merkleRoot: null }))
    const tip = await store.read((tx) => tx.chainTip.get())
    assert.isAbove(tip?.observedAt.getTime() ?? 0, Date.parse('2020-01-01'))
  }),
]
