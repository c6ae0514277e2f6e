import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CompletedProtoWallet, KeyDeriver, PrivateKey } from '@bsv/sdk'
import {
  StorageClient,
  StorageServer,
  Wallet,
  WalletStorageManager,
  sdk,
  type StorageProvider,
  type WalletStorageServerOptions,
} from '@bsv/wallet-toolbox'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { servedStorage } from '../src/index.js'
import { openStores, published } from './support/open-stores.js'
import { atOnce, openWorld, payment, strangerScript, validPayment, type World } from './support/open-wallet.js'
import { receive, unpostedPayment } from './support/received-payments.js'

// The published server prints every request.
beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('a wallet over the published client and server', () => {
  it('receives, pays, lists, keeps back and aborts', async () => {
    const { world, alice } = await openRemoteWallet()
    const { wallet } = alice
    const received = await wallet.internalizeAction(
      receive(await unpostedPayment(world, alice.identityKey, [3000, 4000]), { labels: ['salary'] }),
    )
    expect(received).toMatchObject({ accepted: true, satoshis: 7000 })
    expect(await wallet.balance()).toBe(7000)

    const { txid } = await wallet.createAction({ ...payment(1000, atOnce), labels: ['rent'] })
    const { actions } = await wallet.listActions({ labels: ['rent'], includeOutputs: true })
    expect(actions).toMatchObject([{ txid, status: 'unproven', description: 'a payment' }])
    expect(actions[0]?.outputs).toContainEqual(
      expect.objectContaining({ satoshis: 1000, outputDescription: 'to a stranger' }),
    )

    const { signableTransaction } = await wallet.createAction(payment(500, { signAndProcess: false }))
    expect(await wallet.abortAction({ reference: signableTransaction!.reference })).toEqual({ aborted: true })
    const balance = await wallet.balance()
    const kept = await wallet.createAction(payment(500, { noSend: true, ...atOnce }))
    const { sendWithResults } = await wallet.createAction({
      description: 'send it now',
      options: { ...atOnce, sendWith: [kept.txid!] },
    })
    expect(sendWithResults).toEqual([{ txid: kept.txid, status: 'unproven' }])
    const { totalOutputs, outputs } = await wallet.listOutputs({ basket: 'default', limit: 100 })
    expect(outputs).toHaveLength(totalOutputs)
    expect(await wallet.balance()).toBeLessThan(balance - 500)
    expect(outputs.reduce((sum, { satoshis }) => sum + satoshis, 0)).toBe(await wallet.balance())
  })

  it('keeps tokens in baskets with tags, and gives them up', async () => {
    const { alice, world } = await openRemoteWallet()
    const { wallet } = alice
    await alice.fund(world, 5000)
    const output = { satoshis: 7, lockingScript: strangerScript, outputDescription: 'a token' }
    await wallet.createAction({
      description: 'mints a token',
      outputs: [{ ...output, basket: 'tokens', tags: ['blue'], customInstructions: 'keep dry' }],
      options: atOnce,
    })
    const list = () =>
      wallet.listOutputs({ basket: 'tokens', tags: ['blue'], includeTags: true, includeCustomInstructions: true })
    const { outputs } = await list()
    expect(outputs).toMatchObject([{ satoshis: 7, tags: ['blue'], customInstructions: 'keep dry' }])
    await wallet.relinquishOutput({ basket: 'tokens', output: outputs[0]!.outpoint })
    expect((await list()).outputs).toEqual([])
  })

  it('syncs to a backup of its own and from one', async () => {
    const stores = await openStores()
    const remote = await stores.openOurs('remote')
    const local = await stores.openOurs('local')
    const served = await openServer(servedStorage(remote.provider, sdk))
    const client = served.clientOf(PrivateKey.fromHex('21'.repeat(32)))
    const manager = new WalletStorageManager(stores.identityKey, client, [published(local.provider)])
    await manager.makeAvailable()
    await manager.setActive(remote.provider.getSettings().storageIdentityKey)
    const keyDeriver = new KeyDeriver(PrivateKey.fromHex('21'.repeat(32)))
    const wallet = new Wallet({ chain: 'mock', keyDeriver, storage: manager, services: stores.services })
    const { tx, outputs, senderIdentityKey } = await stores.faucet.pay({
      identityKey: stores.identityKey,
      satoshis: [2000, 3000],
      proven: true,
    })
    await wallet.internalizeAction({
      tx,
      description: 'a payment to me',
      outputs: outputs.map(({ outputIndex, derivationPrefix, derivationSuffix }) => ({
        outputIndex,
        protocol: 'wallet payment',
        paymentRemittance: { derivationPrefix, derivationSuffix, senderIdentityKey },
      })),
    })
    await manager.updateBackups()
    await manager.setActive(local.provider.getSettings().storageIdentityKey)
    expect(await wallet.balance()).toBe(5000)
    await wallet.createAction(payment(1000, atOnce))
    const balance = await wallet.balance()
    await manager.setActive(remote.provider.getSettings().storageIdentityKey)
    expect(await wallet.balance()).toBe(balance)
    expect((await wallet.listActions({ labels: [] })).totalActions).toBe(2)
  })
})

