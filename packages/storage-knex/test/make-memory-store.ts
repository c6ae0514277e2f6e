import type { MakeStore } from '@txkeep/testkit'

import { openStore } from '../src/index.js'

/** A store in memory, which nobody else can open. */
export const makeMemoryStore: MakeStore = async (options = {}) => {
  const store = await openStore('sqlite::memory:', options)
  return { store, close: () => store.close() }
}
