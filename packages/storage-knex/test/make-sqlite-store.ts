import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import type { MakeStore } from '@txkeep/testkit'

import { openStore } from '../src/index.js'

/** A store in a new file, in a folder of its own. */
export const makeFileStore: MakeStore = async (options = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'txkeep-storage-knex-'))
  const path = join(folder, 'wallet.sqlite')
  const store = await openStore(path, { ...options, create: true, synchronous: 'normal' })
  return {
    store,
    openSecond: () => openStore(path, { ...options, synchronous: 'normal' }),
    close: async () => {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** A store in memory, which nobody else can open. */
export const makeMemoryStore: MakeStore = async (options = {}) => {
  const store = await openStore('sqlite::memory:', options)
  return { store, close: () => store.close() }
}
