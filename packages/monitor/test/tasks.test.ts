import type { ProcessingStatus } from '@txkeep/core'
import { buildTransaction, seedAction, seedCoins, seedUser, type SeededSignedAction } from '@txkeep/testkit'
import { describe, expect, test } from 'vitest'
import { Bench } from './bench.js'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** A signed action in this status; the network knows its transaction, or does not. */
async function seed(
  bench: Bench,
  processing: ProcessingStatus,
  { isKnown = false, transaction = {} }: { isKnown?: boolean; transaction?: object } = {},
): Promise<SeededSignedAction> {
  const { userId } = await seedUser(bench.store)
  const seeded = await seedAction(bench.store, {
    userId,
    processing,
    transaction: { nextActionAt: bench.now, processingChangedAt: bench.now, ...transaction },
  })
  if (isKnown) bench.chain.accept(seeded.built)
  return seeded
}

describe('header', () => {
  test('a best block counts once it stayed the best, and wakes what waits for it; a lower one is legal', async () => {
    const bench = await Bench.open()
    bench.chain.mineEmpty(3)
    await bench.run('header')
    expect(await bench.service.getChainTip()).toBeUndefined()
    await bench.run('header')
    expect(await bench.service.getChainTip()).toMatchObject({ height: 800_003, blockHash: bench.chain.tip.hash })
    const names = ['reorg', 'proof', 'maturity', 'nonfinal']
    const woken = await bench.store.read((tx) => tx.tasks.list())
    for (const name of names) expect(woken.find(({ taskName }) => taskName === name)).toMatchObject({ wakeSeq: 1 })
    bench.chain.reorg(3, { length: 1 })
    await bench.followTip()
    expect(await bench.service.getChainTip()).toMatchObject({ height: 800_001 })
  })

  test('G3: no header changes nothing and fails the run', async () => {
    const bench = await Bench.open()
    bench.chain.headersAvailable = false
    expect(await bench.run('header')).toMatchObject([{ outcome: 'failed' }])
    expect(await bench.service.getChainTip()).toBeUndefined()
  })
})

describe('send', () => {
  test('B2: one accept wins over another rejection', async () => {
    const bench = await Bench.open()
    bench.chain.provider('alpha').always('reject')
    const { transaction } = await queued(bench)
    await bench.run('send')
    expect(await bench.status(transaction)).toBe('sent')
    expect(await bench.audit(transaction, 'broadcast.discrepancy')).toHaveLength(1)
  })

  test('B3: an outage of one provider keeps it sending, due again after a minute', async () => {
    const bench = await Bench.open()
    bench.chain.provider('alpha').always('reject')
    bench.chain.provider('beta').always('unavailable')
    const { transaction } = await queued(bench)
    await bench.run('send')
    expect(await bench.row(transaction)).toMatchObject({ processing: 'sending', attempts: 1 })
    expect((await bench.row(transaction))?.nextActionAt?.getTime()).toBe(bench.now.getTime() + MINUTE_MS)
  })

  test('B3: it is invalid when every provider rejected it and nobody knows it', async () => {
    const bench = await Bench.open()
    for (const provider of bench.chain.providers) provider.always('reject')
    const { transaction } = await queued(bench)
    await bench.run('send')
    expect(await bench.status(transaction)).toBe('invalid')
  })

  test('B4: a double spend needs a competitor that is mined', async () => {
    const bench = await Bench.open()
    const { transaction, built } = await queued(bench)
    const rival = buildTransaction({ inputs: built.inputs })
    bench.chain.accept(rival)
    await bench.run('send')
    expect(await bench.status(transaction)).toBe('sending')
    bench.chain.mine(rival.txid)
    bench.advance(HOUR_MS)
    await bench.run('send')
    expect(await bench.status(transaction)).toBe('doubleSpend')
  })

  test('what was queued a moment ago waits', async () => {
    const bench = await Bench.open()
    const { transaction } = await queued(bench)
    await bench.store.write((tx) =>
      tx.transactions.update(transaction.transactionId, { processingChangedAt: bench.now }),
    )
    await bench.run('send')
    expect(await bench.status(transaction)).toBe('queued')
  })

  /** Queued ten seconds ago, with a parent that is proven. */
  async function queued(bench: Bench): Promise<SeededSignedAction> {
    const owner = await seedUser(bench.store)
    const coins = await seedCoins(bench.store, owner, [5000], { processing: 'confirmed' })
    const seeded = await seedAction(bench.store, {
      userId: owner.userId,
      processing: 'queued',
      spends: coins,
      transaction: { nextActionAt: bench.now, processingChangedAt: bench.now },
    })
    bench.advance(10_000)
    return seeded
  }
})

