import { PROCESSING_STATUSES, type OutputRow, type Store } from '@txkeep/core'
import { Beef, Hash, Validation, type ListOutputsArgs } from '@bsv/sdk'
import { describeOnEngines } from '@txkeep/test-engines'
import { buildTransaction, seedAction, seedBasket, seedCoins } from '@txkeep/testkit'
import { expect, it } from 'vitest'
import { createProvider, type ProviderNetwork } from '../src/index.js'
import { countingStore } from './support/counting-store.js'
import { engineProvider, type Caller } from './support/engine-provider.js'

const BALANCE = '893b7646de0e1c9f741bd6e9169b76a8847ae34adef7bef1e6a285371206d2e8'
const INVALID_CHANGE = '5a76fd430a311f8bc0553859061710a4475c19fed46e2ff95969aa918e612e57'
const CHANGE_PARAMS = 'a4979d28ced8581e9c1c92f1001cc7cb3aabf8ea32e10888ad898f0a509a3929'

function args(of: Partial<ListOutputsArgs> = {}): Validation.ValidListOutputsArgs {
  return Validation.validateListOutputsArgs({ basket: 'default', limit: 1000, ...of })
}

function outpointsOf(rows: readonly OutputRow[]): string[] {
  return rows.map(({ txid, vout }) => `${txid}.${vout}`)
}

async function tag(store: Store, userId: number, outputId: number, text: string, isDeleted = false): Promise<void> {
  await store.write(async (tx) => {
    const { row } = await tx.tags.insertIfAbsent({ userId, tag: text, isDeleted: false })
    await tx.tagMaps.insert({ outputTagId: row.outputTagId, outputId, isDeleted })
  })
}

/** What the network says about coins, by outpoint: unspent unless told, or nothing at all. */
const answers = new Map<string, 'spent' | 'outage'>()
const asked: string[] = []
const network = {
  getUtxoStatus: async (scriptHash: string, outpoint: string) => {
    asked.push(`${scriptHash} ${outpoint}`)
    if (answers.get(outpoint) === 'outage') return { status: 'error', isUtxo: false }
    return { status: 'success', isUtxo: answers.get(outpoint) !== 'spent' }
  },
  // It knows no transaction.
  getRawTx: async (txid: string) => ({ txid }),
  getMerklePath: async () => ({}),
} as unknown as ProviderNetwork

let now = Date.parse('2026-06-01T00:00:00.000Z')
const clock = { now: () => new Date(now) }

