import { PROCESSING_STATUSES, type ProcessingStatus, type Store } from '@txkeep/core'
import { Validation, type ListActionsArgs } from '@bsv/sdk'
import { describeOnEngines } from '@txkeep/test-engines'
import { seedAction, seedCoins, type ActionSeed, type SeededAction } from '@txkeep/testkit'
import { expect, it } from 'vitest'
import { createProvider, type ProviderNetwork } from '../src/index.js'
import { countingStore } from './support/counting-store.js'
import { engineProvider } from './support/engine-provider.js'

const FAILED = '97d4eb1e49215e3374cc2c1939a7c43a55e95c7427bf2d45ed63e3b4e0c88153'
const NOSEND = 'ac6b20a3bb320adafecd637b25c84b792ad828d3aa510d05dc841481f664277d'

const EVERYTHING = {
  includeLabels: true,
  includeInputs: true,
  includeInputSourceLockingScripts: true,
  includeInputUnlockingScripts: true,
  includeOutputs: true,
  includeOutputLockingScripts: true,
} as const

function args(of: Partial<ListActionsArgs> = {}): Validation.ValidListActionsArgs {
  return Validation.validateListActionsArgs({ labels: [], limit: 1000, ...of })
}

/** One action of every status, and a draft. */
async function seedEveryStatus(
  store: Store,
  seed: ActionSeed,
): Promise<ReadonlyMap<ProcessingStatus | 'draft', string>> {
  const descriptions = new Map<ProcessingStatus | 'draft', string>()
  for (const processing of [...PROCESSING_STATUSES, 'draft'] as const) {
    const description = `action ${processing}`
    await seedAny(store, { ...seed, processing, action: { ...seed.action, description } })
    descriptions.set(processing, description)
  }
  return descriptions
}

function seedAny(store: Store, seed: ActionSeed): Promise<SeededAction> {
  const { processing = 'sent' } = seed
  return processing === 'draft'
    ? seedAction(store, { ...seed, processing })
    : seedAction(store, { ...seed, processing })
}

async function label(store: Store, userId: number, actionId: number, text: string, isDeleted = false): Promise<number> {
  return store.write(async (tx) => {
    const { row } = await tx.labels.insertIfAbsent({ userId, label: text, isDeleted: false })
    await tx.labelMaps.insert({ txLabelId: row.txLabelId, actionId, isDeleted })
    return row.txLabelId
  })
}

/** Calls every coin unspent. */
const network = {
  getUtxoStatus: async () => ({ status: 'success', isUtxo: true }),
} as unknown as ProviderNetwork

