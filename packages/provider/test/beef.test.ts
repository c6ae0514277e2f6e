import { Beef, Transaction, UnlockingScript } from '@bsv/sdk'
import { TransactionService } from '@txkeep/lifecycle'
import { describe, expect, it } from 'vitest'
import { getBeef, type GetBeefOptions } from '../src/beef/get-beef.js'
import { publishedNetwork, type ProviderNetwork } from '../src/network/published-network.js'
import { atOnce, openWorld, payment, type TestWallet, type World } from './support/open-wallet.js'
import { changeOutputs, unpostedPayment, type ReceivedPayment } from './support/received-payments.js'

/** A payment the network knows, stored with its bytes and nothing of its ancestors, as some legacy databases have it. */
async function storeBare(
  { store }: World,
  { userId }: TestWallet,
  received: ReceivedPayment,
  processing: 'sent' | 'nosend' = 'sent',
): Promise<void> {
  const { txid, tx } = received
  const transaction = Beef.fromBinary(tx).findTransactionForSigning(txid)!
  await new TransactionService({ store }).createAction({
    userId,
    reference: `bare ${txid}`,
    isOutgoing: processing === 'nosend',
    transaction: { txid, rawTx: transaction.toUint8Array(), processing },
    outputs: changeOutputs(received, transaction),
  })
}

function parentOf({ txid, tx }: ReceivedPayment): string {
  return Beef.fromBinary(tx).findTransactionForSigning(txid)!.inputs[0]!.sourceTXID!
}

/** The world with a network that refuses to be asked while a unit of work is open. */
async function watchedWorld(): Promise<World & { readonly asked: string[] }> {
  const asked: string[] = []
  let open = 0
  const inUnit =
    <Tx, T>(work: (tx: Tx) => Promise<T>) =>
    async (tx: Tx): Promise<T> => {
      open++
      try {
        return await work(tx)
      } finally {
        open--
      }
    }
  const world = await openWorld({}, (store, services) => ({
    store: {
      engineName: store.engineName,
      read: (work) => store.read(inUnit(work)),
      write: (work, options) => store.write(inUnit(work), options),
      close: () => store.close(),
    },
    network: watched(publishedNetwork(services), (name) => {
      expect(open, `${name} inside a unit of work`).toBe(0)
      asked.push(name)
    }),
  }))
  return { ...world, asked }
}

function watched(network: ProviderNetwork, look: (name: string) => void): ProviderNetwork {
  return new Proxy(network, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        look(String(name))
        return (member as (...args: unknown[]) => unknown).apply(target, args)
      }
    },
  })
}

describe('a coin whose ancestors are not stored', () => {
  it('pays once the network gave them, asked outside any unit of work; their proofs are stored', async () => {
    const world = await watchedWorld()
    const alice = await world.newWallet()
    const paid = await world.faucet.pay({ identityKey: alice.auth.identityKey, satoshis: [5000], proven: false })
    await storeBare(world, alice, paid)
    const { tx, txid } = await alice.wallet.createAction(payment(1000, atOnce))
    expect(world.asked).toContain('getRawTx')
    expect(Beef.fromBinary([...tx!]).isValid()).toBe(true)
    const [parent, sent] = await world.store.read((reader) =>
      Promise.all([parentOf(paid), txid!].map((each) => reader.transactions.findByTxid(each))),
    )
    expect(parent).toMatchObject({ processing: 'unconfirmed' })
    expect(sent).toMatchObject({ processing: 'sent' })
    const before = world.asked.length
    await alice.wallet.createAction(payment(1000, atOnce))
    expect(world.asked.slice(before)).not.toContain('getRawTx')
  })

  it('does not pay while nobody knows them: nothing is locked, no draft is left', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [5000])
    const orphan = orphanOf(paid)
    await storeBare(world, alice, orphan)
    const before = await alice.outputs()
    const attempt = alice.wallet.createAction(payment(1000, atOnce))
    await expect(attempt).rejects.toMatchObject({ name: 'WERR_INVALID_OPERATION' })
    await expect(attempt).rejects.toThrow(parentOf(orphan))
    expect(await alice.outputs()).toEqual(before)
    expect((await world.store.read((tx) => tx.actions.list({ userId: alice.userId, limit: 10 }))).total).toBe(1)
  })

  it('pays with unproven ancestors as well, and is posted with them', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [5000], { viaUnmined: true })
    const parent = parentOf(paid)
    await world.services.postBeef(Beef.fromBinary(paid.tx), [parent, paid.txid])
    await storeBare(world, alice, paid)
    const { txid } = await alice.wallet.createAction(payment(1000, atOnce))
    const row = await world.store.read((tx) => tx.transactions.findByTxid(txid!))
    expect(row).toMatchObject({ processing: 'sent' })
    expect(Beef.fromBinary(row!.inputBeef!).findTxid(parent)?.isTxidOnly).toBe(false)
    expect(await world.store.read((tx) => tx.transactions.findByTxid(parent))).toBeUndefined()
    // Another process, or a restart, builds it again out of what is stored.
    const again = await new TransactionService({ store: world.store }).mergeBeefForTxids([txid!])
    expect(again.beef.isValid()).toBe(true)
  })

  it('is in a transaction that was kept back: it is completed when it is sent', async () => {
    const world = await openWorld()
    const alice = await world.newWallet()
    const paid = await unpostedPayment(world, alice.auth.identityKey, [5000])
    await storeBare(world, alice, paid, 'nosend')
    const sent = await alice.wallet.createAction({
      description: 'send it',
      options: { ...atOnce, sendWith: [paid.txid] },
    })
    expect(sent.sendWithResults).toEqual([{ txid: paid.txid, status: 'unproven' }])
  })
})

