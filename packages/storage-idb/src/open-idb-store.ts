import { NotAWalletError, SchemaVersionError, StoreUnavailableError } from '@txkeep/core'
import { openDB } from 'idb'
import { IdbStore, type IdbStoreOptions } from './idb-store.js'
import { createObjectStores } from './schema/create-object-stores.js'

/** The version of an IndexedDB database in this schema. The published storage opens version 1, so this one fences it out. */
export const IDB_VERSION = 2

export interface OpenIdbStoreOptions extends IdbStoreOptions {
  /** Makes the database where there is none. Default true: in a browser nobody else would. */
  readonly create?: boolean
  /** Called when another tab must be closed or reloaded before the database can be opened. */
  readonly onBlocked?: () => void
  /** Called when another tab needs the database for an upgrade: this store has closed itself, and the page should reload. */
  readonly onSuperseded?: () => void
}

/**
 * A store on the IndexedDB database of this name.
 *
 * @throws {NotAWalletError} if it is a legacy wallet, which has to be moved first, or `create` is false and there is none.
 * @throws {SchemaVersionError} if its schema is newer than this build.
 * @example const store = await openIdbStore('wallet')
 */
export async function openIdbStore(name: string, options: OpenIdbStoreOptions = {}): Promise<IdbStore> {
  const { create = true, onBlocked, onSuperseded } = options
  // Looked at before it is opened: the attempt alone would make the tabs of a legacy wallet let go of it.
  const found = await versionOf(name)
  let refusal = found === IDB_VERSION ? undefined : refusalOf(name, found ?? 0, create)
  if (refusal !== undefined) throw refusal
  const closing: { store?: IdbStore } = {}
  const database = await openDB(name, IDB_VERSION, {
    upgrade(upgraded, oldVersion, _newVersion, transaction) {
      refusal = refusalOf(name, oldVersion, create)
      if (refusal === undefined) createObjectStores(upgraded)
      else {
        transaction.done.catch(() => undefined)
        transaction.abort()
      }
    },
    blocked: () => onBlocked?.(),
    blocking: () => {
      void closing.store?.close()
      onSuperseded?.()
    },
    terminated: () => void closing.store?.close(),
  }).catch((error: unknown) => {
    throw refusal ?? unavailable(name, error)
  })
  const store = new IdbStore(database, options)
  closing.store = store
  return store
}

/** Undefined where there is none, or where the browser does not tell. */
async function versionOf(name: string): Promise<number | undefined> {
  const databases = await (indexedDB as Partial<IDBFactory>).databases?.call(indexedDB)
  return databases?.find((database) => database.name === name)?.version
}

function refusalOf(name: string, oldVersion: number, create: boolean): Error | undefined {
  if (oldVersion > IDB_VERSION) {
    return new SchemaVersionError(
      `The database ${name} has version ${oldVersion}, and this build works with ${IDB_VERSION}. Update txkeep; nothing was changed.`,
      oldVersion,
      IDB_VERSION,
    )
  }
  if (oldVersion > 0) {
    return new NotAWalletError(
      `The database ${name} holds a legacy wallet (version ${oldVersion}). Move it first; nothing was changed.`,
    )
  }
  if (create) return undefined
  return new NotAWalletError(`There is no database ${name}. Check the name, or open it with create: true to make one.`)
}

function unavailable(name: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StoreUnavailableError(`The database ${name} cannot be opened: ${reason}`, { cause })
}