await describeOnEngines('listing actions', (engine) => {
  const opened = engineProvider(engine, { network })

  it('pages in the order actions were made; the total is that of all pages, also beyond the last (D36)', async () => {
    const { provider, store, newCaller } = opened()
    const { auth, userId } = await newCaller()
    const txids: string[] = []
    for (let index = 0; index < 6; index++) txids.push((await seedAction(store, { userId })).transaction.txid)
    for (const [limit, offset, page] of [
      [4, 0, txids.slice(0, 4)],
      [4, 4, txids.slice(4)],
      [4, 6, []],
      [10, 99, []],
    ] as const) {
      const { totalActions, actions } = await provider.listActions(auth, args({ limit, offset }))
      expect({ totalActions, txids: actions.map(({ txid }) => txid) }).toEqual({ totalActions: 6, txids: page })
    }
  })

  it('every status shows as the published one, failed ones only under the label for failed ones', async () => {
    const { provider, store, newCaller } = opened()
    const { auth, userId } = await newCaller()
    await seedEveryStatus(store, { userId })
    const shown = async (labels: string[]): Promise<object> =>
      Object.fromEntries(
        (await provider.listActions(auth, args({ labels }))).actions.map(({ description, status }) => [
          description.slice('action '.length),
          status,
        ]),
      )
    expect(await shown([])).toEqual({
      queued: 'sending',
      sending: 'sending',
      sent: 'unproven',
      seen: 'unproven',
      seen_multi: 'unproven',
      unconfirmed: 'unproven',
      confirmed: 'completed',
      reorging: 'unproven',
      frozen: 'nonfinal',
      nosend: 'nosend',
      nonfinal: 'nonfinal',
      draft: 'unsigned',
    })
    expect(await shown([FAILED])).toEqual({ invalid: 'failed', doubleSpend: 'failed', unfail: 'failed' })
    expect(await shown([NOSEND])).toEqual({ nosend: 'nosend' })
  })

  it('an aborted action is failed, unless the network took it all the same; a hidden one is on no list', async () => {
    const { provider, store, newCaller } = opened()
    const { auth, userId } = await newCaller()
    await seedAction(store, { userId, action: { hidden: true } })
    const live = ['sent', 'seen', 'seen_multi', 'unconfirmed', 'confirmed']
    await seedEveryStatus(store, { userId, action: { userAborted: true } })
    const names = async (labels: string[]): Promise<string[]> =>
      (await provider.listActions(auth, args({ labels }))).actions.map(({ description }) => description.slice(7))
    expect(await names([])).toEqual(live)
    const failed = [...PROCESSING_STATUSES, 'draft'].filter((status) => !live.includes(status))
    expect(await names([FAILED])).toEqual(failed)
    expect(await names([NOSEND])).toEqual([])
  })

  it('a label asked for twice counts once, and one that was taken off no longer matches (D37)', async () => {
    const { provider, store, newCaller } = opened()
    const { auth, userId } = await newCaller()
    const [both, red, was] = [
      await seedAction(store, { userId }),
      await seedAction(store, { userId }),
      await seedAction(store, { userId }),
    ]
    await label(store, userId, both.action.actionId, 'red')
    await label(store, userId, both.action.actionId, 'blue')
    await label(store, userId, red.action.actionId, 'red')
    await label(store, userId, was.action.actionId, 'blue', true)
    const found = async (of: Partial<ListActionsArgs>): Promise<string[]> =>
      (await provider.listActions(auth, args(of))).actions.map(({ txid }) => txid)
    expect(await found({ labels: ['red', 'red'], labelQueryMode: 'all' })).toEqual([
      both.transaction.txid,
      red.transaction.txid,
    ])
    expect(await found({ labels: ['red', 'blue'], labelQueryMode: 'all' })).toEqual([both.transaction.txid])
    expect(await found({ labels: ['blue'] })).toEqual([both.transaction.txid])
    expect(await found({ labels: ['blue', 'never given'] })).toEqual([both.transaction.txid])
    expect(await found({ labels: ['blue', 'never given'], labelQueryMode: 'all' })).toEqual([])
    const { actions } = await provider.listActions(auth, args({ includeLabels: true }))
    expect(actions.map(({ labels }) => labels)).toEqual([['red', 'blue'], ['red'], []])
  })

  it('time bounds hold to the millisecond, however far away they lie, and are shown beside the labels', async () => {
    const { provider, store, newCaller } = opened()
    const { auth, userId } = await newCaller()
    const start = Date.parse('2026-03-01T12:00:00.000Z')
    for (const ms of [0, 1, 2]) {
      await seedAction(store, { userId, action: { createdAt: new Date(start + ms), description: `action ${ms}` } })
    }
    const found = async (...labels: string[]): Promise<string[]> =>
      (await provider.listActions(auth, args({ labels }))).actions.map(({ description }) => description.slice(7))
    expect(await found(`action time from ${start + 1}`)).toEqual(['1', '2'])
    expect(await found(`action time to ${start + 1}`)).toEqual(['0'])
    expect(await found(`action time from ${start + 1}`, `action time to ${start + 2}`)).toEqual(['1'])
    expect(await found('action time from 0', 'action time to 8640000000000000')).toEqual(['0', '1', '2'])
    expect(await found('action time from 8640000000000000')).toEqual([])
    const { actions } = await provider.listActions(
      auth,
      args({ labels: [`action time from ${start + 2}`], includeLabels: true }),
    )
    expect(actions.map(({ labels }) => labels)).toEqual([[`action time ${start + 2}`]])
  })

  it('an input shows why it is spent, not what the coin was made for (D38); a draft shows what it holds', async () => {
    const { provider, store, newCaller } = opened()
    const { auth, userId, basketId } = await newCaller()
    const [coin, held] = await seedCoins(store, { userId, basketId }, [1000, 2000])
    const spending = { spendingDescription: 'to pay for bread', outputDescription: 'wages' }
    await store.write((tx) => tx.outputs.updateMany([coin!.outputId, held!.outputId], spending))
    const spender = await seedAction(store, {
      userId,
      basketId,
      spends: [coin!],
      outputs: [{ satoshis: 900, change: false, outputDescription: 'bread' }],
    })
    const place = spender.built.outputs[0]!
    await store.write((tx) =>
      tx.outputs.update(spender.outputs[0]!.outputId, {
        lockingScript: null,
        scriptOffset: place.scriptOffset,
        scriptLength: place.lockingScript.length,
      }),
    )
    await seedAction(store, { userId, processing: 'draft', spends: [held!], outputs: [] })
    const { actions } = await provider.listActions(auth, args({ ...EVERYTHING, offset: 1 }))
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
    const [paid, draft] = actions
    expect(paid!.inputs).toEqual([
      {
        sourceOutpoint: `${coin!.txid}.0`,
        sourceSatoshis: 1000,
        inputDescription: 'to pay for bread',
        sequenceNumber: 0xffff_ffff,
        sourceLockingScript: hex(coin!.lockingScript!),
        unlockingScript: expect.any(String),
      },
    ])
    expect(paid!.outputs).toEqual([
      {
        satoshis: 900,
        spendable: true,
        tags: [],
        outputIndex: 0,
        outputDescription: 'bread',
        basket: 'default',
        lockingScript: hex(place.lockingScript),
      },
    ])
    expect(draft).toMatchObject({ txid: '', status: 'unsigned', outputs: [] })
    expect(draft!.inputs).toMatchObject([{ sourceOutpoint: `${held!.txid}.1`, sequenceNumber: 0 }])
    expect(draft!.inputs![0]).not.toHaveProperty('unlockingScript')
  })

  it('nobody sees an action, a coin or a label of somebody else, not even of the same transaction', async () => {
    const { provider, store, newCaller } = opened()
    const [alice, bob] = [await newCaller(), await newCaller()]
    const [coin] = await seedCoins(store, alice, [5000])
    const hers = await seedAction(store, { ...alice, spends: [coin!], outputs: [100, 200] })
    const his = await seedAction(store, { userId: bob.userId, built: hers.built, outputs: [] })
    await label(store, alice.userId, hers.action.actionId, 'secret')
    const { totalActions, actions } = await provider.listActions(bob.auth, args(EVERYTHING))
    expect(totalActions).toBe(1)
    expect(actions).toMatchObject([{ txid: his.transaction.txid, inputs: [], outputs: [], labels: [] }])
    expect(await provider.listActions(bob.auth, args({ labels: ['secret'] }))).toEqual({ totalActions: 0, actions: [] })
    const stolen = { identityKey: bob.auth.identityKey, userId: alice.userId }
    await expect(provider.listActions(stolen, args())).rejects.toMatchObject({ name: 'WERR_UNAUTHORIZED' })
  })

  it('the database is asked as often for a hundred actions as for one', async () => {
    const { store, newCaller } = opened()
    const { auth, userId, basketId } = await newCaller()
    const coins = await seedCoins(
      store,
      { userId, basketId },
      Array.from({ length: 100 }, () => 1000),
    )
    for (const coin of coins) {
      const { action } = await seedAction(store, { userId, basketId, spends: [coin] })
      await label(store, userId, action.actionId, 'many')
    }
    const counting = countingStore(store)
    const provider = createProvider({ store: counting })
    const asked = async (limit: number): Promise<number> => {
      counting.asked = 0
      const { actions } = await provider.listActions(auth, args({ ...EVERYTHING, labels: ['many'], limit }))
      expect(actions).toHaveLength(limit)
      expect(
        actions.every(({ inputs, outputs, labels }) => inputs!.length + outputs!.length + labels!.length === 3),
      ).toBe(true)
      return counting.asked
    }
    expect(await asked(100)).toBe(await asked(1))
  })

  it('asking again about failed actions moves their transactions, and keeps them on the list (D33)', async () => {
    const { provider, store, newCaller } = opened()
    const { auth, userId } = await newCaller()
    const { transaction } = await seedAction(store, { userId, processing: 'invalid' })
    const { transaction: contested } = await seedAction(store, { userId, processing: 'doubleSpend' })
    await seedAction(store, { userId, processing: 'draft', action: { userAborted: true } })
    const shown = [transaction.txid, contested.txid, ''].map((txid) => ({ txid, status: 'failed' }))
    for (const labels of [[FAILED, 'unfail'], [FAILED, 'unfail'], [FAILED]]) {
      const { totalActions, actions } = await provider.listActions(auth, args({ labels }))
      expect({ totalActions, actions }).toMatchObject({ totalActions: 3, actions: shown })
    }
    const rows = await store.read((tx) => tx.transactions.findByTxids([transaction.txid, contested.txid]))
    expect(rows.map(({ processing }) => processing)).toEqual(['unfail', 'unfail'])
    expect(rows.every(({ nextActionAt }) => nextActionAt !== null)).toBe(true)
  })

  it('kept-back actions are given up one by one; what cannot be given up shows what it is', async () => {
    const { provider, store, newCaller } = opened()
    const { auth, userId, basketId } = await newCaller()
    const [coin] = await seedCoins(store, { userId, basketId }, [3000])
    const kept = await seedAction(store, { userId, basketId, processing: 'nosend', spends: [coin!] })
    const spent = await seedAction(store, { userId, basketId, processing: 'nosend' })
    await seedAction(store, { userId, basketId, processing: 'sent', spends: [spent.outputs[0]!] })
    const { totalActions, actions } = await provider.listActions(auth, args({ labels: [NOSEND, 'abort'] }))
    expect({ totalActions, actions }).toMatchObject({
      totalActions: 2,
      actions: [
        { txid: kept.transaction.txid, status: 'failed' },
        { txid: spent.transaction.txid, status: 'nosend' },
      ],
    })
    const [row] = await store.read((tx) => tx.outputs.findByIds([coin!.outputId]))
    expect(row).toMatchObject({ spentByActionId: null, spendable: true })
    expect((await provider.listActions(auth, args({ labels: [NOSEND] }))).totalActions).toBe(1)
  })
})
