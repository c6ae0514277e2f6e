import type { PostTxidResult, StatusForTxid } from '@txkeep/core'
import { broadcastTransactions, type BroadcastServices } from '@txkeep/lifecycle'
import { assert } from 'chai'
import { buildTransaction } from '../builders/build-transaction.js'
import { seedAction } from '../builders/seed-action.js'
import { seedUser } from '../builders/seed-user.js'
import type { ContractCase } from '../contract-case.js'
import {
  auditOf,
  detailsOf,
  movesOf,
  outputOf,
  proofFor,
  serviceCase,
  transactionOf,
  type Bench,
} from './service-case.js'

const MINUTE_MS = 60_000

/** docs/spec/lifecycle.md §6: what a round of broadcasting comes to. */
export const broadcastCases: readonly ContractCase[] = [
  serviceCase(
    'broadcast result: one success among rejections is a success, and the contradiction is logged',
    async (bench) => {
      const { transactionId, txid, outputs } = await sending(bench)
      const result = await bench.service.recordBroadcastResult({
        transactionId,
        round: {
          txid,
          answers: [
            { provider: 'one', answer: 'reject' },
            { provider: 'two', answer: 'accept' },
          ],
        },
      })
      assert.strictEqual(result.outcome, 'moved')
      const row = await transactionOf(bench.store, transactionId)
      assert.deepInclude(row, { processing: 'sent', wasBroadcast: true, attempts: 0, lastProvider: 'two' })
      assert.isTrue((await outputOf(bench.store, outputs[0]!)).spendable)
      assert.lengthOf(await auditOf(bench.store, transactionId, 'broadcast.discrepancy'), 1)
      const [said] = await auditOf(bench.store, transactionId, 'broadcast.result')
      assert.deepInclude(detailsOf(said), { verdict: 'success' })
    },
  ),

  serviceCase('broadcast result: a rejection by all that nobody contradicts is invalid', async (bench) => {
    const { transactionId, txid, outputs } = await sending(bench)
    await bench.service.recordBroadcastResult({
      transactionId,
      round: {
        txid,
        answers: [{ provider: 'one', answer: 'reject' }],
        lookups: [{ provider: 'one', answer: 'unknown' }],
      },
    })
    assert.strictEqual((await transactionOf(bench.store, transactionId)).processing, 'invalid')
    assert.isFalse((await outputOf(bench.store, outputs[0]!)).spendable)
  }),

  serviceCase('broadcast result: a rejection that no look-up confirms changes no money', async (bench) => {
    const { transactionId, txid } = await sending(bench)
    for (const lookups of [[], [{ provider: 'one', answer: 'unavailable' }] as const]) {
      await bench.service.recordBroadcastResult({
        transactionId,
        round: { txid, answers: [{ provider: 'one', answer: 'reject' }], lookups },
      })
    }
    assert.deepInclude(await transactionOf(bench.store, transactionId), { processing: 'sending', attempts: 2 })
  }),

  serviceCase(
    'broadcast result: a double spend needs a mined competitor and nobody who knows our txid',
    async (bench) => {
      const { transactionId, txid } = await sending(bench)
      const { txid: other } = buildTransaction()
      const answers = [{ provider: 'one', answer: 'doubleSpend', competingTxids: [other] }] as const
      const lookups = [{ provider: 'one', answer: 'unknown' }] as const
      await bench.service.recordBroadcastResult({ transactionId, round: { txid, answers, lookups } })
      assert.strictEqual((await transactionOf(bench.store, transactionId)).processing, 'sending')
      const competitor = { txid: other, spendsOurInput: true, proofVerified: true, minedAccordingTo: [] }
      await bench.service.recordBroadcastResult({
        transactionId,
        round: { txid, answers, lookups, competitors: [competitor] },
      })
      assert.strictEqual((await transactionOf(bench.store, transactionId)).processing, 'doubleSpend')
      const [change] = await auditOf(bench.store, transactionId, 'processing.changed')
      assert.deepInclude(detailsOf(change), { competitor: other })
    },
  ),

  serviceCase('broadcast result: missing inputs are a service error, not a double spend', async (bench) => {
    const { transactionId, txid } = await sending(bench)
    const answers = [{ provider: 'one', answer: 'missingInputs' }] as const
    const lookups = [{ provider: 'one', answer: 'unknown' }] as const
    const result = await bench.service.recordBroadcastResult({ transactionId, round: { txid, answers, lookups } })
    assert.strictEqual(result.verdict.outcome, 'serviceError')
    assert.strictEqual((await transactionOf(bench.store, transactionId)).processing, 'sending')
  }),

  serviceCase(
    'broadcast result: a service error counts and waits longer each time, from a minute to an hour',
    async (bench) => {
      const { transactionId, txid } = await sending(bench)
      const waits: number[] = []
      for (let attempt = 1; attempt <= 9; attempt++) {
        await bench.service.recordBroadcastResult({
          transactionId,
          round: { txid, answers: [{ provider: 'one', answer: 'unavailable' }] },
        })
        const row = await transactionOf(bench.store, transactionId)
        assert.deepInclude(row, { processing: 'sending', attempts: attempt })
        waits.push((row.nextActionAt?.getTime() ?? 0) - bench.clock.now().getTime())
      }
      assert.isAtLeast(Math.min(...waits), MINUTE_MS)
      assert.isAtMost(Math.max(...waits), 60 * MINUTE_MS)
      assert.deepEqual(
        waits,
        [...waits].sort((a, b) => a - b),
      )
      assert.isAbove(waits.at(-1) ?? 0, waits[0] ?? 0)
    },
  ),

  serviceCase(
    'broadcast result: a queued transaction that meets an outage is sending, to be retried',
    async (bench) => {
      const { transactionId, txid } = await sending(bench, 'queued')
      await bench.service.recordBroadcastResult({
        transactionId,
        round: { txid, answers: [{ provider: 'one', answer: 'unavailable' }] },
      })
      assert.deepInclude(await transactionOf(bench.store, transactionId), { processing: 'sending', attempts: 1 })
    },
  ),

  serviceCase('broadcast result: rebroadcasting what is accepted never moves it back', async (bench) => {
    for (const status of ['sent', 'seen', 'seen_multi'] as const) {
      const { transactionId, txid, outputs } = await sending(bench, status)
      for (const answer of ['accept', 'unavailable'] as const) {
        await bench.service.recordBroadcastResult({
          transactionId,
          round: { txid, answers: [{ provider: 'one', answer }] },
        })
      }
      assert.strictEqual((await transactionOf(bench.store, transactionId)).processing, status)
      assert.isTrue((await outputOf(bench.store, outputs[0]!)).spendable)
    }
  }),

  serviceCase('broadcast result: witnesses on the network lead to seen and seen_multi', async (bench) => {
    const one = await sending(bench)
    const answers = [{ provider: 'one', answer: 'accept', seenOnNetwork: true }] as const
    await bench.service.recordBroadcastResult({ transactionId: one.transactionId, round: { txid: one.txid, answers } })
    assert.strictEqual((await transactionOf(bench.store, one.transactionId)).processing, 'seen')
    const two = await sending(bench)
    await bench.service.recordBroadcastResult({
      transactionId: two.transactionId,
      round: { txid: two.txid, answers, lookups: [{ provider: 'two', answer: 'known' }] },
    })
    assert.strictEqual((await transactionOf(bench.store, two.transactionId)).processing, 'seen_multi')
  }),

  serviceCase(
    'broadcast result: a success for what was declared dead is a discrepancy and moves nothing',
    async (bench) => {
      const { transactionId, txid } = await sending(bench, 'invalid')
      await bench.service.recordBroadcastResult({
        transactionId,
        round: { txid, answers: [{ provider: 'one', answer: 'accept' }] },
      })
      assert.strictEqual((await transactionOf(bench.store, transactionId)).processing, 'invalid')
      assert.lengthOf(await auditOf(bench.store, transactionId, 'broadcast.discrepancy'), 1)
    },
  ),

  serviceCase(
    'broadcast result: what an operator froze waits for the operator, whatever comes in late',
    async (bench) => {
      const { transactionId, txid } = await sending(bench)
      const freeze = { transactionId, expectedFrom: 'sending', to: 'frozen', frozenReason: 'operator: wait' } as const
      await bench.service.transition(freeze)
      for (const answer of ['accept', 'unavailable'] as const) {
        await bench.service.recordBroadcastResult({
          transactionId,
          round: { txid, answers: [{ provider: 'one', answer }] },
        })
        assert.deepInclude(await transactionOf(bench.store, transactionId), {
          processing: 'frozen',
          nextActionAt: null,
        })
      }
    },
  ),

  serviceCase(
    'broadcast result: what is proven is settled by its proof, what is reorged by its next one',
    async (bench) => {
      const { userId } = await seedUser(bench.store)
      for (const processing of ['unconfirmed', 'reorging'] as const) {
        const { transaction, built } = await seedAction(bench.store, { userId, processing })
        const { transactionId } = transaction
        for (const answer of ['reject', 'accept'] as const) {
          await bench.service.recordBroadcastResult({
            transactionId,
            round: {
              txid: built.txid,
              answers: [
                answer === 'accept' ? { provider: 'one', answer, seenOnNetwork: true } : { provider: 'one', answer },
              ],
              lookups: answer === 'reject' ? [{ provider: 'one', answer: 'unknown' }] : [],
            },
          })
        }
        assert.strictEqual((await transactionOf(bench.store, transactionId)).processing, processing)
      }
    },
  ),

  serviceCase('broadcasting: marks sending before it posts, so that a crash in between is retried', async (bench) => {
    const { transactionId, txid } = await ready(bench)
    let during: string | undefined
    const services = network({
      onPost: async () => {
        during = (await transactionOf(bench.store, transactionId)).processing
        throw new Error('the process dies here')
      },
    })
    const [outcome] = await broadcastTransactions(bench.service, services, [txid])
    assert.strictEqual(during, 'sending')
    assert.strictEqual(outcome?.outcome, 'posted')
    assert.deepInclude(await transactionOf(bench.store, transactionId), { processing: 'sending', attempts: 1 })
  }),

  serviceCase('broadcasting: one accepting service is enough, and the next is not asked', async (bench) => {
    const { transactionId, txid } = await ready(bench)
    const first = network({ results: [{ txid, status: 'success' }] })
    const second = network({ results: [{ txid, status: 'success' }] })
    await broadcastTransactions(bench.service, [first, second], [txid])
    assert.deepEqual(await movesOf(bench.store, transactionId), ['queued→sending', 'sending→sent'])
    assert.lengthOf(await auditOf(bench.store, transactionId, 'broadcast.attempt'), 1)
    assert.deepEqual([first.posts, second.posts], [1, 0])
  }),

  serviceCase('broadcasting: a service that fails is asked last next time', async (bench) => {
    const failing = network({ onPost: () => Promise.reject(new Error('down')) })
    const working = network({ accept: true })
    for (let round = 0; round < 2; round++) {
      const { txid } = await ready(bench)
      await broadcastTransactions(bench.service, [failing, working], [txid])
    }
    assert.deepEqual([failing.posts, working.posts], [1, 2])
  }),

  serviceCase('broadcasting: a service that is too slow counts as unavailable', async (bench) => {
    const { transactionId, txid } = await ready(bench)
    const slow = network({ onPost: () => new Promise(() => undefined) })
    await broadcastTransactions(bench.service, slow, [txid], { timeoutMs: () => 5 })
    assert.deepInclude(await transactionOf(bench.store, transactionId), { processing: 'sending', attempts: 1 })
  }),

  serviceCase('broadcasting: a rejection is looked up before it kills, and a known txid lives', async (bench) => {
    const lost = await ready(bench)
    const rejecting = network({ results: [{ txid: lost.txid, status: 'error' }] })
    await broadcastTransactions(bench.service, rejecting, [lost.txid])
    assert.strictEqual((await transactionOf(bench.store, lost.transactionId)).processing, 'invalid')
    const known = await ready(bench)
    const contradicting = network({ results: [{ txid: known.txid, status: 'error' }], status: 'known' })
    await broadcastTransactions(bench.service, contradicting, [known.txid])
    assert.strictEqual((await transactionOf(bench.store, known.transactionId)).processing, 'seen')
  }),

  serviceCase('broadcasting: a named competitor counts only with a checked path and a shared input', async (bench) => {
    for (const shares of [true, false]) {
      const { transactionId, txid, inputs } = await ready(bench)
      const rival = buildTransaction(shares ? { inputs } : {})
      const { merklePath } = await proofFor(rival.txid, 50)
      const services = network({
        results: [{ txid, status: 'error', doubleSpend: true, competingTxs: [rival.txid] }],
        rawTx: rival.rawTx,
        merklePath,
      })
      await broadcastTransactions(bench.service, services, [txid])
      const expected = shares ? 'doubleSpend' : 'sending'
      assert.strictEqual((await transactionOf(bench.store, transactionId)).processing, expected)
    }
  }),

  serviceCase(
    'broadcasting: says of each txid whether it was posted, sent before, unknown or not ready',
    async (bench) => {
      const { txid } = await ready(bench)
      const before = await sending(bench, 'seen')
      const dead = await sending(bench, 'invalid')
      const unknown = buildTransaction().txid
      const outcomes = await broadcastTransactions(bench.service, network({ accept: true }), [
        txid,
        before.txid,
        dead.txid,
        unknown,
      ])
      assert.deepEqual(Object.fromEntries(outcomes.map((outcome) => [outcome.txid, outcome.outcome])), {
        [txid]: 'posted',
        [before.txid]: 'already-sent',
        [dead.txid]: 'error',
        [unknown]: 'unknown',
      })
    },
  ),
]

