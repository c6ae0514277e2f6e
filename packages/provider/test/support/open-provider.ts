import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@txkeep/core'
import { openStore } from '@txkeep/storage-knex'
import { onTestFinished } from 'vitest'
import { createProvider, type AuthId, type ProviderOptions, type TxkeepStorageProvider } from '../../src/index.js'

export interface OpenedProvider {
  readonly store: Store
  readonly provider: TxkeepStorageProvider
  /** A new user of the store. */
  newUser(): Promise<Required<Omit<AuthId, 'isActive'>>>
}

/** A provider on a new SQLite file in a folder of its own, migrated and available; gone when the test ends. */
export async function openProvider(options: Partial<ProviderOptions> = {}): Promise<OpenedProvider> {
  const store = options.store ?? (await openTestStore())
  const provider = createProvider({ chain: 'mock', ...options, store })
  await provider.migrate('test store', `02${'ab'.repeat(32)}`)
  await provider.makeAvailable()
  let users = 0
  return {
    store,
    provider,
    newUser: async () => {
      const identityKey = `02${String(++users).padStart(64, '0')}`
      const { user } = await provider.findOrInsertUser(identityKey)
      return { identityKey, userId: user.userId }
    },
  }
}

/** A new SQLite store in a folder of its own; closed and removed when the test ends. */
export async function openTestStore(): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-provider-'))
  const store = await openStore(join(folder, 'wallet.sqlite'), { create: true, synchronous: 'normal' })
  onTestFinished(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  return store
}
