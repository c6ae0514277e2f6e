export { openIdbStore, IDB_VERSION, type OpenIdbStoreOptions } from './open-idb-store.js'
export { IdbStore, type IdbStoreOptions } from './idb-store.js'
