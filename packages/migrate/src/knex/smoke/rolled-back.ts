import type { Store, StoreWriter } from '@txkeep/core'

/** The result of `work` in one unit of work that is then rolled back: the database is as before, whatever `work` did. */
export async function rolledBack<T>(store: Store, work: (tx: StoreWriter) => Promise<T>): Promise<T> {
  const result: { value?: T } = {}
  const away = new RolledBack()
  try {
    await store.write(async (tx) => {
      result.value = await work(tx)
      throw away
    })
  } catch (error) {
    if (error !== away) throw error
  }
  return result.value as T
}

class RolledBack extends Error {}
