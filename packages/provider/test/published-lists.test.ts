import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openLegacyWallet, type MadeUser, type OpenLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { makeMovedWallet, type MovedWallet } from '@txkeep/moved-wallet'
import { Beef, Validation, type ListActionsArgs, type ListOutputsArgs, type WalletAction } from '@bsv/sdk'
import { TransactionService } from '@txkeep/lifecycle'
import { openStore } from '@txkeep/storage-knex'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProvider, type TxkeepStorageProvider } from '../src/index.js'

/** The published storage on one copy of a wallet's history, ours on the other. */

let folder: string
let made: MovedWallet
let provider: TxkeepStorageProvider

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'txkeep-lists-'))
  // Left out: what the published lists show wrongly, or not at all, and other tests are about.
  const mix = { sendInterrupted: 0, sendLaterInterrupted: 0, sendDoublySpent: 0 }
  made = await makeMovedWallet(folder, { seed: 23, actions: 90, users: 2, mix, forcedPairs: 'none' })
  const store = await openStore(made.movedFile)
  // One more block, so that what is proven in the last one is as completed here as it is there.
  const service = new TransactionService({ store })
  await service.setChainTip({ height: (await service.getChainTip())!.height + 1 })
  await service.promoteConfirmed()
  provider = createProvider({ store, chain: 'mock' })
  await provider.makeAvailable()
}, 300_000)

afterAll(async () => {
  // There is none when the wallet could not be made.
  await (provider as TxkeepStorageProvider | undefined)?.destroy()
  await rm(folder, { recursive: true })
})

interface Sides {
  readonly user: MadeUser
  readonly published: OpenLegacyWallet['storage']
}

/** Every user's side of the published storage, which stays as it was. */
async function bySide(work: (sides: Sides) => Promise<void>): Promise<void> {
  for (const user of made.legacy.users) {
    const opened = await openLegacyWallet({ ...made.legacy, rootKeyHex: user.rootKeyHex })
    try {
      await work({ user, published: opened.storage })
    } finally {
      await opened.close()
    }
  }
}

function listed(args: ListActionsArgs): Validation.ValidListActionsArgs {
  return Validation.validateListActionsArgs(args)
}

function outputs(args: ListOutputsArgs): Validation.ValidListOutputsArgs {
  return Validation.validateListOutputsArgs(args)
}

const EVERYTHING = {
  includeLabels: true,
  includeInputs: true,
  includeInputSourceLockingScripts: true,
  includeInputUnlockingScripts: true,
  includeOutputs: true,
  includeOutputLockingScripts: true,
  limit: 1000,
} as const

const LABELS = ['funding', 'salary', 'donation', 'shop', 'rent', 'naïve label', '支払い']
const BASKETS = ['default', 'tokens', 'invoices', 'game items', 'notarized documents']

/** Names in one order: the published storage gives them in any. */
function inOrder<T extends { readonly labels?: string[]; readonly tags?: string[] }>(rows: readonly T[]): T[] {
  return rows.map(({ labels, tags, ...row }) => ({
    ...row,
    ...(labels === undefined ? {} : { labels: [...labels].sort() }),
    ...(tags === undefined ? {} : { tags: [...tags].sort() }),
  })) as T[]
}

/**
 * What both lists say of an action. D38: the published storage shows the description of the output where that of the input belongs;
 * and it keeps calling a coin spendable that was paid to a neighbour in the same store, which the move withholds or shows as spent
 * by what came back.
 */
function comparable(actions: readonly WalletAction[]): unknown {
  return inOrder(actions).map((action) => ({
    ...action,
    inputs: action.isOutgoing ? action.inputs?.map(({ inputDescription: _, ...input }) => input) : [],
    outputs: inOrder(action.outputs ?? []).map(({ spendable, ...output }) =>
      output.outputDescription === TO_A_NEIGHBOUR ? output : { spendable, ...output },
    ),
  }))
}

const TO_A_NEIGHBOUR = 'Payment to a neighbour'

it('every action, with all there is to include, is listed word for word as the published storage lists it', async () => {
  let compared = 0
  await bySide(async ({ user, published }) => {
    const args = listed({ labels: [], ...EVERYTHING })
    const [ours, theirs] = [await provider.listActions(user, args), await published.listActions(user, args)]
    expect(comparable(ours.actions)).toEqual(comparable(theirs.actions))
    expect(ours.totalActions).toBe(theirs.totalActions)
    expect(ours.actions.some(({ inputs }) => inputs!.length > 0)).toBe(true)
    compared += ours.actions.length
  })
  expect(compared).toBeGreaterThan(80)
})

