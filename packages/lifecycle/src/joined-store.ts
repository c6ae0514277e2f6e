import { ConflictError, type Store, type StoreWriter } from '@txkeep/core'

/** `store`, but with every unit of work being the one that is open already: it commits or rolls back with that one. */
export function joinedStore({ engineName }: Store, tx: StoreWriter): Store {
  return {
    engineName,
    read: (work) => work(tx),
    write: (work, options) => {
      if (options?.guard === undefined) return work(tx)
      throw new ConflictError(
        'A unit that is open already cannot be guarded any more. Give the guard to the unit itself.',
      )
    },
    close: async () => undefined,
  }
}
