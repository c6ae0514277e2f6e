import type { OutputRow, SpendableQuery } from '@txkeep/core'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { memoryCoins } from './change/memory-coins.js'
import { countPoolCoins, poolCoins } from './pool-coins.js'

const query = { userId: 1, basketId: 1, includePending: false }

/** The hot query over a list, as the port describes it. */
function hotQuery(rows: readonly OutputRow[]): {
  readonly findSpendable: (query: SpendableQuery) => Promise<OutputRow[]>
  readonly read: () => number
} {
  let read = 0
  return {
    read: () => read,
    findSpendable: ({ limit, minSatoshis = 0, descending = false }) => {
      const found = rows
        .filter(({ satoshis }) => satoshis >= minSatoshis)
        .sort((a, b) => (descending ? -1 : 1) * (a.satoshis - b.satoshis || a.outputId - b.outputId))
        .slice(0, limit)
      read += found.length
      return Promise.resolve(found)
    },
  }
}

function coin(outputId: number, satoshis: number, isOurs = true): OutputRow {
  const derivation = isOurs ? { derivationPrefix: 'p', derivationSuffix: 's' } : { derivationPrefix: null }
  return { outputId, satoshis, change: true, type: 'P2PKH', ...derivation } as OutputRow
}

const amounts = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 80 })
const requests = fc.array(
  fc.record({ targetSatoshis: fc.integer({ min: -5, max: 80 }), leastSatoshis: fc.integer({ min: 0, max: 20 }) }),
  { maxLength: 60 },
)

it('grants what the whole list in memory would grant, whatever else lies in the basket', async () => {
  await fc.assert(
    fc.asyncProperty(amounts, amounts, requests, fc.nat(60), async (ours, others, asked, resetAt) => {
      const coins = ours.map((satoshis, index) => coin(index * 2, satoshis))
      const foreign = others.map((satoshis, index) => coin(index * 2 + 1, satoshis, false))
      const pool = poolCoins(hotQuery([...coins, ...foreign]), query, [])
      const memory = memoryCoins(coins)
      for (const [index, request] of asked.entries()) {
        if (index === resetAt) for (const source of [pool, memory]) source.reset()
        expect((await pool.take(request))?.outputId).toBe((await memory.take(request))?.outputId)
      }
    }),
    { numRuns: 500 },
  )
})

it('grants named coins first, the last of them first, and none of them again', async () => {
  const named = [coin(1, 5), coin(2, 7)]
  const pool = poolCoins(hotQuery([...named, coin(3, 100)]), query, named)
  const request = { targetSatoshis: 50, leastSatoshis: 10 }
  const taken = [await pool.take(request), await pool.take(request), await pool.take(request), await pool.take(request)]
  expect(taken.map((row) => row?.outputId)).toEqual([2, 1, 3, undefined])
})

it('counts no further than it is asked to, and only what can be signed for', async () => {
  const coins = Array.from({ length: 30 }, (_, index) => coin(index, index, index % 3 === 0))
  expect(await countPoolCoins(hotQuery(coins), query, 4)).toBe(4)
  expect(await countPoolCoins(hotQuery(coins), query, 144)).toBe(10)
  expect(await countPoolCoins(hotQuery(coins), query, 0)).toBe(0)
})

it('reads a wallet of a thousand coins a few times over when all are taken, not once for each', async () => {
  const outputs = hotQuery(Array.from({ length: 1000 }, (_, index) => coin(index, 100)))
  const pool = poolCoins(outputs, query, [])
  const all = { targetSatoshis: 1_000_000, leastSatoshis: 1 }
  for (let taken = 0; taken < 1000; taken++) expect(await pool.take(all)).toBeDefined()
  expect(await pool.take(all)).toBeUndefined()
  expect(outputs.read()).toBeLessThan(4000)
})