it('labels, any or all, and time filter as the published storage does', async () => {
  let found = 0
  await bySide(async ({ user, published }) => {
    const first = await published.listActions(user, listed({ labels: ['action time from 0'], includeLabels: true }))
    const time = Number(first.actions[5]!.labels!.at(-1)!.slice('action time '.length))
    const filters: readonly ListActionsArgs[] = [
      ...LABELS.map((label) => ({ labels: [label] })),
      { labels: LABELS },
      { labels: ['salary', 'shop'], labelQueryMode: 'all' },
      { labels: ['salary', 'never given'] },
      { labels: ['salary', 'never given'], labelQueryMode: 'all' },
      { labels: ['never given'] },
      { labels: [`action time from ${time}`] },
      { labels: [`action time to ${time}`] },
      { labels: [`action time from ${time}`, `action time to ${time + 1}`] },
      { labels: [`action time from ${time}`, 'shop'], labelQueryMode: 'all' },
    ]
    for (const filter of filters) {
      const args = listed({ ...filter, includeLabels: true, limit: 500 })
      const [ours, theirs] = [await provider.listActions(user, args), await published.listActions(user, args)]
      expect({ filter, ...ours, actions: inOrder(ours.actions) }).toEqual({
        filter,
        ...theirs,
        actions: inOrder(theirs.actions),
      })
      found += ours.actions.length
    }
  })
  expect(found).toBeGreaterThan(100)
})

it('failed and kept-back actions are listed by their special labels as published', async () => {
  await bySide(async ({ user, published }) => {
    for (const label of [FAILED, NOSEND]) {
      const args = listed({ labels: [label], includeLabels: true, limit: 500 })
      const [ours, theirs] = [await provider.listActions(user, args), await published.listActions(user, args)]
      expect({ ...ours, actions: inOrder(ours.actions) }).toEqual({ ...theirs, actions: inOrder(theirs.actions) })
      expect(ours.actions.length).toBeGreaterThan(0)
    }
  })
})

const FAILED = '97d4eb1e49215e3374cc2c1939a7c43a55e95c7427bf2d45ed63e3b4e0c88153'
const NOSEND = 'ac6b20a3bb320adafecd637b25c84b792ad828d3aa510d05dc841481f664277d'
const BALANCE = '893b7646de0e1c9f741bd6e9169b76a8847ae34adef7bef1e6a285371206d2e8'

it('every coin of every basket is listed word for word as the published storage lists it', async () => {
  let compared = 0
  await bySide(async ({ user, published }) => {
    for (const basket of [...BASKETS, 'no such basket']) {
      for (const include of ['locking scripts', undefined] as const) {
        const args = outputs({
          basket,
          ...(include === undefined ? {} : { include }),
          includeCustomInstructions: true,
          includeTags: true,
          includeLabels: include !== undefined,
          limit: 1000,
        })
        const [ours, theirs] = [await provider.listOutputs(user, args), await published.listOutputs(user, args)]
        expect({ basket, ...ours, outputs: inOrder(ours.outputs) }).toEqual({
          basket,
          ...theirs,
          outputs: inOrder(theirs.outputs),
        })
        compared += ours.outputs.length
      }
    }
  })
  expect(compared).toBeGreaterThan(200)
})

it('tags, any or all, filter as the published storage does', async () => {
  let found = 0
  await bySide(async ({ user, published }) => {
    const { outputs: all } = await published.listOutputs(user, outputs({ basket: 'tokens', includeTags: true }))
    const tags = [...new Set(all.flatMap((output) => output.tags ?? []))]
    for (const tagQueryMode of ['any', 'all'] as const) {
      for (const asked of [...tags.map((tag) => [tag]), tags.slice(0, 2), [...tags, 'never given'], ['never given']]) {
        const args = outputs({ basket: 'tokens', tags: asked, tagQueryMode, includeTags: true })
        const [ours, theirs] = [await provider.listOutputs(user, args), await published.listOutputs(user, args)]
        expect({ asked, tagQueryMode, ...ours, outputs: inOrder(ours.outputs) }).toEqual({
          asked,
          tagQueryMode,
          ...theirs,
          outputs: inOrder(theirs.outputs),
        })
        found += ours.outputs.length
      }
    }
  })
  expect(found).toBeGreaterThan(3)
})

