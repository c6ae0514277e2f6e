import { Beef } from '@bsv/sdk'
import { assert } from 'chai'
import { buildTransaction } from '../builders/build-transaction.js'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import { serviceCase } from './service-case.js'

/** docs/spec/lifecycle.md §9: BEEF out of what is stored. */
export const beefCases: readonly ContractCase[] = [
  serviceCase('BEEF: a chain of unproven transactions goes back to a proof', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const proven = await seedAction(store, { userId, processing: 'confirmed' })
    const middle = await seedAction(store, { userId, processing: 'sent', spends: proven.outputs })
    const last = await seedAction(store, { userId, processing: 'queued', spends: middle.outputs })
    const { beef, incomplete } = await service.mergeBeefForTxids([last.built.txid])
    assert.strictEqual(incomplete.size, 0)
    assert.isTrue(Beef.fromBinary(beef.toUint8Array()).isValid())
    assert.sameMembers(
      beef.txs.map(({ txid }) => txid),
      [proven, middle, last].map(({ built }) => built.txid),
    )
  }),

  serviceCase('BEEF: ancestors that came with an input BEEF are found in it', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const other = await seedAction(store, { userId, processing: 'confirmed' })
    const foreign = buildTransaction({ inputs: [{ txid: other.built.txid, vout: 0 }] })
    const { beef: inputBeef } = await service.mergeBeefForTxids([other.built.txid])
    inputBeef.mergeRawTx(foreign.rawTx)
    const { built } = await seedAction(store, {
      userId,
      processing: 'queued',
      inputs: [{ txid: foreign.txid, vout: 0 }],
      transaction: { inputBeef: inputBeef.toUint8Array() },
    })
    const { beef, incomplete } = await service.mergeBeefForTxids([built.txid])
    assert.strictEqual(incomplete.size, 0)
    assert.isTrue(beef.isValid())
  }),

  serviceCase('BEEF: what the receiver knows goes in as a txid only', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const proven = await seedAction(store, { userId, processing: 'confirmed' })
    const child = await seedAction(store, { userId, processing: 'queued', spends: proven.outputs })
    const knownTxids = [proven.built.txid]
    const { beef } = await service.mergeBeefForTxids([child.built.txid], { knownTxids })
    assert.isTrue(beef.findTxid(proven.built.txid)?.isTxidOnly)
    assert.isTrue(beef.isValid(true))
  }),

  serviceCase('BEEF: a missing ancestor is named', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const nobody = buildTransaction()
    const { built } = await seedAction(store, {
      userId,
      processing: 'queued',
      inputs: [{ txid: nobody.txid, vout: 0 }],
    })
    const { incomplete } = await service.mergeBeefForTxids([built.txid])
    assert.deepEqual([...incomplete], [[built.txid, nobody.txid]])
  }),

  serviceCase('BEEF: a broken input BEEF stops nothing that is stored otherwise', async ({ store, service }) => {
    const { userId } = await seedUser(store)
    const proven = await seedAction(store, { userId, processing: 'confirmed' })
    const { built } = await seedAction(store, {
      userId,
      processing: 'queued',
      spends: proven.outputs,
      transaction: { inputBeef: Uint8Array.of(1, 2, 3, 4, 5) },
    })
    assert.strictEqual((await service.mergeBeefForTxids([built.txid])).incomplete.size, 0)
  }),

  serviceCase(
    'collectReqsAndBeef: txids are ready, sent already, in error or unknown, and one BEEF has the ready ones',
    async ({ store, service }) => {
      const { userId } = await seedUser(store)
      const ready: string[] = []
      for (const [index, processing] of (['queued', 'sending', 'nosend'] as const).entries()) {
        const coins = await seedAction(store, { userId, processing: 'confirmed', height: 100 + index })
        ready.push((await seedAction(store, { userId, processing, spends: coins.outputs })).built.txid)
      }
      const sent: string[] = []
      for (const processing of ['sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed', 'reorging'] as const) {
        sent.push((await seedAction(store, { userId, processing })).built.txid)
      }
      const failing: string[] = []
      for (const processing of ['invalid', 'doubleSpend', 'frozen', 'unfail', 'nonfinal', 'queued'] as const) {
        // The last one is queued, but nobody knows its input.
        failing.push((await seedAction(store, { userId, processing })).built.txid)
      }
      const unknown = buildTransaction().txid
      const result = await service.collectReqsAndBeef([...failing, unknown, ...sent, ...ready, ...ready])
      assert.deepEqual(
        result.readyToSend.map(({ txid }) => txid),
        ready,
      )
      assert.deepEqual(
        result.alreadySent.map(({ txid }) => txid),
        sent,
      )
      assert.sameMembers(
        result.error.map(({ transaction }) => transaction.txid),
        failing,
      )
      assert.deepEqual(result.unknown, [unknown])
      const beef = Beef.fromBinary(result.beef ?? [])
      assert.isTrue(beef.isValid())
      for (const txid of ready) assert.isDefined(beef.findTxid(txid))
      for (const txid of failing) assert.isUndefined(beef.findTxid(txid))
    },
  ),
]
