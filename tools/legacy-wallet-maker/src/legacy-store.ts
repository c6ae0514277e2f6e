import type { Database } from 'better-sqlite3'
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import knexModule, { type Knex } from 'knex'
import { FaultyServices } from './faulty-services.js'
import { StorageKnex } from './toolbox.js'

/** The file name of a database that is gone when it is closed. */
export const MEMORY = ':memory:'

/** What the storage takes from every action, paid in an output of its own. */
export interface LegacyCommission {
  satoshis: number
  /** The public key whose owner may redeem the commissions, compressed, in hex. */
  publicKeyHex: string
}

export interface LegacyStoreOptions {
  file: string
  /** The name of the store in its settings; its identity key is derived from it. */
  name: string
  services: FaultyServices
  commission?: LegacyCommission
  /** See `openSqlite`. */
  hasty: boolean
}

/**
 * The published storage on this SQLite file, migrated to its newest schema and available.
 * An existing file keeps the name and identity it was made with.
 */
export async function openLegacyStore({
  file,
  name,
  services,
  commission,
  hasty,
}: LegacyStoreOptions): Promise<StorageKnex> {
  const storage = new StorageKnex({
    chain: 'mock',
    knex: openSqlite(file, { hasty }),
    feeModel: StorageKnex.defaultOptions().feeModel,
    commissionSatoshis: commission?.satoshis ?? 0,
    ...(commission && { commissionPubKeyHex: commission.publicKeyHex }),
  })
  await storage.migrate(name, storageIdentityKey(name))
  await storage.makeAvailable()
  storage.setServices(services)
  return storage
}

/** The toolbox's mock network on this SQLite file, with a genesis block; call `destroy` on its `knex` when done. */
export async function openChain(file: string): Promise<FaultyServices> {
  const services = new FaultyServices(openSqlite(file, { hasty: true }))
  await services.initialize()
  return services
}

/** The identity key the maker gives a store of this name. */
export function storageIdentityKey(name: string): string {
  return `02${createHash('sha256').update(name).digest('hex')}`
}

/**
 * One connection, as the toolbox itself opens SQLite. A `hasty` one does not wait for the disk: fine for what is made
 * in one go and made again if the machine dies, not for measuring what a live application sees.
 */
export function openSqlite(file: string, { hasty }: { hasty: boolean }): Knex {
  return knexModule({
    client: 'better-sqlite3',
    connection: { filename: file },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      idleTimeoutMillis: 2 ** 31 - 1,
      afterCreate: (connection: Database, done: (error: Error | null, connection: Database) => void) => {
        if (hasty) connection.pragma('synchronous = off')
        done(null, connection)
      },
    },
  })
}

/** Removes SQLite databases with their journals, when they exist. */
export async function removeDatabases(...files: string[]): Promise<void> {
  for (const file of files) {
    for (const suffix of ['', '-wal', '-shm', '-journal']) await rm(`${file}${suffix}`, { force: true })
  }
}