describe('proof', () => {
  test('P3: a proof in the tip block is unconfirmed; P4: one block later it is confirmed, and nobody is asked', async () => {
    const bench = await Bench.open()
    const { transaction, built } = await seed(bench, 'sent', { isKnown: true })
    bench.chain.mine(built.txid)
    await bench.followTip()
    await bench.run('proof')
    expect(await bench.status(transaction)).toBe('unconfirmed')
    bench.chain.mine()
    await bench.followTip()
    const asked = bench.chain.provider('alpha').calls.get('getMerklePath')
    await bench.run('proof')
    expect(await bench.status(transaction)).toBe('confirmed')
    expect(bench.chain.provider('alpha').calls.get('getMerklePath')).toBe(asked)
  })

  test('P2: a proof above the stored tip is ignored and not counted', async () => {
    const bench = await Bench.open()
    await bench.followTip()
    const { transaction, built } = await seed(bench, 'sent', { isKnown: true })
    bench.chain.mine(built.txid)
    await bench.run('proof')
    expect(await bench.row(transaction)).toMatchObject({ processing: 'sent', proofAttempts: 0 })
  })

  test('P1: a path whose root no block has is noted, and the next provider is asked', async () => {
    const bench = await Bench.open()
    const { transaction, built } = await seed(bench, 'sent', { isKnown: true })
    bench.chain.mine(built.txid)
    bench.chain.reorg(1, { keep: [built.txid] })
    await bench.followTip()
    bench.chain.provider('alpha').provesWith(built.txid, bench.chain.orphanedMerklePathOf(built.txid))
    await bench.run('proof')
    expect(await bench.audit(transaction, 'proof.rejected')).toHaveLength(1)
    expect(await bench.status(transaction)).toBe('confirmed')
  })

  test('P6: attempts count once per block; at the limit it is posted again where it stands, then it stalls', async () => {
    const bench = await Bench.open()
    const { transaction } = await seed(bench, 'sent', { isKnown: true })
    for (let block = 1; block <= 6; block++) {
      bench.chain.mine()
      await bench.followTip()
      for (let run = 0; run < 2; run++) {
        bench.advance(2 * MINUTE_MS)
        await bench.run('proof')
      }
      expect(await bench.row(transaction)).toMatchObject({ processing: 'sent', proofAttempts: block })
    }
    expect(await bench.row(transaction)).toMatchObject({ rebroadcastCycles: 1 })
    expect(await bench.audit(transaction, 'proof.stalled')).toHaveLength(1)
  })

  test('G3: an outage counts no attempt', async () => {
    const bench = await Bench.open()
    await bench.followTip()
    for (const provider of bench.chain.providers) provider.lookUps = 'down'
    const { transaction } = await seed(bench, 'sent', { isKnown: true })
    await bench.run('proof')
    expect(await bench.row(transaction)).toMatchObject({ processing: 'sent', proofAttempts: 0 })
  })
})

describe('reorg', () => {
  test('R1, R2: what a reorg took off waits, and is proven again on the new branch; six blocks deep', async () => {
    const bench = await Bench.open()
    bench.chain.mineEmpty(3)
    const { transaction, built } = await seed(bench, 'sent', { isKnown: true })
    bench.chain.mine(built.txid)
    bench.chain.mineEmpty(5)
    await bench.followTip()
    await bench.run('reorg', 'proof')
    expect(await bench.status(transaction)).toBe('confirmed')
    bench.chain.reorg(6, { keep: [built.txid] })
    await bench.followTip()
    await bench.run('reorg')
    expect(await bench.status(transaction)).toBe('reorging')
    bench.advance(11 * MINUTE_MS)
    await bench.run('reorg')
    expect(await bench.row(transaction)).toMatchObject({ processing: 'confirmed', height: 800_004 })
  })

  test('R2: after three tries without a proof it is seen again', async () => {
    const bench = await Bench.open()
    const { transaction, built } = await seed(bench, 'sent', { isKnown: true })
    bench.chain.mine(built.txid)
    bench.chain.mine()
    await bench.followTip()
    await bench.run('reorg', 'proof')
    bench.chain.reorg(2)
    await bench.followTip()
    for (let run = 0; run < 4; run++) {
      expect(await bench.status(transaction)).toBe(run === 0 ? 'confirmed' : 'reorging')
      await bench.run('reorg')
      bench.advance(11 * MINUTE_MS)
    }
    expect(await bench.status(transaction)).toBe('seen')
  })

  test('a tip that is lower for a while on the same chain takes nothing back', async () => {
    const bench = await Bench.open()
    const { transaction, built } = await seed(bench, 'sent', { isKnown: true })
    bench.chain.mine(built.txid)
    const { height, hash } = bench.chain.mine()
    bench.chain.mine()
    await bench.followTip()
    await bench.run('reorg', 'proof')
    await bench.service.setChainTip({ height, blockHash: hash })
    await bench.run('reorg')
    expect(await bench.status(transaction)).toBe('confirmed')
  })
})