await describeOnEngines('listing outputs', (engine) => {
  const opened = engineProvider(engine, { network, clock })

  /** The outpoints a list shows, and what it counts. */
  async function found(caller: Caller, of: Partial<ListOutputsArgs>): Promise<{ total: number; outpoints: string[] }> {
    const { totalOutputs, outputs } = await opened().provider.listOutputs(caller.auth, args(of))
    return { total: totalOutputs, outpoints: outputs.map(({ outpoint }) => outpoint) }
  }

  it('coins are listed that can be spent now or soon, and are called spendable', async () => {
    const { provider, store, newCaller } = opened()
    const caller = await newCaller()
    const { userId, basketId } = caller
    const listed: string[] = []
    for (const processing of PROCESSING_STATUSES) {
      const { transaction } = await seedAction(store, { userId, basketId, processing })
      if (!['invalid', 'doubleSpend', 'unfail', 'frozen', 'nonfinal'].includes(processing)) {
        listed.push(`${transaction.txid}.0`)
      }
      await seedAction(store, { userId, basketId, processing, action: { userAborted: true } })
    }
    await seedAction(store, { userId, basketId, processing: 'draft' })
    await seedAction(store, { userId, basketId, outputs: [{ satoshis: 5, withheld: 'not-utxo' }] })
    const [gone] = await seedCoins(store, { userId, basketId }, [7])
    await seedAction(store, { userId, spends: [gone!], outputs: [] })
    await seedAction(store, { userId, outputs: [8] })
    expect(await found(caller, {})).toEqual({ total: listed.length, outpoints: listed })
    const { outputs } = await provider.listOutputs(caller.auth, args())
    expect(outputs.every(({ spendable }) => spendable)).toBe(true)
    expect(await found(caller, { basket: 'no such basket' })).toEqual({ total: 0, outpoints: [] })
  })

  it('pages go up, or down from the newest where the offset is negative; the total is that of all pages, and 0 beyond (D36)', async () => {
    const { store, newCaller } = opened()
    const caller = await newCaller()
    const all = outpointsOf(await seedCoins(store, caller, [1, 2, 3, 4, 5, 6]))
    const down = [...all].reverse()
    for (const [offset, limit, outpoints] of [
      [0, 4, all.slice(0, 4)],
      [4, 4, all.slice(4)],
      [6, 4, []],
      [99, 4, []],
      [-1, 4, down.slice(0, 4)],
      [-2, 1, down.slice(1, 2)],
      [-6, 4, down.slice(5)],
      [-7, 4, []],
    ] as const) {
      const total = outpoints.length === 0 ? 0 : 6
      expect({ offset, ...(await found(caller, { offset, limit })) }).toEqual({ offset, total, outpoints })
    }
  })

  it('a tag asked for twice counts once, and one that was taken off no longer matches (D37)', async () => {
    const { provider, store, newCaller } = opened()
    const caller = await newCaller()
    const coins = await seedCoins(store, caller, [1, 2, 3])
    const [both, red, was] = outpointsOf(coins)
    await tag(store, caller.userId, coins[0]!.outputId, 'red')
    await tag(store, caller.userId, coins[0]!.outputId, 'blue')
    await tag(store, caller.userId, coins[1]!.outputId, 'red')
    await tag(store, caller.userId, coins[2]!.outputId, 'blue', true)
    const all = { tagQueryMode: 'all' } as const
    expect(await found(caller, { tags: ['red', 'red'], ...all })).toEqual({ total: 2, outpoints: [both, red] })
    expect(await found(caller, { tags: ['red', 'blue'], ...all })).toEqual({ total: 1, outpoints: [both] })
    expect(await found(caller, { tags: ['blue', 'never given'] })).toEqual({ total: 1, outpoints: [both] })
    expect(await found(caller, { tags: ['blue', 'never given'], ...all })).toEqual({ total: 0, outpoints: [] })
    expect((await found(caller, {})).outpoints).toContain(was)
    const { outputs } = await provider.listOutputs(caller.auth, args({ includeTags: true }))
    expect(outputs.map(({ tags }) => tags)).toEqual([['red', 'blue'], ['red'], []])
  })

  it('instructions, labels and scripts are shown where asked for, also a script only the transaction holds', async () => {
    const { provider, store, newCaller } = opened()
    const caller = await newCaller()
    const { action, built, outputs } = await seedAction(store, {
      ...caller,
      outputs: [{ satoshis: 1, customInstructions: 'keep dry' }, 2],
    })
    const place = built.outputs[1]!
    await store.write(async (tx) => {
      const { row } = await tx.labels.insertIfAbsent({ userId: caller.userId, label: 'wages', isDeleted: false })
      await tx.labelMaps.insert({ txLabelId: row.txLabelId, actionId: action.actionId, isDeleted: false })
      await tx.outputs.update(outputs[1]!.outputId, {
        lockingScript: null,
        scriptOffset: place.scriptOffset,
        scriptLength: place.lockingScript.length,
      })
    })
    const everything = { include: 'locking scripts', includeCustomInstructions: true, includeLabels: true } as const
    const listed = await provider.listOutputs(caller.auth, args(everything))
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
    expect(listed.outputs).toEqual([
      {
        satoshis: 1,
        spendable: true,
        outpoint: `${built.txid}.0`,
        customInstructions: 'keep dry',
        labels: ['wages'],
        lockingScript: hex(built.outputs[0]!.lockingScript),
      },
      {
        satoshis: 2,
        spendable: true,
        outpoint: `${built.txid}.1`,
        labels: ['wages'],
        lockingScript: hex(place.lockingScript),
      },
    ])
    const bare = await provider.listOutputs(caller.auth, args())
    expect(Object.keys(bare.outputs[0]!)).toEqual(['satoshis', 'spendable', 'outpoint'])
  })

  it('nobody sees a coin, a tag or the balance of somebody else', async () => {
    const { provider, store, newCaller } = opened()
    const [alice, bob] = [await newCaller(), await newCaller()]
    const [coin] = await seedCoins(store, alice, [5000])
    await tag(store, alice.userId, coin!.outputId, 'secret')
    await tag(store, bob.userId, coin!.outputId, 'mine')
    for (const of of [{}, { tags: ['secret'] }, { tags: ['mine'] }, { basket: BALANCE }]) {
      expect(await found(bob, of)).toEqual({ total: 0, outpoints: [] })
    }
    answers.set(outpointsOf([coin!])[0]!, 'spent')
    expect(await found(bob, { basket: INVALID_CHANGE, tags: ['all', 'release'] })).toEqual({ total: 0, outpoints: [] })
    const stolen = { identityKey: bob.auth.identityKey, userId: alice.userId }
    await expect(provider.listOutputs(stolen, args())).rejects.toMatchObject({ name: 'WERR_UNAUTHORIZED' })
  })

  it('the database is asked as often for a hundred coins as for one', async () => {
    const { store, newCaller } = opened()
    const caller = await newCaller()
    for (let index = 0; index < 100; index++) {
      const { outputs } = await seedAction(store, { ...caller, processing: 'confirmed' })
      await tag(store, caller.userId, outputs[0]!.outputId, 'many')
    }
    const counting = countingStore(store)
    const provider = createProvider({ store: counting })
    const everything = { tags: ['many'], includeTags: true, includeLabels: true, includeCustomInstructions: true }
    for (const include of ['locking scripts', 'entire transactions'] as const) {
      const countFor = async (limit: number): Promise<number> => {
        counting.asked = 0
        const { outputs } = await provider.listOutputs(caller.auth, args({ ...everything, include, limit }))
        expect(outputs).toHaveLength(limit)
        return counting.asked
      }
      expect(await countFor(100)).toBe(await countFor(1))
    }
  })

  it('the balance sums what lists show, of the wallet or of any basket and tag; spent change is not in it (D40)', async () => {
    const { store, newCaller } = opened()
    const caller = await newCaller()
    const tokens = await seedBasket(store, caller.userId, 'tokens')
    const [kept, spent] = await seedCoins(store, caller, [1000, 500])
    await seedAction(store, { userId: caller.userId, spends: [spent!], outputs: [] })
    await seedAction(store, { ...caller, processing: 'invalid' })
    const [token] = await seedCoins(store, { userId: caller.userId, basketId: tokens.basketId }, [7, 8])
    await tag(store, caller.userId, token!.outputId, 'rare')
    expect(await found(caller, { basket: BALANCE, limit: 1, offset: 5 })).toEqual({ total: 1000, outpoints: [] })
    expect((await found(caller, { tags: [BALANCE] })).total).toBe(kept!.satoshis)
    expect((await found(caller, { basket: 'tokens', tags: [BALANCE] })).total).toBe(15)
    expect((await found(caller, { basket: 'tokens', tags: [BALANCE, 'rare'] })).total).toBe(7)
    expect((await found(caller, { basket: 'no such basket', tags: [BALANCE] })).total).toBe(0)
  })

  it('how change is made is set for the caller alone, and nonsense sets nothing', async () => {
    const { provider, newCaller } = opened()
    const [alice, bob] = [await newCaller(), await newCaller()]
    const params = async ({ auth }: Caller): Promise<readonly number[]> => {
      const [basket] = await provider.findOutputBasketsAuth(auth, { partial: { name: 'default' } })
      return [basket!.numberOfDesiredUTXOs, basket!.minimumDesiredUTXOValue]
    }
    expect(await found(alice, { basket: CHANGE_PARAMS, tags: ['8', '5000'] })).toEqual({ total: 0, outpoints: [] })
    expect([await params(alice), await params(bob)]).toEqual([
      [8, 5000],
      [144, 32],
    ])
    for (const [tags, name] of [
      [['8'], 'WERR_INVALID_PARAMETER'],
      [['8', 'x'], 'WERR_INTERNAL'],
      [['-8', '5'], 'WERR_INTERNAL'],
      [['8', '2147483648'], 'WERR_INVALID_PARAMETER'],
    ] as const) {
      const call = provider.listOutputs(alice.auth, args({ basket: CHANGE_PARAMS, tags: [...tags] }))
      await expect(call).rejects.toMatchObject({ name })
    }
    expect(await params(alice)).toEqual([8, 5000])
  })

  it('an outage makes no coin invalid and releases none, however long it lasts (D1)', async () => {
    const { provider, store, newCaller } = opened()
    const caller = await newCaller()
    const coins = outpointsOf(await seedCoins(store, caller, [1000, 2000]))
    for (const outpoint of coins) answers.set(outpoint, 'outage')
    for (let times = 0; times < 3; times++) {
      expect(await found(caller, { basket: INVALID_CHANGE, tags: ['release'] })).toEqual({ total: 0, outpoints: [] })
      now += 3_600_000
    }
    expect((await provider.listOutputs(caller.auth, args({ basket: BALANCE }))).totalOutputs).toBe(3000)
  })

  it('coins the network calls spent are listed; one it does not know yet because it waits to be sent is not', async () => {
    const { store, newCaller } = opened()
    const caller = await newCaller()
    const tokens = await seedBasket(store, caller.userId, 'tokens')
    const coins = await seedCoins(
      store,
      caller,
      Array.from({ length: 15 }, (_, index) => index + 1),
    )
    const waiting = await seedCoins(store, caller, [20], { processing: 'sending' })
    const token = await seedCoins(store, { userId: caller.userId, basketId: tokens.basketId }, [30])
    const elsewhere = (await seedAction(store, { userId: caller.userId, outputs: [40] })).outputs
    const spent = outpointsOf([coins[3]!, coins[14]!, ...waiting, ...token, ...elsewhere])
    for (const outpoint of spent) answers.set(outpoint, 'spent')
    asked.length = 0
    expect(await found(caller, { basket: INVALID_CHANGE, limit: 1 })).toEqual({
      total: 2,
      outpoints: outpointsOf([coins[3]!, coins[14]!]),
    })
    const [coin] = coins
    const scriptHash = Buffer.from(Hash.sha256([...coin!.lockingScript!])).toString('hex')
    expect(asked).toContain(`${scriptHash} ${outpointsOf([coin!])[0]}`)
    expect(asked).toHaveLength(15)
    expect((await found(caller, { basket: INVALID_CHANGE, tags: ['all'] })).outpoints).toEqual(
      outpointsOf([coins[3]!, coins[14]!, ...token]),
    )
  })

  it('a coin is released once the network called it spent twice, ten minutes apart, and never for one answer', async () => {
    const { provider, store, newCaller } = opened()
    const caller = await newCaller()
    const [lost, flickering] = await seedCoins(store, caller, [1000, 2000])
    const [lostAt, flickeringAt] = outpointsOf([lost!, flickering!])
    const release = async (): Promise<readonly (readonly [string, boolean])[]> => {
      const { outputs } = await provider.listOutputs(caller.auth, args({ basket: INVALID_CHANGE, tags: ['release'] }))
      return outputs.map(({ outpoint, spendable }) => [outpoint, spendable])
    }
    const balance = async (): Promise<number> => (await found(caller, { basket: BALANCE })).total

    for (const outpoint of [lostAt!, flickeringAt!]) answers.set(outpoint, 'spent')
    expect(await release()).toEqual([
      [lostAt, true],
      [flickeringAt, true],
    ])
    now += 599_999
    answers.delete(flickeringAt!)
    expect(await release()).toEqual([[lostAt, true]])
    expect(await balance()).toBe(3000)
    now += 1
    answers.set(flickeringAt!, 'spent')
    expect(await release()).toEqual([
      [lostAt, false],
      [flickeringAt, true],
    ])
    expect(await balance()).toBe(2000)
    expect(await release()).toEqual([[flickeringAt, true]])
    const [row] = await store.read((tx) => tx.outputs.findByIds([lost!.outputId]))
    expect(row).toMatchObject({ withheld: 'not-utxo', spendable: false })
  })

  it('entire transactions come back to their proofs, and half a proof is refused', async () => {
    const { provider, store, newCaller } = opened()
    const caller = await newCaller()
    const whole = { include: 'entire transactions', basket: 'default' } as const
    const [coin] = await seedCoins(store, caller, [1000], { processing: 'confirmed' })
    const child = await seedAction(store, { ...caller, spends: [coin!] })
    const { BEEF, outputs } = await provider.listOutputs(caller.auth, args(whole))
    expect(outputs).toHaveLength(1)
    const beef = Beef.fromBinary(BEEF!)
    expect(beef.isValid(false)).toBe(true)
    expect(beef.findTxid(child.transaction.txid)!.isTxidOnly).toBe(false)
    const known = { ...args(whole), knownTxids: [coin!.txid!, child.transaction.txid] }
    const short = Beef.fromBinary((await provider.listOutputs(caller.auth, known)).BEEF!)
    expect(short.findTxid(coin!.txid!)!.isTxidOnly).toBe(true)
    expect(short.findTxid(child.transaction.txid)!.isTxidOnly).toBe(false)
    const stranger = buildTransaction({ outputs: [500] })
    await seedAction(store, { ...caller, inputs: [{ txid: stranger.txid, vout: 0 }] })
    await expect(provider.listOutputs(caller.auth, args(whole))).rejects.toMatchObject({
      name: 'WERR_INVALID_PARAMETER',
      message: expect.stringContaining(stranger.txid),
    })
    expect((await found(caller, {})).total).toBe(2)
  })
})
