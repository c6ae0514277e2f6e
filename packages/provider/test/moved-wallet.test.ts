import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WalletAction } from '@bsv/sdk'
import { sdk, type Wallet } from '@bsv/wallet-toolbox'
import { openChain, openLegacyWallet } from '@txkeep/legacy-wallet-maker'
import { TransactionService } from '@txkeep/lifecycle'
import { makeMovedWallet } from '@txkeep/moved-wallet'
import { openStore } from '@txkeep/storage-knex'
import { expect, it, onTestFinished } from 'vitest'
import { createProvider } from '../src/index.js'
import { atOnce, payment } from './support/open-wallet.js'
import { openSessionWallet } from './support/session/session-world.js'

interface Shown {
  readonly balance: number
  readonly actions: readonly Pick<WalletAction, 'txid' | 'status' | 'satoshis' | 'description'>[]
}

async function shown(wallet: Wallet): Promise<Shown> {
  const { actions } = await wallet.listActions({ labels: [], limit: 10_000 })
  return {
    balance: await wallet.balance(),
    actions: actions.map(({ txid, status, satoshis, description }) => ({ txid, status, satoshis, description })),
  }
}

it('a wallet that was moved shows what it showed before, spends its old coins, and the network takes it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-moved-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  // Left out: what the published lists show wrongly, or not at all, and other tests are about.
  const mix = { sendInterrupted: 0, sendLaterInterrupted: 0, sendDoublySpent: 0 }
  const { legacy, movedFile } = await makeMovedWallet(folder, {
    seed: 5,
    actions: 40,
    users: 2,
    mix,
    forcedPairs: 'none',
  })
  const before: Shown[] = []
  for (const { rootKeyHex } of legacy.users) {
    const opened = await openLegacyWallet({ ...legacy, rootKeyHex })
    before.push(await shown(opened.wallet))
    await opened.close()
  }

  const services = await openChain(legacy.chainFile)
  const store = await openStore(movedFile)
  onTestFinished(async () => {
    await store.close()
    await services.knex.destroy()
  })
  // One more block, so that what is proven in the last one is as completed here as it is there.
  const service = new TransactionService({ store })
  await service.setChainTip({ height: (await service.getChainTip())!.height + 1 })
  await service.promoteConfirmed()
  const provider = createProvider({ store, chain: 'mock', services, errors: sdk })
  await provider.makeAvailable()

  for (const [index, { rootKeyHex }] of legacy.users.entries()) {
    const { wallet } = await openSessionWallet(provider, services, rootKeyHex)
    const old = await shown(wallet)
    expect(old).toEqual(before[index])
    for (let paid = 0; paid < 5; paid++) {
      const balance = await wallet.balance()
      const { txid, tx } = await wallet.createAction(payment(100_000, atOnce))
      expect(tx).toBeDefined()
      expect((await services.getStatusForTxids([txid!])).results[0]).toMatchObject({ status: 'known' })
      expect(balance - (await wallet.balance())).toBeGreaterThan(100_000)
      expect(balance - (await wallet.balance())).toBeLessThan(100_100)
    }
    const { actions } = await shown(wallet)
    expect(actions.slice(0, old.actions.length)).toEqual(old.actions)
  }
})
