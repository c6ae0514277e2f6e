import { ConflictError, type Clock } from '@txkeep/core'
import type { IDBPObjectStore, IDBPTransaction } from 'idb'
import { portError } from './idb-errors.js'
import type { ObjectStoreName } from './schema/object-stores.js'

export type Transaction = IDBPTransaction<unknown, string[], IDBTransactionMode>
export type ObjectStore = IDBPObjectStore<unknown, string[], ObjectStoreName, IDBTransactionMode>

/** The part of an object store that changes records: there in a unit that writes. */
export type WritableStore = IDBPObjectStore<unknown, string[], ObjectStoreName, 'readwrite'>

/**
 * One open transaction, as repositories see it. It is open until the store ends it, and then refuses everything. A request that
 * failed spoils the unit: what follows is refused with the same error, and it cannot commit.
 */
export class UnitOfWork {
  readonly #transaction: Transaction
  readonly #clock: Clock
  #isOpen = true
  #failure: { readonly error: unknown } | undefined

  constructor(transaction: Transaction, clock: Clock) {
    this.#transaction = transaction
    this.#clock = clock
  }

  /** What rows written now are stamped with. */
  now(): Date {
    return this.#clock.now()
  }

  /** The result of requests to one object store. */
  read<T>(name: ObjectStoreName, ask: (store: ObjectStore) => Promise<T>): Promise<T> {
    return this.#ask(name, () => ask(this.#transaction.objectStore(name)))
  }

  write<T>(name: ObjectStoreName, ask: (store: WritableStore) => Promise<T>): Promise<T> {
    if (this.#transaction.mode !== 'readwrite') {
      throw this.refuse(new ConflictError('This unit of work only reads. Open it with store.write to change anything.'))
    }
    return this.#ask(name, () => ask(this.#transaction.objectStore(name) as WritableStore))
  }

  /** Spoils the unit with an error a request would have met had the engine held the rule; returns it to be thrown. */
  refuse(error: unknown): unknown {
    this.#failure ??= { error }
    return error
  }

  /** Ends the unit. @throws what its first failed request threw, so that swallowing an error never commits half a unit. */
  end(): void {
    this.#isOpen = false
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** Ends the unit without asking how it went: it is rolled back. */
  abandon(): void {
    this.#isOpen = false
  }

  async #ask<T>(name: ObjectStoreName, ask: () => Promise<T>): Promise<T> {
    if (!this.#isOpen) {
      throw new ConflictError('This unit of work has ended. Await every call inside it, and use its tx nowhere else.')
    }
    if (this.#failure !== undefined) throw this.#failure.error
    try {
      return await ask()
    } catch (error) {
      throw this.refuse(portError(error, name))
    }
  }
}
