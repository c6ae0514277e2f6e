import type { Store, StoreWriter } from '@txkeep/core'

import { damagedStore, type Fault } from './faulty-store.js'

/** Stores whose units of work are none. */
export const unitFaults: readonly Fault[] = [
  {
    title: 'a write that throws is committed as far as it got',
    caughtBy: 'units of work: a throw in the middle of a write leaves nothing behind and comes back as it was',
    damage: damagedStore((store) => ({
      write: async <T>(work: (tx: StoreWriter) => Promise<T>): Promise<T> => {
        const outcome = await store.write(async (tx) => {
          try {
            return { result: await work(tx) }
          } catch (thrown) {
            return { thrown }
          }
        })
        if ('thrown' in outcome) throw outcome.thrown
        return outcome.result
      },
    })),
  },
  {
    title: 'every call of a read sees the newest state',
    caughtBy: 'units of work: a read keeps its view while another connection commits',
    damage: damagedStore((store) => ({ read: (work) => work(callByCall((use) => store.read(use as never))) })),
  },
  {
    title: 'every call of a write commits alone',
    caughtBy: 'units of work: nobody sees half of a write',
    damage: damagedStore((store) => ({ write: (work) => work(callByCall((use) => store.write(use))) })),
  },
  {
    title: 'an error thrown inside a unit comes back as another one',
    caughtBy: 'units of work: a read resolves with what its work returned and rejects with what it threw',
    damage: damagedStore((store) => ({
      read: (work) =>
        store.read(work).catch((cause: unknown) => {
          throw new Error('the read failed', { cause })
        }),
    })),
  },
  {
    title: 'a unique violation is an error of the driver',
    caughtBy: 'units of work: a unique violation is typed and rolls the whole write back',
    damage: damagedStore((store) => ({
      write: (work, options) =>
        store.write(work, options).catch((cause: unknown) => {
          throw new Error('SQLITE_CONSTRAINT', { cause })
        }),
    })),
  },
  {
    title: 'a swallowed unique violation is forgotten',
    caughtBy: 'units of work: a unique violation rolls the write back even if its work swallows the error',
    damage: damagedStore((store) => ({
      write: async <T>(work: (tx: StoreWriter) => Promise<T>): Promise<T> => {
        let result: { value: T } | undefined
        await store
          .write(async (tx) => {
            result = { value: await work(tx) }
          })
          .catch((error: unknown) => {
            if (result === undefined) throw error
          })
        return result?.value as T
      },
    })),
  },
  {
    title: 'a closed store still answers',
    caughtBy: 'units of work: closing twice is fine, and any other call after it is an error',
    damage: damagedStore(() => ({ close: () => Promise.resolve() })),
  },
  {
    title: 'guards are not looked at',
    caughtBy: 'lease guards: another fence or owner is refused before its work runs',
    damage: damagedStore((store) => ({ write: (work) => store.write(work) })),
  },
  {
    title: 'a guard is checked when the work is done',
    caughtBy: 'lease guards: an expired lease is refused even if nobody took it',
    damage: damagedStore((store) => ({
      write: async (work, options) => {
        const result = await store.write(work)
        await store.write(() => Promise.resolve(), options)
        return result
      },
    })),
  },
  {
    title: 'a guard is checked in a unit of its own',
    caughtBy: 'lease guards: a write that outlives its lease commits before the takeover or not at all',
    damage: damagedStore((store) => ({
      write: async (work, options) => {
        if (options?.guard === undefined) return store.write(work)
        await store.write(() => Promise.resolve(), options)
        return work(callByCall((use) => store.write(use)))
      },
    })),
  },
  {
    title: 'a claim is decided in one unit and written in the next',
    caughtBy: 'outputs: two concurrent claims on two connections never share a coin',
    damage: damagedStore((store) => ({ write: (work) => checkThenAct(store, work) })),
  },
]

/** A `tx` whose every call is a unit of its own. */
function callByCall(run: <T>(use: (tx: StoreWriter) => Promise<T>) => Promise<T>): StoreWriter {
  const repository = (name: string | symbol): object =>
    new Proxy(
      {},
      {
        get:
          (_, method) =>
          (...args: unknown[]) =>
            run((tx) => {
              const target = Reflect.get(tx, name) as Record<string | symbol, (...given: unknown[]) => Promise<unknown>>
              return target[method]!(...args)
            }),
      },
    )
  return new Proxy({} as StoreWriter, { get: (_, name) => repository(name) })
}

/** Runs a work that only claims in a read first, and then writes what it decided; any other work as it is. */
async function checkThenAct<T>(store: Store, work: (tx: StoreWriter) => Promise<T>): Promise<T> {
  const plans: { ids: number[]; actionId: number }[] = []
  const decided = await store
    .read(async (tx) => {
      const outputs = {
        claim: async ({ outputIds, actionId }: { outputIds: readonly number[]; actionId: number }) => {
          const rows = await tx.outputs.findByIds(outputIds)
          const ids = rows.filter((row) => row.spendable).map((row) => row.outputId)
          plans.push({ ids, actionId })
          return ids
        },
      }
      return { result: await work({ outputs } as unknown as StoreWriter) }
    })
    .catch(() => undefined)
  if (decided === undefined) return store.write(work)
  await store.write(async (tx) => {
    for (const { ids, actionId } of plans) {
      await tx.outputs.updateMany(ids, { spentByActionId: actionId, spendable: false, pending: false })
    }
  })
  return decided.result
}