describe('nosend, nonfinal, maturity', () => {
  test('nosend that somebody else mined is proven, and counts no attempts before', async () => {
    const bench = await Bench.open()
    const { transaction, built } = await seed(bench, 'nosend', { isKnown: true })
    await bench.followTip()
    await bench.run('nosend')
    expect(await bench.row(transaction)).toMatchObject({ processing: 'nosend', proofAttempts: 0 })
    bench.chain.mine(built.txid)
    await bench.followTip()
    bench.advance(24 * HOUR_MS)
    await bench.run('nosend')
    expect(await bench.status(transaction)).toBe('unconfirmed')
  })

  test('nonfinal is queued once its lock time is final', async () => {
    const bench = await Bench.open()
    const { userId } = await seedUser(bench.store)
    const built = buildTransaction({ lockTime: 800_002, inputs: [{ txid: 'ab'.repeat(32), vout: 0, sequence: 0 }] })
    const { transaction } = await seedAction(bench.store, {
      userId,
      processing: 'nonfinal',
      built,
      transaction: { nextActionAt: bench.now },
    })
    await bench.run('nonfinal')
    expect(await bench.status(transaction)).toBe('nonfinal')
    bench.chain.mineEmpty(2)
    bench.advance(2 * MINUTE_MS)
    await bench.run('nonfinal')
    expect(await bench.status(transaction)).toBe('queued')
  })

  test('maturity finds a coinbase output whose height has come', async () => {
    const bench = await Bench.open()
    const owner = await seedUser(bench.store)
    const [coin] = await seedCoins(bench.store, owner, [50], { processing: 'confirmed', isCoinbase: true, height: 100 })
    expect(coin?.spendable).toBe(false)
    await bench.store.write((tx) => tx.chainTip.set({ height: 200, blockHash: null, merkleRoot: null }))
    await bench.run('maturity')
    expect((await bench.coin(coin!))?.spendable).toBe(true)
  })
})

describe('unfail, review_double_spend', () => {
  test('U1: known is seen, unknown to all goes back where it came from, an outage waits', async () => {
    const bench = await Bench.open()
    const known = await seed(bench, 'invalid', { isKnown: true })
    const unknown = await seed(bench, 'doubleSpend')
    for (const { transaction } of [known, unknown]) {
      const { transactionId, processing } = transaction
      await bench.service.transition({ transactionId, expectedFrom: processing, to: 'unfail' })
    }
    bench.chain.provider('beta').lookUps = 'down'
    await bench.run('unfail')
    expect(await bench.status(known.transaction)).toBe('seen')
    expect(await bench.status(unknown.transaction)).toBe('unfail')
    bench.chain.provider('beta').lookUps = 'up'
    bench.advance(2 * MINUTE_MS)
    await bench.run('unfail')
    expect(await bench.status(unknown.transaction)).toBe('doubleSpend')
  })

  test('a double spend is looked at again only when a provider knows it, and after an hour', async () => {
    const bench = await Bench.open()
    const known = await seed(bench, 'doubleSpend', { isKnown: true })
    const unknown = await seed(bench, 'doubleSpend')
    await bench.run('review_double_spend')
    expect(await bench.status(known.transaction)).toBe('doubleSpend')
    bench.advance(HOUR_MS)
    for (const provider of bench.chain.providers) provider.lookUps = 'down'
    await bench.run('review_double_spend')
    expect(await bench.status(known.transaction)).toBe('doubleSpend')
    for (const provider of bench.chain.providers) provider.lookUps = 'up'
    await bench.run('review_double_spend')
    expect(await bench.status(known.transaction)).toBe('unfail')
    expect(await bench.status(unknown.transaction)).toBe('doubleSpend')
  })
})

describe('abandon', () => {
  test('an idle draft is aborted with its inputs free; one of a user of another store is not', async () => {
    const bench = await Bench.open()
    await bench.store.write((tx) =>
      tx.settings.insert({
        storageIdentityKey: 'here',
        storageName: 'here',
        chain: 'main',
        dbtype: 'SQLite',
        maxOutputScript: 1024,
      }),
    )
    const own = await seedUser(bench.store, { activeStorage: 'here' })
    const other = await seedUser(bench.store, { activeStorage: 'there' })
    const drafts = []
    for (const owner of [own, other]) {
      const coins = await seedCoins(bench.store, owner, [100])
      const { action } = await seedAction(bench.store, { userId: owner.userId, processing: 'draft', spends: coins })
      drafts.push({ action, coin: coins[0]! })
    }
    await bench.run('abandon')
    expect((await bench.coin(drafts[0]!.coin))?.spentByActionId).not.toBeNull()
    bench.advance(6 * MINUTE_MS)
    await bench.run('abandon')
    expect(await bench.coin(drafts[0]!.coin)).toMatchObject({ spentByActionId: null, spendable: true })
    expect((await bench.coin(drafts[1]!.coin))?.spentByActionId).toBe(drafts[1]!.action.actionId)
  })
})

