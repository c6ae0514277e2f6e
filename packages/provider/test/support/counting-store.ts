import type { Store } from '@txkeep/core'

/** The same store, which counts what units of work ask of it. */
export interface CountingStore extends Store {
  asked: number
}

export function countingStore(store: Store): CountingStore {
  const counting: CountingStore = {
    asked: 0,
    engineName: store.engineName,
    read: (work) => store.read((tx) => work(counted(tx))),
    write: (work, options) => store.write((tx) => work(counted(tx)), options),
    close: () => store.close(),
  }
  /** Each method of each repository, counted. */
  function counted<T extends object>(tx: T): T {
    return new Proxy(tx, {
      get: (target, table) => {
        const repository = Reflect.get(target, table) as object
        return new Proxy(repository, {
          get: (methods, name) => {
            const method = Reflect.get(methods, name) as unknown
            if (typeof method !== 'function') return method
            return (...args: unknown[]): unknown => {
              counting.asked++
              return Reflect.apply(method, methods, args)
            }
          },
        })
      },
    })
  }
  return counting
}