it('pages of coins, from either end, are those of the published storage; the total is always right (D36)', async () => {
  await bySide(async ({ user, published }) => {
    const all = await published.listOutputs(user, outputs({ basket: 'default', limit: 10_000 }))
    const total = all.totalOutputs
    for (const [offset, limit] of [
      [0, 3],
      [3, 2],
      [total - 1, 5],
      [total + 10, 3],
      [-1, 3],
      [-2, 3],
      [-5, 1],
      [-total, 2],
      [-total - 1, 2],
    ] as const) {
      const args = outputs({ basket: 'default', offset, limit })
      const [ours, theirs] = [await provider.listOutputs(user, args), await published.listOutputs(user, args)]
      expect({ offset, outputs: ours.outputs }).toEqual({ offset, outputs: theirs.outputs })
      expect(ours.totalOutputs).toBe(ours.outputs.length === 0 ? 0 : total)
    }
  })
})

it('entire transactions prove the same coins, whole and valid, also where the caller knows ancestors', async () => {
  await bySide(async ({ user, published }) => {
    const args = outputs({ basket: 'default', include: 'entire transactions', limit: 500 })
    const ours = await provider.listOutputs(user, args)
    const theirs = Beef.fromBinary((await published.listOutputs(user, args)).BEEF!)
    const beef = Beef.fromBinary(ours.BEEF!)
    expect(beef.isValid(false)).toBe(true)
    const txids = new Set(ours.outputs.map(({ outpoint }) => outpoint.split('.')[0]!))
    for (const txid of txids) expect(beef.findTxid(txid)!.rawTx).toEqual(theirs.findTxid(txid)!.rawTx)
    const knownTxids = beef.txs.map(({ txid }) => txid)
    const short = Beef.fromBinary((await provider.listOutputs(user, { ...args, knownTxids })).BEEF!)
    for (const txid of txids) expect(short.findTxid(txid)!.isTxidOnly).toBe(false)
    expect(short.txs.length).toBeLessThanOrEqual(beef.txs.length)
    short.mergeBeef(beef)
    expect(short.isValid(false)).toBe(true)
  })
})

it('the balance, of the wallet and of any basket, is the one the published storage says', async () => {
  await bySide(async ({ user, published }) => {
    for (const args of [
      outputs({ basket: BALANCE }),
      ...BASKETS.map((basket) => outputs({ basket, tags: [BALANCE] })),
      outputs({ basket: BALANCE, tags: ['never given'] }),
    ]) {
      expect(await provider.listOutputs(user, args)).toEqual(await published.listOutputs(user, args))
    }
    expect((await provider.listOutputs(user, outputs({ basket: BALANCE }))).totalOutputs).toBeGreaterThan(0)
  })
})

it('nonsense is refused with the error the published storage gives', async () => {
  const [user] = made.legacy.users
  await bySide(async ({ user: { userId }, published }) => {
    if (userId !== user!.userId) return
    const calls: readonly ((
      storage: Pick<TxkeepStorageProvider, 'listActions' | 'listOutputs'>,
    ) => Promise<unknown>)[] = [
      ...['x', '1e3', '-5', '', '99999999999999999999', '8640000000000001', '5 x'].map(
        (text) => (storage: Pick<TxkeepStorageProvider, 'listActions'>) =>
          storage.listActions(user!, { ...listed({ labels: [] }), labels: [`action time from ${text}`] }),
      ),
      (storage) => storage.listActions(user!, listed({ labels: ['action time from 1', 'action time from 1'] })),
      (storage) => storage.listActions(user!, listed({ labels: ['action time from 5', 'action time to 5'] })),
      (storage) => storage.listOutputs(user!, outputs({ basket: CHANGE_PARAMS, tags: ['5'] })),
      (storage) => storage.listOutputs(user!, outputs({ basket: CHANGE_PARAMS, tags: ['x', 'y'] })),
      (storage) => storage.listOutputs(user!, outputs({ basket: CHANGE_PARAMS, tags: ['-4', '5.5'] })),
      (storage) => storage.listActions({ identityKey: user!.identityKey }, listed({ labels: [] })),
      (storage) => storage.listOutputs({ identityKey: user!.identityKey }, outputs({ basket: 'default' })),
    ]
    for (const call of calls) {
      const [ours, theirs] = [await failure(call(provider)), await failure(call(published))]
      expect({ call: String(call), ...ours }).toEqual({ call: String(call), ...theirs })
    }
  })
})

const CHANGE_PARAMS = 'a4979d28ced8581e9c1c92f1001cc7cb3aabf8ea32e10888ad898f0a509a3929'

async function failure(call: Promise<unknown>): Promise<{ readonly name: string; readonly parameter: unknown }> {
  const error = await call.then(
    () => expect.fail('It was not refused.'),
    (caught: unknown) => caught as Error & { readonly parameter?: unknown },
  )
  return { name: error.name, parameter: error.parameter }
}
