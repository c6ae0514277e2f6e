import type { Store, StoreWriter } from '@txkeep/core'
import type { MakeStore } from '@txkeep/testkit'

/** A store that is broken in one way, and the case of the contract that must notice. */
export interface Fault {
  /** What the broken store does, as a sentence. */
  readonly title: string
  /** The name of the case. */
  readonly caughtBy: string
  /** What the case fails with: its own assertion unless named. */
  readonly failsWith?: 'UniqueViolationError'
  readonly damage: (store: Store) => Store
}

/** Replaced methods, by repository. */
export type Damage = { readonly [Repository in keyof StoreWriter]?: Partial<StoreWriter[Repository]> }

/** The same stores, each damaged; a second connection is damaged too. */
export function damaged(makeStore: MakeStore, damage: Fault['damage']): MakeStore {
  return async (options) => {
    const made = await makeStore(options)
    const { openSecond } = made
    const store = damage(made.store)
    const close = () => made.close()
    if (openSecond === undefined) return { store, close }
    return { store, close, openSecond: async () => damage(await openSecond()) }
  }
}

/** Damage to what a unit of work can call; `damage` gets the sound `tx`. */
export function damagedUnits(damage: (tx: StoreWriter) => Damage): Fault['damage'] {
  return (store) => ({
    engineName: store.engineName,
    read: (work) => store.read((tx) => work(damagedUnit(tx as StoreWriter, damage))),
    write: (work, options) => store.write((tx) => work(damagedUnit(tx, damage)), options),
    close: () => store.close(),
  })
}

/** Damage to the store itself, which keeps the methods that are not replaced. */
export function damagedStore(damage: (store: Store) => Partial<Store>): Fault['damage'] {
  return (store) => replaced(store, damage(store))
}

function damagedUnit(tx: StoreWriter, damage: (tx: StoreWriter) => Damage): StoreWriter {
  const changes = damage(tx)
  return new Proxy(tx, {
    get: (target, name) => {
      const repository = Reflect.get(target, name) as object
      const methods = Reflect.get(changes, name) as object | undefined
      return methods === undefined ? repository : replaced(repository, methods)
    },
  })
}

function replaced<T extends object>(target: T, methods: object): T {
  return new Proxy(target, {
    get: (sound, name) => {
      const method = (Reflect.get(methods, name) ?? Reflect.get(sound, name)) as unknown
      return typeof method === 'function' ? (method.bind(sound) as unknown) : method
    },
  })
}
