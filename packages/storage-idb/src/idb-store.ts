import {
  LeaseLostError,
  silentTelemetry,
  systemClock,
  type Clock,
  type LeaseGuard,
  type Store,
  type StoreReader,
  type StoreWriter,
  type Telemetry,
} from '@txkeep/core'
import type { IDBPDatabase } from 'idb'
import { closedError, isAbort, portError } from './idb-errors.js'
import { storeWriter } from './repositories/store-writer.js'
import { OBJECT_STORE_NAMES } from './schema/object-stores.js'
import { UnitOfWork, type Transaction } from './unit-of-work.js'

export interface IdbStoreOptions {
  /** What rows are stamped with. Leases run on the machine's own clock whatever it says. Default: that clock. */
  readonly clock?: Clock
  readonly telemetry?: Telemetry
  /** Whether a commit is on the disk when it is reported (`strict`, default), or may be lost with the power (`relaxed`). */
  readonly durability?: 'strict' | 'relaxed'
}

/**
 * The `Store` over an IndexedDB database. Units that write run one after the other, in all tabs together; units that read see one
 * moment. IndexedDB ends a transaction that waits for anything but itself, so a unit that awaits something else is an error.
 */
export class IdbStore implements Store {
  readonly engineName = 'IndexedDB'
  readonly #database: IDBPDatabase
  readonly #options: IdbStoreOptions
  readonly #running: Set<Promise<unknown>> = new Set()
  #closing: Promise<void> | undefined

  /** Whoever makes it has checked that the object stores are there. */
  constructor(database: IDBPDatabase, options: IdbStoreOptions = {}) {
    this.#database = database
    this.#options = options
  }

  async read<T>(work: (tx: StoreReader) => Promise<T>): Promise<T> {
    return this.#run('readonly', work)
  }

  async write<T>(work: (tx: StoreWriter) => Promise<T>, options: { readonly guard?: LeaseGuard } = {}): Promise<T> {
    const { guard } = options
    return this.#run('readwrite', async (tx) => {
      if (guard !== undefined && !(await tx.leases.holds(guard))) throw new LeaseLostError(guard.taskName)
      return work(tx)
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #run<T>(mode: 'readonly' | 'readwrite', work: (tx: StoreWriter) => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) throw closedError()
    const unit = this.#runUnit(this.#begin(mode), work)
    this.#running.add(unit)
    try {
      return await unit
    } finally {
      this.#running.delete(unit)
    }
  }

  #begin(mode: 'readonly' | 'readwrite'): Transaction {
    const { durability = 'strict' } = this.#options
    try {
      return this.#database.transaction([...OBJECT_STORE_NAMES], mode, { durability })
    } catch (error) {
      // The browser closed the connection.
      throw closedError(error)
    }
  }

  async #runUnit<T>(transaction: Transaction, work: (tx: StoreWriter) => Promise<T>): Promise<T> {
    const { clock = systemClock, telemetry = silentTelemetry } = this.#options
    const unit = new UnitOfWork(transaction, clock)
    // Looked at below; until then a rejection is nobody's surprise.
    transaction.done.catch(() => undefined)
    try {
      const result = await work(storeWriter(unit, telemetry))
      unit.end()
      await commit(transaction)
      return result
    } catch (error) {
      unit.abandon()
      await rollBack(transaction)
      throw error
    }
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#running)
    this.#database.close()
  }
}

async function commit(transaction: Transaction): Promise<void> {
  try {
    await transaction.done
  } catch (error) {
    const cause = isAbort(error) ? (transaction.error ?? error) : error
    throw portError(cause, 'database')
  }
}

async function rollBack(transaction: Transaction): Promise<void> {
  try {
    transaction.abort()
  } catch {
    // It has ended already.
  }
  await transaction.done.catch(() => undefined)
}