describe('errors arrive as the class they were thrown as', () => {
  it('of arguments and funds, with their fields', async () => {
    const { alice } = await openRemoteWallet()
    const short = await errorOf(alice.wallet.createAction(payment(1000)))
    expect(short).toBeInstanceOf(sdk.WERR_INSUFFICIENT_FUNDS)
    expect(short).toMatchObject({ totalSatoshisNeeded: expect.any(Number), moreSatoshisNeeded: expect.any(Number) })
    const unknown = await errorOf(alice.client.abortAction(await alice.auth(), { reference: 'bm9uZQ==' }))
    expect(unknown).toBeInstanceOf(sdk.WERR_INVALID_PARAMETER)
    expect(unknown).toMatchObject({ parameter: 'reference' })
  })

  it('of a broadcast the network refused, with what became of each transaction', async () => {
    const { world, alice } = await openRemoteWallet()
    await alice.fund(world, 5000)
    const refused = await world.services.during('unavailable', () =>
      errorOf(alice.wallet.createAction(payment(1000, atOnce))),
    )
    expect(refused).toBeInstanceOf(sdk.WERR_REVIEW_ACTIONS)
    expect(refused).toMatchObject({
      reviewActionResults: [{ status: 'serviceError' }],
      sendWithResults: [{ status: 'sending' }],
    })
  })

  it('of what cannot be done and of what is not there', async () => {
    const { world, alice } = await openRemoteWallet()
    await alice.fund(world, 5000)
    const auth = await alice.auth()
    const certificate = { type: 'dHlwZQ==', serialNumber: 'c2VyaWFs', certifier: `02${'cd'.repeat(32)}` }
    expect(await errorOf(alice.client.relinquishCertificate(auth, certificate))).toBeInstanceOf(sdk.WERR_BAD_REQUEST)
    const noAction = { ...validPayment(1000), isNewTx: false }
    expect(await errorOf(alice.client.createAction(auth, noAction))).toBeInstanceOf(sdk.WERR_INTERNAL)
    const { signableTransaction } = await alice.wallet.createAction(payment(500, { signAndProcess: false }))
    const { reference } = signableTransaction!
    await alice.client.abortAction(auth, { reference })
    const tooLate = alice.wallet.signAction({ reference, spends: {} })
    expect(await errorOf(tooLate)).toBeInstanceOf(sdk.WERR_INVALID_OPERATION)
  })
})

