import { TransactionService } from '@txkeep/lifecycle'
import { describeOnEngines } from '@txkeep/test-engines'
import { expect, test } from 'vitest'
import { inspectCoins } from './wallet-processes/inspect-coins.js'
import { keepMoving } from './wallet-processes/keep-moving.js'
import { openSharedWallet, type SharedWallet } from './wallet-processes/open-shared-wallet.js'
import { runAndKill, runWalletProcesses } from './wallet-processes/run-wallet-processes.js'

/** Set, eight processes work for so many seconds; left out, three of them take eight steps each. */
const seconds = Number(process.env['TXKEEP_WALLET_PROCESSES_SECONDS'] ?? 0)

/** Few at first, so that the processes want the same ones; change makes more of them. */
const COINS = [1_000_000, 1_000_001, 1_000_002, 1_000_003]

await describeOnEngines('wallets of one user in several processes', (engine) => {
  test(
    'spend no coin twice, meet no error, and agree on the balance',
    { timeout: 180_000 + seconds * 2000 },
    async () => {
      const shared = await openSharedWallet(engine, COINS)
      const { store, services, wallet, auth } = shared
      const before = await wallet.balance()
      expect(before).toBe(sum(COINS))

      const monitor = keepMoving(store, services)
      const tasks = seconds > 0 ? shared.tasks(8, { seconds }) : shared.tasks(3, { steps: 8 })
      const reports = await runWalletProcesses(services, tasks).finally(() => monitor.end())

      expect(reports.flatMap(({ errors }) => errors)).toEqual([])
      const paid = sum(reports.map((report) => report.paid))
      const fees = sum(reports.map((report) => report.fees))
      expect(paid).toBeGreaterThan(0)
      expect(await wallet.balance()).toBe(before - paid - fees)
      expect(await balanceByCoins(shared)).toBe(before - paid - fees)
      const { userId } = auth
      expect(await new TransactionService({ store }).refreshOutputsSpendable({ userId })).toMatchObject({ flipped: 0 })
      if (seconds > 0) console.log(engine.name, figuresOf(reports))
    },
  )

  test('a process that is killed leaves no lock behind, and what it had not signed can be aborted', async () => {
    const shared = await openSharedWallet(engine, COINS)
    const { store, services, provider, wallet, auth } = shared
    const [victim, survivor] = shared.tasks(2, { steps: 8 })
    const monitor = keepMoving(store, services)
    const [report] = await Promise.all([
      runWalletProcesses(services, [survivor!]),
      runAndKill(services, { ...victim!, steps: 1000 }, { afterPosts: 3 }),
    ])
      .then(([reports]) => reports)
      .finally(() => monitor.end())

    expect(report?.errors).toEqual([])
    const { userId } = auth
    const { rows } = await store.read((tx) => tx.actions.list({ userId, limit: 1000 }))
    for (const { reference, transactionId, userAborted } of rows) {
      if (transactionId === null && !userAborted) await provider.abortAction(auth, { reference })
    }
    expect(await balanceByCoins(shared)).toBe(await wallet.balance())
  })
})

/** What the coins hold that no signed transaction consumes, once nothing is wrong with any of them. */
async function balanceByCoins({ store, auth: { userId } }: SharedWallet): Promise<number> {
  const { spentTwice, wronglyHeld, unspent } = await inspectCoins(store, userId)
  expect({ spentTwice, wronglyHeld }).toEqual({ spentTwice: [], wronglyHeld: [] })
  const outputIds = unspent.map((coin) => coin.outputId)
  // Whatever a process left locked would be missing.
  expect(await store.write((tx) => tx.outputs.lockFree({ outputIds, allowAny: true, skipLocked: true }))).toEqual(
    outputIds,
  )
  return sum(unspent.map((coin) => coin.satoshis))
}

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
