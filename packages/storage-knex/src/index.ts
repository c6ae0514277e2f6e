// Opening a store
export { openStore, type OpenStoreOptions } from './open-store.js'
export { createStore, type CreateStoreOptions } from './create-store.js'
export { KnexStore, type KnexStoreOptions, type KnexStoreParts } from './knex-store.js'
export { parseDatabaseUrl, redactDatabaseUrl, type DatabaseUrl } from './dialect/database-url.js'

// Below a store
export { openKnex, type OpenKnexOptions } from './open-knex.js'
export { SESSION_MARKER_VARIABLE } from './dialect/mysql-session.js'
export { SESSION_MARKER_FUNCTION } from './dialect/sqlite-session.js'
export { SESSION_MARKER_SETTING } from './dialect/postgres-session.js'
