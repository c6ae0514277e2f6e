import { plus, type Cost, NOTHING, type Stopwatch } from './stopwatch.js'

/** What the methods of a storage cost since they were asked for last, by name. */
export type Costs = ReadonlyMap<string, Cost>

/** A storage that notes what its calls cost: what a wallet does around them, such as signing, is not counted. */
export interface TimedStorage<Storage> {
  readonly storage: Storage
  take(): Costs
}

/** Watches the calls a published wallet makes; one at a time, as its manager does. */
export function timedStorage<Storage extends object>(storage: Storage, stopwatch: Stopwatch): TimedStorage<Storage> {
  let costs = new Map<string, Cost>()
  const timed = (name: string, method: (...args: unknown[]) => Promise<unknown>) => {
    return async (...args: unknown[]): Promise<unknown> => {
      try {
        return await stopwatch.time(() => method.apply(storage, args))
      } finally {
        costs.set(name, plus(costs.get(name) ?? NOTHING, stopwatch.take()))
      }
    }
  }
  const watched = new Proxy(storage, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      if (typeof name === 'string' && CALLS.has(name)) {
        return timed(name, value as (...args: unknown[]) => Promise<unknown>)
      }
      return value.bind(target) as unknown
    },
  })
  return {
    storage: watched,
    take: () => {
      const taken = costs
      costs = new Map()
      return taken
    },
  }
}

const CALLS: ReadonlySet<string> = new Set([
  'createAction',
  'processAction',
  'internalizeAction',
  'listActions',
  'listOutputs',
  'getSyncChunk',
  'processSyncChunk',
])
