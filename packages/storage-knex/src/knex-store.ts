import { AsyncLocalStorage } from 'node:async_hooks'

import {
  ConflictError,
  LeaseLostError,
  ReadOnlyError,
  StoreUnavailableError,
  silentTelemetry,
  systemClock,
  type Clock,
  type LeaseGuard,
  type Store,
  type StoreReader,
  type StoreWriter,
  type Telemetry,
} from '@txkeep/core'

import type { Connections } from './connections.js'
import type { Connection } from './dialect/connection.js'
import type { Dialect } from './dialect/dialect.js'
import { storeWriter } from './repositories/store-writer.js'
import { retryWhenBusy } from './retry-when-busy.js'
import { SerialQueue } from './serial-queue.js'
import type { StatementBuilder } from './statements/statement.js'
import { UnitOfWork } from './unit-of-work.js'

export interface KnexStoreOptions {
  /** What rows are stamped with. Leases run on database time whatever it says. Default: the machine's own. */
  readonly clock?: Clock
  readonly telemetry?: Telemetry
  /** How long a unit of work is tried while another process holds the database. Default 10 000. */
  readonly busyRetryMs?: number
}

export function busyRetryMsOf({ busyRetryMs }: KnexStoreOptions): number {
  return busyRetryMs ?? 10_000
}

/** What a store works on. Whoever makes it has checked that the schema is there. */
export interface KnexStoreParts {
  readonly dialect: Dialect
  readonly writer: Connections
  /** A pool of its own for units that only read; left out, they use the writer's. */
  readonly reader?: Connections
  readonly isReadonly?: boolean
  /** Whether `close` destroys the knex instances. */
  readonly ownsConnections: boolean
}

/**
 * The `Store` over knex. On an engine with one write lock `write` units of a process run one after the other; each takes the lock
 * before it begins, so it never fails half-way, and `read` units run beside them on their own connections where there are any. On
 * a server all units share one pool and run at the same time. A unit that meets a lock, a deadlock or a serialization failure
 * waits without blocking this process, runs again, and is given up after `busyRetryMs`.
 */
export class KnexStore implements Store {
  readonly engineName: string
  readonly #parts: KnexStoreParts
  readonly #clock: Clock
  readonly #telemetry: Telemetry
  readonly #busyRetryMs: number
  readonly #db: StatementBuilder
  readonly #writes: SerialQueue = new SerialQueue()
  readonly #running: Set<Promise<unknown>> = new Set()
  readonly #current: AsyncLocalStorage<UnitOfWork> = new AsyncLocalStorage()
  #closing: Promise<void> | undefined

  constructor(parts: KnexStoreParts, options: KnexStoreOptions = {}) {
    this.engineName = parts.dialect.name
    this.#parts = parts
    this.#clock = options.clock ?? systemClock
    this.#telemetry = options.telemetry ?? silentTelemetry
    this.#busyRetryMs = busyRetryMsOf(options)
    this.#db = { knex: parts.writer.knex, dialect: parts.dialect }
  }

  async read<T>(work: (tx: StoreReader) => Promise<T>): Promise<T> {
    this.#assertUsable()
    const { reader, writer } = this.#parts
    const run = () => this.#retry(reader ?? writer, 'read', work)
    // Without connections of their own, readers wait in the same line as writers.
    return reader === undefined ? this.#queue(run) : this.#track(run())
  }

  async write<T>(work: (tx: StoreWriter) => Promise<T>, options: { readonly guard?: LeaseGuard } = {}): Promise<T> {
    this.#assertUsable()
    if (this.#parts.isReadonly === true) {
      throw new ReadOnlyError('The store was opened readonly. Open it without readonly: true to write.')
    }
    const guarded = async (tx: StoreWriter): Promise<T> => {
      if (options.guard !== undefined) await assertHeld(tx, options.guard)
      return work(tx)
    }
    return this.#queue(() => this.#retry(this.#parts.writer, 'write', guarded))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  #retry<T>(connections: Connections, mode: 'read' | 'write', work: (tx: StoreWriter) => Promise<T>): Promise<T> {
    return retryWhenBusy(
      () => connections.use((connection) => this.#runUnit(connection, mode, work)),
      this.#busyRetryMs,
    )
  }

  async #runUnit<T>(connection: Connection, mode: 'read' | 'write', work: (tx: StoreWriter) => Promise<T>): Promise<T> {
    await connection.begin(mode)
    const unit = new UnitOfWork(this.#db, connection, this.#clock, mode)
    try {
      const result = await this.#current.run(unit, () => work(storeWriter(unit, this.#telemetry)))
      unit.end()
      await connection.commit()
      return result
    } catch (error) {
      unit.abandon()
      await connection.rollback()
      throw error
    }
  }

  /** A unit inside a unit would wait for the one around it for ever. */
  #assertUsable(): void {
    if (this.#closing !== undefined) throw new StoreUnavailableError('The store is closed. Open it again.')
    if (this.#current.getStore()?.isOpen === true) {
      throw new ConflictError('A unit of work was opened inside another one of the same store. Use its tx instead.')
    }
  }

  /** One at a time where the engine has one write lock; else at once. */
  #queue<T>(run: () => Promise<T>): Promise<T> {
    return this.#parts.dialect.supportsConcurrentWriters ? this.#track(run()) : this.#writes.run(run)
  }

  async #track<T>(unit: Promise<T>): Promise<T> {
    this.#running.add(unit)
    try {
      return await unit
    } finally {
      this.#running.delete(unit)
    }
  }

  async #close(): Promise<void> {
    await Promise.allSettled([this.#writes.idle(), ...this.#running])
    if (!this.#parts.ownsConnections) return
    await this.#parts.reader?.destroy()
    await this.#parts.writer.destroy()
  }
}

async function assertHeld(tx: StoreWriter, guard: LeaseGuard): Promise<void> {
  if (!(await tx.leases.holds(guard))) throw new LeaseLostError(guard.taskName)
}
