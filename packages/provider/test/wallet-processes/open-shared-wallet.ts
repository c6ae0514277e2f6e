import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyDeriver, PrivateKey } from '@bsv/sdk'
import { Wallet, WalletStorageManager, sdk } from '@bsv/wallet-toolbox'
import type { Store } from '@txkeep/core'
import { Faucet, openChain, seededRandom, type FaultyServices } from '@txkeep/legacy-wallet-maker'
import { TransactionService } from '@txkeep/lifecycle'
import { openStore } from '@txkeep/storage-knex'
import type { TestEngine } from '@txkeep/test-engines'
import { onTestFinished } from 'vitest'
import { createProvider, type TxkeepStorageProvider } from '../../src/index.js'
import { oneAtATime } from './run-wallet-processes.js'
import type { WalletTask } from './wallet-process.js'

/** One user's wallet on a database of its own, which processes are about to share. */
export interface SharedWallet {
  readonly store: Store
  readonly services: FaultyServices
  readonly provider: TxkeepStorageProvider<sdk.WalletServices>
  readonly wallet: Wallet
  readonly auth: { readonly identityKey: string; readonly userId: number }
  /** What so many processes are told, each with numbers of its own. */
  tasks(processes: number, amount: Pick<WalletTask, 'steps' | 'seconds'>): readonly WalletTask[]
}

const rootKeyHex = '31'.repeat(32)

/** @param satoshis what the wallet has, one mined coin each. */
export async function openSharedWallet(engine: TestEngine, satoshis: readonly number[]): Promise<SharedWallet> {
  const database = await engine.makeDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-processes-'))
  const chainFile = join(folder, 'chain.sqlite')
  const services = await openChain(chainFile)
  await services.knex.raw('pragma journal_mode = wal')
  oneAtATime(services)
  const store = await openStore(database.url, { create: true, synchronous: 'normal' })
  onTestFinished(async () => {
    await store.close()
    await services.knex.destroy()
    await rm(folder, { recursive: true })
    await database.drop()
  })
  const provider = createProvider<sdk.WalletServices>({ store, services, chain: 'mock', errors: sdk })
  await provider.migrate('shared', `02${'ab'.repeat(32)}`)
  const keyDeriver = new KeyDeriver(PrivateKey.fromHex(rootKeyHex))
  const { identityKey } = keyDeriver
  const storage = new WalletStorageManager(identityKey, provider)
  await storage.makeAvailable()
  const wallet = new Wallet({ chain: 'mock', keyDeriver, storage, services })
  const faucet = new Faucet(services, '11'.repeat(32), seededRandom(7))
  const { tx, outputs, senderIdentityKey } = await faucet.pay({ identityKey, satoshis, proven: true })
  await new TransactionService({ store }).setChainTip({ height: await services.getHeight() })
  await wallet.internalizeAction({
    tx,
    description: 'what all of them share',
    outputs: outputs.map(({ outputIndex, derivationPrefix, derivationSuffix }) => ({
      outputIndex,
      protocol: 'wallet payment',
      paymentRemittance: { derivationPrefix, derivationSuffix, senderIdentityKey },
    })),
  })
  return {
    store,
    services,
    provider,
    wallet,
    auth: { identityKey, userId: await storage.getUserId() },
    tasks: (processes, amount) =>
      Array.from({ length: processes }, (_, index) => ({
        ...amount,
        url: database.url,
        chainFile,
        rootKeyHex,
        seed: index + 1,
      })),
  }
}
