import { openStore } from '@txkeep/storage-knex'
import type { TestDatabase, TestEngine } from '@txkeep/test-engines'
import { afterAll, beforeAll } from 'vitest'
import type { AuthId, ProviderOptions } from '../../src/index.js'
import { openProvider, type OpenedProvider } from './open-provider.js'

/** Somebody who calls, and her `default` basket. */
export interface Caller {
  readonly auth: Required<Omit<AuthId, 'isActive'>>
  readonly userId: number
  readonly basketId: number
}

export interface EngineProvider extends OpenedProvider {
  newCaller(): Promise<Caller>
}

/** One provider on a database of this engine for a whole suite, whose cases have users of their own. Call it inside the suite. */
export function engineProvider(engine: TestEngine, options: Partial<ProviderOptions> = {}): () => EngineProvider {
  let database: TestDatabase | undefined
  let opened: OpenedProvider | undefined
  beforeAll(async () => {
    database = await engine.makeDatabase()
    opened = await openProvider({
      ...options,
      store: await openStore(database.url, { create: true, synchronous: 'normal' }),
    })
  })
  afterAll(async () => {
    await opened?.store.close()
    await database?.drop()
  })
  return () => {
    if (opened === undefined) throw new Error('The provider is open once the suite has begun.')
    const { provider, newUser } = opened
    return {
      ...opened,
      newCaller: async () => {
        const auth = await newUser()
        const [basket] = await provider.findOutputBasketsAuth(auth, { partial: { name: 'default' } })
        return { auth, userId: auth.userId, basketId: basket!.basketId }
      },
    }
  }
}
