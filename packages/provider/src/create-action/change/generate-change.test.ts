import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Coin } from './coin-source.js'
import { dustSatoshis, feeSatoshis, readFeeRate } from './fee-model.js'
import {
  MAX_CHANGE_OUTPUTS,
  MAX_POSSIBLE_SATOSHIS,
  generateChange,
  type ChangePlan,
  type ChangeProblem,
} from './generate-change.js'
import { memoryCoins } from './memory-coins.js'
import { transactionBytes } from './transaction-size.js'

const rates = fc.oneof(fc.constantFrom(0, 1, 50, 500, 1000), fc.integer({ min: 0, max: 5000 }), fc.constant(0.5))
const amounts = fc.oneof(
  fc.integer({ min: 0, max: 50 }),
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: 0, max: 100_000_000 }),
)
const scriptBytes = fc.oneof(fc.constant(25), fc.integer({ min: 0, max: 400 }), fc.constantFrom(252, 253))
const problems: fc.Arbitrary<ChangeProblem> = fc.record({
  fixedInputs: fc.array(fc.record({ satoshis: amounts, unlockingScriptBytes: scriptBytes }), { maxLength: 4 }),
  fixedOutputs: fc.array(fc.record({ satoshis: amounts, lockingScriptBytes: scriptBytes }), { maxLength: 4 }),
  satoshisPerKb: rates,
  targetNetCount: fc.integer({ min: -5, max: 144 }),
  firstSatoshis: fc.constantFrom(1, 8, 250, 1000),
  initialSatoshis: fc.constantFrom(1, 32, 1000, 5000),
})
const pools = fc
  .oneof(
    fc.array(amounts, { maxLength: 12 }),
    fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 300 }),
    fc.array(fc.constant(1), { maxLength: 40 }),
  )
  .map((satoshis) => satoshis.map((value, index): Coin => ({ outputId: index + 1, satoshis: value })))
const randoms = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 20 })

function cycle(values: readonly number[]): () => number {
  let next = 0
  return () => values[next++ % values.length] ?? 0
}

function solve(problem: ChangeProblem, pool: readonly Coin[], values: readonly number[] = [0.5]): Promise<ChangePlan> {
  return generateChange(problem, memoryCoins(pool), cycle(values))
}

function bytesOf({ fixedInputs, fixedOutputs }: ChangeProblem, changeInputs: number, changeOutputs: number): number {
  return transactionBytes({
    unlockingScriptBytes: fixedInputs.map((input) => input.unlockingScriptBytes),
    lockingScriptBytes: fixedOutputs.map((output) => output.lockingScriptBytes),
    changeInputs,
    changeOutputs,
  })
}

function total(values: readonly { readonly satoshis: number }[]): number {
  return values.reduce((sum, { satoshis }) => sum + satoshis, 0)
}