describe('who is served', () => {
  it('a method for the owner alone is refused, whoever asks and whatever she sends', async () => {
    const { world, alice } = await openRemoteWallet()
    const services = world.provider.getServices()
    for (const method of ['setServices', 'getServices', 'getSettings', 'isStorageProvider', 'findProvenTxReqs']) {
      const refused = await errorOf(alice.call(method, { partial: {} }))
      expect(refused, method).toBeInstanceOf(sdk.WERR_UNAUTHORIZED)
      expect(refused).toMatchObject({ message: `Access is denied: ${method} is not for remote callers.` })
    }
    // The published server answers this one by itself, and does nothing.
    await alice.call('destroy').catch(() => undefined)
    expect(world.provider.getServices()).toBe(services)
    expect(await alice.wallet.balance()).toBe(0)
  })

  it('a name that is no method is refused', async () => {
    const { alice } = await openRemoteWallet()
    for (const method of ['context', 'findUsers', '__proto__', 'hasOwnProperty', '__defineGetter__']) {
      expect(await errorOf(alice.call(method, {})), method).toBeInstanceOf(Error)
    }
  })

  it('nobody reaches another’s wallet, by her key, her number or no name at all', async () => {
    const { alice, bobKey } = await openRemoteWallet()
    const bob = bobKey.toPublicKey().toString()
    const args = { labels: [], limit: 10, offset: 0, labelQueryMode: 'any' }
    const first = { identityKey: bob, userId: 1 }
    for (const caller of [first, { identityKey: bob }, { userId: 1 }, {}, null, 'bob', [], { identityKey: '' }]) {
      for (const method of ['listActions', 'getSyncChunk', 'findOutputBaskets']) {
        const refused = await errorOf(alice.call(method, caller, args))
        expect(refused, `${method} ${JSON.stringify(caller)}`).toBeInstanceOf(sdk.WERR_UNAUTHORIZED)
      }
    }
    expect(await errorOf(alice.client.findOrInsertUser(bob))).toBeInstanceOf(sdk.WERR_UNAUTHORIZED)
  })

  it('a user’s number is the one she is authenticated as, whatever she sends', async () => {
    const { alice } = await openRemoteWallet()
    const { identityKey } = await alice.auth()
    const baskets = await alice.client.findOutputBasketsAuth({ identityKey, userId: 999 }, { partial: {} })
    expect(baskets).toMatchObject([{ name: 'default' }])
  })

  it('asking for a migration changes nothing', async () => {
    const { world, alice } = await openRemoteWallet()
    const before = world.provider.getSettings()
    expect(await alice.client.migrate('mine now', `03${'ff'.repeat(32)}`)).toMatch(/^txkeep schema \d+$/)
    expect(await world.provider.makeAvailable()).toEqual(before)
  })
})

interface RemoteWallet {
  readonly wallet: Wallet
  readonly client: StorageClient
  readonly identityKey: string
  auth(): Promise<sdk.AuthId>
  /** Any method with any arguments, as an attacker may send them. */
  call(method: string, ...params: readonly unknown[]): Promise<unknown>
  fund(world: World, satoshis: number): Promise<void>
}

async function openRemoteWallet(): Promise<{ world: World; alice: RemoteWallet; bobKey: PrivateKey }> {
  const world = await openWorld()
  const { clientOf } = await openServer(servedStorage(world.provider, sdk))
  const rootKey = PrivateKey.fromHex('42'.repeat(32))
  const client = clientOf(rootKey)
  const keyDeriver = new KeyDeriver(rootKey)
  const { identityKey } = keyDeriver
  const manager = new WalletStorageManager(identityKey, client)
  await manager.makeAvailable()
  const wallet = new Wallet({ chain: 'mock', keyDeriver, storage: manager, services: world.services })
  return {
    world,
    bobKey: PrivateKey.fromHex('43'.repeat(32)),
    alice: {
      wallet,
      client,
      identityKey,
      auth: () => manager.getAuth(),
      call: (method, ...params) => callOf(client)(method, params),
      fund: async (world, satoshis) => {
        await wallet.internalizeAction(receive(await unpostedPayment(world, identityKey, [satoshis])))
      },
    },
  }
}

/** The published server over `storage` on a port of its own, and clients of it. */
async function openServer(storage: object): Promise<{ readonly clientOf: (rootKey: PrivateKey) => StorageClient }> {
  const server = new StorageServer(storage as StorageProvider, {
    port: 0,
    wallet: authWallet<WalletStorageServerOptions['wallet']>(PrivateKey.fromHex('41'.repeat(32))),
    monetize: false,
  })
  server.start()
  const listening = server.server as Server
  if (!listening.listening) await once(listening, 'listening')
  onTestFinished(() => server.close())
  const { port } = listening.address() as AddressInfo
  return { clientOf: (rootKey) => new StorageClient(authWallet(rootKey), `http://127.0.0.1:${port}`) }
}

/** A wallet that only signs and encrypts: all that authentication asks of one. */
function authWallet<W = ConstructorParameters<typeof StorageClient>[0]>(rootKey: PrivateKey): W {
  return new CompletedProtoWallet(rootKey) as W
}

type RpcCall = (method: string, params: readonly unknown[]) => Promise<unknown>

function callOf(client: StorageClient): RpcCall {
  return (client as unknown as { readonly rpcCall: RpcCall }).rpcCall.bind(client)
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('it was not refused'),
    (error: unknown) => error,
  )
}
