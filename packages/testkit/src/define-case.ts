import type { Store } from '@txkeep/core'
import { CaseSkippedError } from './case-skipped-error.js'
import type { ContractCase, MakeStore } from './contract-case.js'

/** A case that gets a fresh store and leaves nothing behind, whether it passes or fails. */
export function defineCase(name: string, body: (store: Store) => Promise<void>): ContractCase {
  return {
    name,
    run: async (makeStore) => {
      const made = await makeStore()
      await closeAfter([() => made.close()], () => body(made.store))
    },
  }
}

/** Like `defineCase`, for claims about two connections to one database, as two processes have them. */
export function defineTwoStoreCase(name: string, body: (first: Store, second: Store) => Promise<void>): ContractCase {
  return {
    name,
    run: async (makeStore, context) => {
      const made = await makeStore()
      await closeAfter([() => made.close()], async () => {
        if (made.openSecond === undefined) {
          const reason = 'this engine offers no second connection to the same database'
          context?.skip(reason)
          throw new CaseSkippedError(reason)
        }
        const second = await made.openSecond()
        await closeAfter([() => second.close()], () => body(made.store, second))
      })
    },
  }
}

/** A case that makes its own stores, e.g. with a clock of its own; each is closed when it ends. */
export function defineMakeStoreCase(name: string, body: (make: MakeStore) => Promise<void>): ContractCase {
  return {
    name,
    run: async (makeStore) => {
      const closers: (() => Promise<void>)[] = []
      await closeAfter(closers, () =>
        body(async (options) => {
          const made = await makeStore(options)
          closers.push(() => made.close())
          return made
        }),
      )
    },
  }
}

/** Runs `body`, then every closer. When `body` fails, its failure is the one reported. */
async function closeAfter(closers: readonly (() => Promise<void>)[], body: () => Promise<void>): Promise<void> {
  try {
    await body()
  } catch (error) {
    await Promise.allSettled(closers.map((close) => close()))
    throw error
  }
  for (const close of closers) await close()
}