describe('a BEEF for somebody else', () => {
  async function twoGenerations(): Promise<{
    readonly world: World
    readonly parent: string
    readonly txid: string
    readonly get: (options?: GetBeefOptions, txids?: readonly string[]) => Promise<Beef>
  }> {
    const world = await openWorld()
    const alice = await world.newWallet()
    await alice.fund(10_000)
    const parent = (await alice.outputs())[0]!.txid!
    const { txid } = await alice.wallet.createAction(payment(1000, atOnce))
    const service = new TransactionService({ store: world.store })
    const network = publishedNetwork(world.services)
    const context = { service, network: () => network, networkIfAny: () => network }
    return { world, parent, txid: txid!, get: (options, txids = [txid!]) => getBeef(context, txids, options) }
  }

  it('goes back to proofs; what the receiver knows is a txid only', async () => {
    const { parent, txid, get } = await twoGenerations()
    const whole = await get()
    expect(whole.isValid()).toBe(true)
    expect(whole.txs.map((tx) => tx.txid).sort()).toEqual([parent, txid].sort())
    expect((await get({ knownTxids: [parent] })).findTxid(parent)?.isTxidOnly).toBe(true)
    expect((await get({ trustSelf: true })).findTxid(txid)?.isTxidOnly).toBe(true)
  })

  it('leaves out proofs above the level that is asked for, and fetches what is below them', async () => {
    const { parent, get } = await twoGenerations()
    await expect(get({ minProofLevel: 2, ignoreServices: true })).rejects.toMatchObject({
      name: 'WERR_INVALID_PARAMETER',
    })
    const deep = await get({ minProofLevel: 2 })
    expect(deep.findTxid(parent)?.hasProof).toBe(false)
    expect(deep.txs).toHaveLength(3)
    expect(deep.isValid()).toBe(true)
  })

  it('D41: refuses a stored proof whose block the chain lost, or proves by the inputs instead', async () => {
    const { world, parent, txid } = await twoGenerations()
    const service = new TransactionService({ store: world.store })
    const { height } = (await service.findByTxid(parent))!
    const network = publishedNetwork(world.services)
    const reorged: ProviderNetwork = watched(network, () => undefined)
    const lost = new Proxy(reorged, {
      get: (target, name) =>
        name === 'isValidRootForHeight'
          ? async (root: string, at: number) => at !== height && network.isValidRootForHeight(root, at)
          : Reflect.get(target, name, target),
    })
    const context = { service, network: () => lost, networkIfAny: () => lost }
    await expect(getBeef(context, [txid], { invalidProofs: 'refuse' })).rejects.toThrow(parent)
    const skipped = await getBeef(context, [txid], { invalidProofs: 'skip' })
    expect(skipped.findTxid(parent)?.hasProof).toBe(false)
    expect(skipped.isValid()).toBe(true)
  })

  it('of a transaction nobody knows is refused', async () => {
    const { get } = await twoGenerations()
    await expect(get({}, ['ab'.repeat(32)])).rejects.toMatchObject({ name: 'WERR_INVALID_PARAMETER' })
  })

  it('stores nothing when it is told so', async () => {
    const { world, txid, parent, get } = await twoGenerations()
    const deep = await get({ minProofLevel: 2, ignoreNewProven: true })
    const grandparent = deep.txs.map((tx) => tx.txid).find((each) => each !== txid && each !== parent)!
    const find = () => world.store.read((tx) => tx.transactions.findByTxid(grandparent))
    expect(await find()).toBeUndefined()
    await get({ minProofLevel: 2 })
    expect(await find()).toMatchObject({ processing: 'confirmed' })
  })
})

/** The same payment out of a transaction that never was. */
function orphanOf({ outputs, senderIdentityKey, tx, txid }: ReceivedPayment): ReceivedPayment {
  const original = Beef.fromBinary(tx).findTransactionForSigning(txid)!
  const orphan = new Transaction(
    1,
    [
      {
        sourceTXID: 'ab'.repeat(32),
        sourceOutputIndex: 0,
        unlockingScript: new UnlockingScript([]),
        sequence: 0xffffffff,
      },
    ],
    original.outputs,
  )
  const beef = new Beef()
  beef.mergeTransaction(orphan)
  return { txid: orphan.id('hex'), tx: beef.toBinary(), outputs, senderIdentityKey }
}