async function sending(
  { store }: Bench,
  processing: 'queued' | 'sending' | 'sent' | 'seen' | 'seen_multi' | 'invalid' = 'sending',
): Promise<{ transactionId: number; txid: string; outputs: readonly { readonly outputId: number }[] }> {
  const { userId } = await seedUser(store)
  const { transaction, built, outputs } = await seedAction(store, { userId, processing })
  return { transactionId: transaction.transactionId, txid: built.txid, outputs }
}

/** A queued transaction whose only input is proven, so that its BEEF is complete. */
async function ready({ store }: Bench): Promise<{
  transactionId: number
  txid: string
  inputs: readonly { readonly txid: string; readonly vout: number }[]
}> {
  const { userId } = await seedUser(store)
  const coins = await seedAction(store, { userId, processing: 'confirmed' })
  const { transaction, built } = await seedAction(store, { userId, processing: 'queued', spends: coins.outputs })
  return { transactionId: transaction.transactionId, txid: built.txid, inputs: built.inputs }
}

interface ScriptedNetwork extends BroadcastServices {
  /** How often it was posted to. */
  readonly posts: number
}

/** A network that answers what it is told to. */
function network(script: {
  readonly results?: readonly PostTxidResult[]
  readonly accept?: boolean
  readonly onPost?: () => Promise<unknown>
  readonly status?: StatusForTxid['status']
  readonly rawTx?: Uint8Array
  readonly merklePath?: Uint8Array
}): ScriptedNetwork {
  let posts = 0
  return {
    get posts() {
      return posts
    },
    postBeef: async (_beef, txids) => {
      posts += 1
      await script.onPost?.()
      const accepted = txids.map((txid): PostTxidResult => ({ txid, status: 'success' }))
      return [{ name: 'scripted', status: 'success', txidResults: script.accept ? accepted : (script.results ?? []) }]
    },
    getStatusForTxids: async (txids) => ({
      name: 'scripted',
      status: 'success',
      results: txids.map((txid) => ({ txid, status: script.status ?? 'unknown', depth: undefined })),
    }),
    getRawTx: async (txid) => ({ txid, ...(script.rawTx === undefined ? {} : { rawTx: script.rawTx }) }),
    getMerklePath: async () => (script.merklePath === undefined ? {} : { merklePath: script.merklePath }),
    isValidRootForHeight: async () => true,
  }
}
