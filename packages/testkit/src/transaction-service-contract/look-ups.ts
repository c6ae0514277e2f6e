import type { OutputRow } from '@txkeep/core'
import { assert } from 'chai'
import { seedAction, seedCoins, type SeededAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { detailsOf, outputOf, serviceCase, type Bench } from './service-case.js'

/** docs/spec/monitor.md §2, `release_inputs` and `review_utxo`: what look-ups of a coin come to. */
export const lookUpCases: readonly ContractCase[] = [
  serviceCase('settleHeldInput: an aborted draft lets go without anybody being asked', async (bench) => {
    const { coin, holder } = await heldBy(bench, 'draft')
    assert.deepEqual(await settle(bench, coin, holder), { decision: 'release' })
    assert.deepInclude(await outputOf(bench.store, coin), { spentByActionId: null, spendable: true })
  }),

  serviceCase(
    'settleHeldInput: an input of a dead transaction is free once a look-up calls it unspent',
    async (bench) => {
      const { coin, holder } = await heldBy(bench, 'invalid')
      assert.deepEqual(await settle(bench, coin, holder), { decision: 'ask-again' })
      assert.strictEqual((await outputOf(bench.store, coin)).spentByActionId, holder.action.actionId)
      assert.deepEqual(await settle(bench, coin, holder, 'unspent'), { decision: 'release' })
      assert.deepInclude(await outputOf(bench.store, coin), { spentByActionId: null, spendable: true })
      const [released] = await bench.store.read((tx) => tx.audit.findByAction(holder.action.actionId))
      assert.strictEqual(released?.event, 'input.released')
      assert.deepInclude(detailsOf(released), { outputId: coin.outputId, answer: 'unspent' })
    },
  ),

  serviceCase(
    'settleHeldInput: spent twice, ten minutes apart, withholds the coin as spent-elsewhere; once does not',
    async (bench) => {
      const { coin, holder } = await heldBy(bench, 'doubleSpend')
      assert.deepEqual(await settle(bench, coin, holder, 'spent'), { decision: 'ask-again' })
      bench.clock.advance(599_999)
      assert.deepEqual(await settle(bench, coin, holder, 'spent'), { decision: 'ask-again' })
      bench.clock.advance(1)
      assert.deepEqual(await settle(bench, coin, holder, 'spent'), { decision: 'spent-elsewhere' })
      assert.deepInclude(await outputOf(bench.store, coin), {
        withheld: 'spent-elsewhere',
        spendable: false,
        spentByActionId: holder.action.actionId,
      })
    },
  ),

  serviceCase('settleHeldInput: what was said before the holder failed counts for nothing', async (bench) => {
    const { coin, holder } = await heldBy(bench, 'invalid')
    const { transactionId } = holder.transaction!
    await settle(bench, coin, holder, 'spent')
    bench.clock.advance(600_000)
    await bench.service.transition({ transactionId, expectedFrom: 'invalid', to: 'unfail' })
    await bench.service.transition({ transactionId, expectedFrom: 'unfail', to: 'invalid' })
    assert.deepEqual(await settle(bench, coin, holder, 'spent'), { decision: 'ask-again' })
  }),

  serviceCase(
    'settleHeldInput: a coin whose own transaction is not accepted is free and stays unspendable',
    async (bench) => {
      const owner = await seedUser(bench.store)
      const [coin] = await seedCoins(bench.store, owner, [100], { processing: 'invalid' })
      const holder = await seedAction(bench.store, { userId: owner.userId, processing: 'invalid', spends: [coin!] })
      assert.deepEqual(await settle(bench, coin!, holder), { decision: 'release' })
      assert.deepInclude(await outputOf(bench.store, coin!), { spentByActionId: null, spendable: false })
    },
  ),

  serviceCase(
    'settleHeldInput: a living holder keeps its input, and another holder is another matter',
    async (bench) => {
      const { coin, holder } = await heldBy(bench, 'sent')
      assert.deepEqual(await settle(bench, coin, holder, 'unspent'), { decision: 'keep' })
      const holderActionId = holder.action.actionId + 1000
      assert.deepEqual(
        await bench.service.settleHeldInput({ outputId: coin.outputId, holderActionId, answer: 'unspent' }),
        { decision: 'moved' },
      )
      assert.strictEqual((await outputOf(bench.store, coin)).spentByActionId, holder.action.actionId)
    },
  ),

  serviceCase(
    'reviewCoin: spent twice, ten minutes apart, withholds as not-utxo; unspent gives it back',
    async (bench) => {
      const owner = await seedUser(bench.store)
      const [coin] = await seedCoins(bench.store, owner, [100])
      const { outputId } = coin!
      const review = (answer: 'spent' | 'unspent') => bench.service.reviewCoin({ outputId, answer })
      assert.deepEqual(await review('unspent'), { outcome: 'unchanged' })
      assert.deepEqual(await review('spent'), { outcome: 'in-doubt' })
      bench.clock.advance(300_000)
      assert.deepEqual(await review('unspent'), { outcome: 'unchanged' })
      bench.clock.advance(300_000)
      assert.deepEqual(await review('spent'), { outcome: 'in-doubt' }, 'an answer between starts the count anew')
      bench.clock.advance(600_000)
      assert.deepEqual(await review('spent'), { outcome: 'withheld' })
      assert.deepInclude(await outputOf(bench.store, coin!), { withheld: 'not-utxo', spendable: false })
      assert.deepEqual(await review('unspent'), { outcome: 'restored' })
      assert.deepInclude(await outputOf(bench.store, coin!), { withheld: null, spendable: true })
    },
  ),

  serviceCase(
    'reviewCoin: a coin of a transaction nobody took, or one an operator holds, is left alone',
    async (bench) => {
      const owner = await seedUser(bench.store)
      const [queued] = await seedCoins(bench.store, owner, [100], { processing: 'queued' })
      const [held] = await seedCoins(bench.store, owner, [100])
      await bench.service.withholdOutput({ outputId: held!.outputId, reason: 'operator' })
      for (const answer of ['spent', 'unspent'] as const) {
        for (const { outputId } of [queued!, held!]) {
          assert.deepEqual(await bench.service.reviewCoin({ outputId, answer }), { outcome: 'unchanged' })
        }
      }
      assert.strictEqual((await outputOf(bench.store, held!)).withheld, 'operator')
    },
  ),
]

async function heldBy(
  { store }: Bench,
  processing: 'draft' | 'invalid' | 'doubleSpend' | 'sent',
): Promise<{ readonly coin: OutputRow; readonly holder: SeededAction }> {
  const owner = await seedUser(store)
  const [coin] = await seedCoins(store, owner, [100])
  const seed = { userId: owner.userId, spends: [coin!] }
  const holder =
    processing === 'draft'
      ? await seedAction(store, { ...seed, processing, action: { userAborted: true } })
      : await seedAction(store, {
          ...seed,
          processing,
          transaction: { processingChangedAt: new Date('2025-12-31T00:00:00Z') },
        })
  return { coin: coin!, holder }
}

function settle(
  { service }: Bench,
  { outputId }: OutputRow,
  { action }: SeededAction,
  answer?: 'spent' | 'unspent',
): ReturnType<Bench['service']['settleHeldInput']> {
  const holderActionId = action.actionId
  return service.settleHeldInput({ outputId, holderActionId, ...(answer && { answer }) })
}