describe('for every wallet, action and fee rate', () => {
  const property = (check: (problem: ChangeProblem, pool: readonly Coin[], plan: ChangePlan) => void): Promise<void> =>
    fc.assert(
      fc.asyncProperty(problems, pools, randoms, async (problem, pool, values) => {
        check(problem, pool, await solve(problem, pool, values))
      }),
      { numRuns: 1500 },
    )

  it('no satoshi appears or vanishes: inputs equal outputs and fee', async () => {
    await property((problem, _pool, plan) => {
      if (plan.outcome !== 'funded') return
      const outputs = plan.outputs.reduce((sum, satoshis) => sum + satoshis, 0)
      expect(total(problem.fixedInputs) + total(plan.inputs)).toBe(
        total(problem.fixedOutputs) + outputs + plan.feeSatoshis,
      )
    })
  })

  it('the fee is what the size costs; without change it may hold less than a coin worth making', async () => {
    await property((problem, _pool, plan) => {
      if (plan.outcome !== 'funded') return
      const bytes = bytesOf(problem, plan.inputs.length, plan.outputs.length)
      expect(plan.bytes).toBe(bytes)
      const required = feeSatoshis(bytes, problem.satoshisPerKb)
      if (plan.outputs.length > 0) return expect(plan.feeSatoshis).toBe(required)
      const withChange = feeSatoshis(bytesOf(problem, plan.inputs.length, 1), problem.satoshisPerKb)
      expect(plan.feeSatoshis).toBeGreaterThanOrEqual(required)
      expect(plan.feeSatoshis).toBeLessThan(withChange + dustSatoshis(problem.satoshisPerKb))
    })
  })

  it('no change output is dust, and there are never more than eight', async () => {
    await property((problem, _pool, plan) => {
      if (plan.outcome !== 'funded') return
      expect(plan.outputs.length).toBeLessThanOrEqual(MAX_CHANGE_OUTPUTS)
      for (const satoshis of plan.outputs) {
        expect(Number.isSafeInteger(satoshis)).toBe(true)
        expect(satoshis).toBeGreaterThanOrEqual(dustSatoshis(problem.satoshisPerKb))
      }
    })
  })

  it('every coin comes from the pool, and once', async () => {
    await property((_problem, pool, plan) => {
      if (plan.outcome !== 'funded') return
      expect(new Set(plan.inputs.map((coin) => coin.outputId)).size).toBe(plan.inputs.length)
      for (const coin of plan.inputs) expect(pool).toContainEqual(coin)
    })
  })

  it('funds are called insufficient only when no selection of the coins is enough, and the shortage is positive', async () => {
    await property((problem, pool, plan) => {
      if (plan.outcome !== 'insufficient') return
      expect(plan.moreSatoshisNeeded).toBeGreaterThan(0)
      expect(plan.totalSatoshisNeeded).toBeGreaterThanOrEqual(plan.moreSatoshisNeeded - total(problem.fixedInputs))
      // Fees depend on the number of inputs alone, so the best selection of n coins is the n largest.
      const largest = pool.map((coin) => coin.satoshis).sort((a, b) => b - a)
      let funding = total(problem.fixedInputs)
      for (let count = 0; count <= largest.length; count++) {
        const fee = feeSatoshis(bytesOf(problem, count, 0), problem.satoshisPerKb)
        expect(funding - total(problem.fixedOutputs) - fee).toBeLessThan(0)
        funding += largest[count] ?? 0
      }
    })
  })

  it('the same randomness gives the same plan', async () => {
    await fc.assert(
      fc.asyncProperty(problems, pools, randoms, async (problem, pool, values) => {
        expect(await solve(problem, pool, values)).toEqual(await solve(problem, pool, values))
      }),
      { numRuns: 200 },
    )
  })

  it('asking for all there is spends every coin that is worth its fee, and leaves no change', async () => {
    await fc.assert(
      fc.asyncProperty(problems, pools, randoms, async (problem, pool, values) => {
        const sweep = { satoshis: MAX_POSSIBLE_SATOSHIS, lockingScriptBytes: 25 }
        const asking = { ...problem, fixedOutputs: [...problem.fixedOutputs, sweep] }
        const plan = await solve(asking, pool, values)
        if (plan.outcome === 'insufficient') return
        expect(plan.outputs).toEqual([])
        expect(plan.maxPossible?.index).toBe(problem.fixedOutputs.length)
        expect(plan.feeSatoshis).toBe(feeSatoshis(bytesOf(asking, plan.inputs.length, 0), problem.satoshisPerKb))
        expect(plan.maxPossible?.satoshis).toBeGreaterThan(0)
        expect(total(problem.fixedInputs) + total(plan.inputs)).toBe(
          total(problem.fixedOutputs) + (plan.maxPossible?.satoshis ?? 0) + plan.feeSatoshis,
        )
        const taken = new Set(plan.inputs.map((coin) => coin.outputId))
        const inputCost = ((bytesOf(asking, 1, 0) - bytesOf(asking, 0, 0)) * problem.satoshisPerKb) / 1000
        for (const coin of pool) if (!taken.has(coin.outputId)) expect(coin.satoshis).toBeLessThanOrEqual(inputCost)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a plan', () => {
  const pay = (satoshis: number, more: Partial<ChangeProblem> = {}): ChangeProblem => ({
    fixedInputs: [],
    fixedOutputs: [{ satoshis, lockingScriptBytes: 25 }],
    satoshisPerKb: 1,
    targetNetCount: 0,
    firstSatoshis: 8,
    initialSatoshis: 32,
    ...more,
  })
  const coins = (...satoshis: readonly number[]): Coin[] =>
    satoshis.map((value, index) => ({ outputId: index + 1, satoshis: value }))

  it('takes the smallest coin that is enough, the oldest of equals', async () => {
    const plan = await solve(pay(1000), coins(500, 5000, 2000, 2000))
    expect(plan).toMatchObject({ outcome: 'funded', inputs: [{ outputId: 3 }], outputs: [999], feeSatoshis: 1 })
  })

  it('takes the largest coins, the newest of equals, when no single one is enough', async () => {
    const plan = await solve(pay(900), coins(500, 500, 10))
    expect(plan).toMatchObject({ outcome: 'funded', inputs: [{ outputId: 2 }, { outputId: 1 }] })
  })

  it('grows the number of coins up to eight at once', async () => {
    const plan = await solve(pay(1000, { targetNetCount: 144 }), coins(100_000))
    expect(plan.outcome === 'funded' && plan.outputs.length).toBe(MAX_CHANGE_OUTPUTS)
  })

  it('makes fewer change outputs when the coins do not reach for all of them', async () => {
    const plan = await solve(pay(1000, { targetNetCount: 8 }), coins(1100))
    expect(plan).toMatchObject({ outcome: 'funded' })
    expect(plan.outcome === 'funded' && plan.outputs.reduce((sum, value) => sum + value, 0)).toBe(99)
  })

  it('makes no change output of a satoshi that is left over, and does not fail for it', async () => {
    expect(await solve(pay(1000), coins(1002))).toMatchObject({ outcome: 'funded', outputs: [], feeSatoshis: 2 })
  })

  it('says what is needed in all, and how much is missing', async () => {
    expect(await solve(pay(1000), coins(400))).toEqual({
      outcome: 'insufficient',
      totalSatoshisNeeded: 1001,
      moreSatoshisNeeded: 601,
    })
  })

  it('leaves alone a coin that costs more than it brings', async () => {
    const plan = await solve(pay(MAX_POSSIBLE_SATOSHIS, { satoshisPerKb: 1000 }), coins(10_000, 100))
    expect(plan).toMatchObject({ outcome: 'funded', inputs: [{ outputId: 1 }], maxPossible: { satoshis: 9808 } })
  })
})

describe('the fee model', () => {
  it('rounds up to whole satoshis, without losing one to floating point', () => {
    expect([0, 1, 999, 1000, 1001].map((bytes) => feeSatoshis(bytes, 1))).toEqual([0, 1, 1, 1, 2])
    for (let bytes = 0; bytes < 5000; bytes++) expect(feeSatoshis(bytes, 1000)).toBe(bytes)
  })

  it('is one satoshi per kB unless it says otherwise, and refuses every other model', () => {
    expect(readFeeRate({ model: 'sat/kb' })).toBe(1)
    expect(() => readFeeRate({ model: 'sat/b' as 'sat/kb' })).toThrow('The feeModel.model parameter must be "sat/kb"')
    expect(() => readFeeRate({ model: 'sat/kb', value: -1 })).toThrow('feeModel.value')
  })
})
