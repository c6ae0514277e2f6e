import type { LeaseGuard } from './lease-repository.js'
import type { StoreReader, StoreWriter } from './store-transaction.js'

/**
 * The port every rule is written against. An adapter holds queries and nothing else; the contract in
 * `@txkeep/testkit` says what each method must do, and every adapter passes it.
 */
export interface Store {
  /** The engine's name as a wallet's settings say it: `SQLite`, `Postgres`, `MySQL` (MariaDB too), `IndexedDB`. Ten characters at most. */
  readonly engineName: string

  /**
   * The result of `work` on one consistent view of the database. A transaction that only reads sees either all or
   * nothing of every other unit of work.
   */
  read<T>(work: (tx: StoreReader) => Promise<T>): Promise<T>

  /**
   * The result of `work`, committed whole or not at all. `work` runs again after a deadlock or a serialization
   * failure, so it has no effect beyond `tx` and awaits nothing but `tx`.
   *
   * @throws {LeaseLostError} if `guard` names a lease that is no longer held; `work` is not run then.
   * @throws {StoreBusyError} if the retries are used up.
   */
  write<T>(work: (tx: StoreWriter) => Promise<T>, options?: { readonly guard?: LeaseGuard }): Promise<T>

  /** Releases every connection. Calling it twice is fine; any other call after it is an error. */
  close(): Promise<void>
}
