import type { MakeStore } from '@txkeep/testkit'
import { deleteDB } from 'idb'
import { openIdbStore } from '../../src/index.js'

let made = 0

/** A database of its own. */
export const makeStore: MakeStore = async (options = {}) => {
  const name = `store ${(made += 1)}`
  const store = await openIdbStore(name, options)
  return {
    store,
    openSecond: () => openIdbStore(name, options),
    close: async () => {
      await store.close()
      await deleteDB(name)
    },
  }
}
