import type { IDBPDatabase } from 'idb'
import { OBJECT_STORES } from './object-stores.js'

/** Makes every object store and index, inside an upgrade of an empty database. */
export function createObjectStores(database: IDBPDatabase): void {
  for (const { name, keyPath, autoIncrement = false, indexes } of OBJECT_STORES) {
    const store = database.createObjectStore(name, { keyPath: pathOf(keyPath), autoIncrement })
    for (const index of indexes) store.createIndex(index.name, pathOf(index.keyPath), { unique: index.unique ?? false })
  }
}

function pathOf(keyPath: string | readonly string[]): string | string[] {
  return typeof keyPath === 'string' ? keyPath : [...keyPath]
}
