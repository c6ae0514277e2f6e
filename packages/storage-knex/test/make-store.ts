import type { TestDatabase, TestEngine } from '@txkeep/test-engines'
import type { MakeStore } from '@txkeep/testkit'
import { afterAll } from 'vitest'

import { openStore } from '../src/index.js'
import { TABLES } from '../src/schema/index.js'

/**
 * Makes stores in databases of the engine; call it inside a suite. Where making one takes long, a database that a case has closed is
 * emptied and handed to the next, and all are dropped when the suite ends.
 */
export function storeMaker(engine: TestEngine): MakeStore {
  const idle: TestDatabase[] = []
  afterAll(async () => {
    for (const database of idle.splice(0)) await database.drop()
  })
  return async (options = {}) => {
    const database = idle.pop() ?? (await engine.makeDatabase())
    const store = await openStore(database.url, { ...options, create: true, synchronous: 'normal' })
    return {
      store,
      openSecond: () => openStore(database.url, { ...options, synchronous: 'normal' }),
      close: async () => {
        await store.close()
        if (!engine.isCostly) return database.drop()
        await database.empty(CHILDREN_FIRST)
        idle.push(database)
      },
    }
  }
}

const CHILDREN_FIRST = Object.keys(TABLES).reverse()
