import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Faucet, openChain, seededRandom, type FaultyServices } from '@txkeep/legacy-wallet-maker'
import { Wallet, WalletStorageManager, sdk } from '@bsv/wallet-toolbox'
import { Beef, KeyDeriver, P2PKH, PrivateKey, Validation, type CreateActionArgs } from '@bsv/sdk'
import type { OutputRow, Store } from '@txkeep/core'
import { TransactionService, verifyProof } from '@txkeep/lifecycle'
import { openStore } from '@txkeep/storage-knex'
import { sqliteTestEngine, type TestDatabase } from '@txkeep/test-engines'
import { onTestFinished } from 'vitest'
import { publishedNetwork } from '../../src/network/published-network.js'
import { createProvider, type ProviderOptions, type TxkeepStorageProvider } from '../../src/index.js'
import { changeOutputs } from './received-payments.js'

/** A mock network with a faucet, and a store whose users have published wallets over our provider. */
export interface World {
  readonly database: TestDatabase
  readonly store: Store
  readonly services: FaultyServices
  readonly faucet: Faucet
  readonly provider: TxkeepStorageProvider<sdk.WalletServices>
  newWallet(): Promise<TestWallet>
  /** A second connection to the same database. */
  openSecond(): Promise<Store>
}

export interface TestWallet {
  readonly wallet: Wallet
  readonly userId: number
  readonly auth: { readonly identityKey: string; readonly userId: number }
  /** Receives proven coins of these amounts. */
  fund(...satoshis: readonly number[]): Promise<void>
  /** Every output row of hers. */
  outputs(): Promise<readonly OutputRow[]>
  /** What she could spend now, in satoshis. */
  balance(): Promise<number>
}

/**
 * A world that is gone when the test ends.
 *
 * @param around options that need what was opened, e.g. a store that watches the real one.
 * @param given the database, whose owner drops it; a SQLite file of its own unless given.
 */
export async function openWorld(
  options: Partial<ProviderOptions<sdk.WalletServices>> = {},
  around: (store: Store, services: FaultyServices) => Partial<ProviderOptions<sdk.WalletServices>> = () => ({}),
  given?: TestDatabase,
): Promise<World> {
  const world = await makeWorld(options, around, given)
  onTestFinished(() => world.close())
  return world
}

/** The same for a whole suite, which closes it itself. */
export async function makeWorld(
  options: Partial<ProviderOptions<sdk.WalletServices>> = {},
  around: (store: Store, services: FaultyServices) => Partial<ProviderOptions<sdk.WalletServices>> = () => ({}),
  given?: TestDatabase,
): Promise<World & { close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-provider-'))
  const database = given ?? (await sqliteTestEngine.makeDatabase())
  const store = await openStore(database.url, { create: true, synchronous: 'normal' })
  const services = await openChain(join(folder, 'chain.sqlite'))
  const opened: Store[] = [store]
  const faucet = new Faucet(services, '11'.repeat(32), seededRandom(7))
  const provider = createProvider<sdk.WalletServices>({
    store,
    chain: 'mock',
    services,
    errors: sdk,
    ...options,
    ...around(store, services),
  })
  await provider.migrate('test store', `02${'ab'.repeat(32)}`)
  await provider.makeAvailable()
  let wallets = 0
  return {
    database,
    store,
    services,
    faucet,
    provider,
    newWallet: () => openWallet(store, services, faucet, provider, String(++wallets).padStart(64, '1')),
    openSecond: async () => {
      const second = await openStore(database.url, { synchronous: 'normal' })
      opened.push(second)
      return second
    },
    close: async () => {
      for (const each of opened) await each.close()
      await services.knex.destroy()
      if (given === undefined) await database.drop()
      await rm(folder, { recursive: true })
    },
  }
}

async function openWallet(
  store: Store,
  services: FaultyServices,
  faucet: Faucet,
  provider: TxkeepStorageProvider<sdk.WalletServices>,
  rootKeyHex: string,
): Promise<TestWallet> {
  const keyDeriver = new KeyDeriver(PrivateKey.fromHex(rootKeyHex))
  const { identityKey } = keyDeriver
  const manager = new WalletStorageManager(identityKey, provider)
  await manager.makeAvailable()
  const userId = await manager.getUserId()
  const wallet = new Wallet({ chain: 'mock', keyDeriver, storage: manager, services })
  return {
    wallet,
    userId,
    auth: { identityKey, userId },
    fund: (...satoshis) => fund(store, services, faucet, { userId, identityKey }, satoshis),
    outputs: () => store.read(async (tx) => (await tx.outputs.list({ userId, show: 'all', limit: 10_000 })).rows),
    balance: () =>
      store.read(async (tx) => {
        const [basket] = await tx.baskets.find({ userId, name: 'default' })
        return (await tx.outputs.sum({ userId, basketId: basket!.basketId, show: 'spendable' })).satoshis
      }),
  }
}

let payments = 0

/** A mined payment, written as the rows receiving it leaves behind. */
async function fund(
  store: Store,
  services: FaultyServices,
  faucet: Faucet,
  { userId, identityKey }: { readonly userId: number; readonly identityKey: string },
  satoshis: readonly number[],
): Promise<void> {
  const received = await faucet.pay({ identityKey, satoshis, proven: true })
  const { txid, tx } = received
  const network = publishedNetwork(services)
  const { merklePath } = await network.getMerklePath(txid)
  const proof = await verifyProof(merklePath!, txid, network)
  const service = new TransactionService({ store })
  await service.setChainTip({ height: await services.getHeight() })
  const transaction = Beef.fromBinary(tx).findTransactionForSigning(txid)!
  await service.createAction({
    userId,
    reference: `payment ${++payments}`,
    transaction: { txid, rawTx: transaction.toUint8Array(), proof },
    outputs: changeOutputs(received, transaction),
  })
}

/** An action that pays a stranger. */
export function payment(satoshis: number, options: CreateActionArgs['options'] = {}): CreateActionArgs {
  return {
    description: 'a payment',
    outputs: [{ satoshis, lockingScript: strangerScript, outputDescription: 'to a stranger' }],
    options,
  }
}

export const strangerScript: string = new P2PKH().lock(Array.from({ length: 20 }, () => 7)).toHex()

export const atOnce = { acceptDelayedBroadcast: false } as const

/** `payment` as the wallet hands it to its storage. */
export function validPayment(satoshis: number): Validation.ValidCreateActionArgs {
  return Validation.validateCreateActionArgs(payment(satoshis))
}
