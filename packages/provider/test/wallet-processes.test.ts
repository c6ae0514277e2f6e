import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KeyDeriver, PrivateKey } from '@bsv/sdk'
import { Wallet, WalletStorageManager, sdk } from '@bsv/wallet-toolbox'
import { Faucet, openChain, seededRandom } from '@txkeep/legacy-wallet-maker'
import { TransactionService } from '@txkeep/lifecycle'
import { openStore } from '@txkeep/storage-knex'
import { describeOnEngines } from '@txkeep/test-engines'
import { expect, onTestFinished, test } from 'vitest'
import { createProvider } from '../src/index.js'
import { inspectCoins } from './wallet-processes/inspect-coins.js'
import { keepMoving } from './wallet-processes/keep-moving.js'
import { oneAtATime, runWalletProcesses } from './wallet-processes/run-wallet-processes.js'

/** Set, eight processes work for so many seconds; left out, three of them take eight steps each. */
const seconds = Number(process.env['TXKEEP_WALLET_PROCESSES_SECONDS'] ?? 0)
const amount = seconds > 0 ? { processes: 8, seconds } : { processes: 3, steps: 8 }

const rootKeyHex = '31'.repeat(32)
/** Few at first, so that the processes want the same ones; change makes more of them. */
const COINS = [1_000_000, 1_000_001, 1_000_002, 1_000_003]

await describeOnEngines('wallets of one user in several processes', (engine) => {
  test(
    'spend no coin twice, meet no error, and agree on the balance',
    { timeout: 180_000 + seconds * 2000 },
    async () => {
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
      const { tx, outputs, senderIdentityKey } = await new Faucet(services, '11'.repeat(32), seededRandom(7)).pay({
        identityKey,
        satoshis: COINS,
        proven: true,
      })
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
      const before = await wallet.balance()
      expect(before).toBe(sum(COINS))

      const monitor = keepMoving(store, services)
      const tasks = Array.from({ length: amount.processes }, (_, index) => ({
        ...amount,
        url: database.url,
        chainFile,
        rootKeyHex,
        seed: index + 1,
      }))
      const reports = await runWalletProcesses(services, tasks).finally(() => monitor.end())

      expect(reports.flatMap(({ errors }) => errors)).toEqual([])
      const paid = sum(reports.map((report) => report.paid))
      const fees = sum(reports.map((report) => report.fees))
      expect(paid).toBeGreaterThan(0)
      expect(await wallet.balance()).toBe(before - paid - fees)

      const userId = await storage.getUserId()
      const coins = await inspectCoins(store, userId)
      expect(coins).toMatchObject({ spentTwice: [], wronglyHeld: [] })
      expect(sum(coins.unspent.map((coin) => coin.satoshis))).toBe(before - paid - fees)
      const outputIds = coins.unspent.map((coin) => coin.outputId)
      // Whatever a process left locked would be missing.
      expect(
        await store.write((unit) => unit.outputs.lockFree({ outputIds, allowAny: true, skipLocked: true })),
      ).toEqual(outputIds)
      expect(await new TransactionService({ store }).refreshOutputsSpendable({ userId })).toMatchObject({ flipped: 0 })
      if (seconds > 0) console.log(engine.name, figuresOf(reports), coins.transactions, 'transactions')
    },
  )
})

function figuresOf(
  reports: readonly { readonly steps: Readonly<Record<string, number>>; readonly insufficient: number }[],
): object {
  const steps: Record<string, number> = {}
  for (const [name, count] of reports.flatMap((report) => Object.entries(report.steps))) {
    steps[name] = (steps[name] ?? 0) + count
  }
  return { processes: reports.length, steps, insufficient: sum(reports.map((report) => report.insufficient)) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