describe('release_inputs', () => {
  test('inputs of a dead transaction are released one by one, and only when the network says so', async () => {
    const bench = await Bench.open()
    const { free, spent, spender } = await heldByDead(bench)
    for (const provider of bench.chain.providers) provider.lookUps = 'down'
    await bench.run('release_inputs')
    expect((await bench.coin(free))?.spentByActionId).toBe(spender)
    for (const provider of bench.chain.providers) provider.lookUps = 'up'
    await bench.run('release_inputs')
    expect(await bench.coin(free)).toMatchObject({ spentByActionId: null, spendable: true })
    expect(await bench.coin(spent)).toMatchObject({ spentByActionId: spender, withheld: null })
  })

  test('a coin called spent twice, ten minutes apart, is withheld; review_utxo gives it back if it is there after all', async () => {
    const bench = await Bench.open()
    const { spent, rival } = await heldByDead(bench)
    await bench.run('release_inputs')
    bench.advance(10 * MINUTE_MS)
    await bench.run('release_inputs')
    expect(await bench.coin(spent)).toMatchObject({ withheld: 'spent-elsewhere', spendable: false })
    bench.chain.forget(rival)
    bench.advance(1000)
    await bench.run('review_utxo')
    await bench.run('release_inputs')
    expect(await bench.coin(spent)).toMatchObject({ withheld: null, spentByActionId: null, spendable: true })
  })

  async function heldByDead(bench: Bench) {
    const owner = await seedUser(bench.store)
    const coins = await seedAction(bench.store, { ...owner, processing: 'sent', outputs: [100, 200] })
    bench.chain.accept(coins.built)
    const [free, spent] = coins.outputs as [OutputRowOf<typeof coins>, OutputRowOf<typeof coins>]
    const dead = await seedAction(bench.store, { userId: owner.userId, processing: 'invalid', spends: [free, spent] })
    const rival = buildTransaction({ inputs: [{ txid: coins.built.txid, vout: spent.vout }] })
    bench.chain.accept(rival)
    bench.advance(1000)
    return { free, spent, spender: dead.action.actionId, rival: rival.txid }
  }
})

type OutputRowOf<Seeded extends { readonly outputs: readonly unknown[] }> = Seeded['outputs'][number]

describe('frozen_review', () => {
  test('legacy-uncertain: known is sent, unknown to all twice is invalid, an outage decides nothing; others wait', async () => {
    const bench = await Bench.open()
    const uncertain = { transaction: { frozenReason: 'legacy-uncertain' } }
    const known = await seed(bench, 'frozen', { ...uncertain, isKnown: true })
    const unknown = await seed(bench, 'frozen', uncertain)
    const other = await seed(bench, 'frozen', { transaction: { frozenReason: 'no-raw-tx' } })
    await bench.run('frozen_review')
    bench.advance(10 * MINUTE_MS)
    bench.chain.provider('beta').lookUps = 'down'
    await bench.run('frozen_review')
    expect(await bench.status(known.transaction)).toBe('sent')
    expect(await bench.status(unknown.transaction)).toBe('frozen')
    bench.chain.provider('beta').lookUps = 'up'
    bench.advance(10 * MINUTE_MS)
    await bench.run('frozen_review')
    expect(await bench.status(unknown.transaction)).toBe('invalid')
    expect(await bench.status(other.transaction)).toBe('frozen')
    expect(bench.chain.provider('alpha').calls.get('postBeef')).toBeUndefined()
  })
})

describe('review_utxo', () => {
  test('a coin the network does not have is withheld after two answers ten minutes apart; an outage withholds none', async () => {
    const bench = await Bench.open()
    const owner = await seedUser(bench.store)
    const [coin] = await seedCoins(bench.store, owner, [100])
    for (const provider of bench.chain.providers) provider.lookUps = 'down'
    await bench.run('review_utxo')
    for (const provider of bench.chain.providers) provider.lookUps = 'up'
    await bench.run('review_utxo')
    expect(await bench.coin(coin!)).toMatchObject({ withheld: null, spendable: true })
    bench.advance(10 * MINUTE_MS)
    await bench.run('review_utxo')
    expect(await bench.coin(coin!)).toMatchObject({ withheld: 'not-utxo', spendable: false })
  })
})
