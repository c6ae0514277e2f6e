import type { AuditEvent, AuditRow, Clock, OutputRow, Store, TransactionRow } from '@txkeep/core'
import { TransactionService } from '@txkeep/lifecycle'
import { openStore } from '@txkeep/storage-knex'
import { MockChain, type MockChainOptions } from '@txkeep/testkit'
import { onTestFinished } from 'vitest'
import { Monitor, defaultTasks, type LeasedRun } from '../src/index.js'

/** A wallet on SQLite in memory, a network in memory, and a monitor whose time is told. */
export class Bench {
  readonly store: Store
  readonly chain: MockChain
  readonly monitor: Monitor
  readonly service: TransactionService
  readonly #time: { ms: number }

  private constructor(store: Store, chain: MockChain, time: { ms: number }, clock: Clock) {
    this.store = store
    this.chain = chain
    this.#time = time
    this.service = new TransactionService({ store, clock, random: () => 0, who: 'test' })
    const tasks = defaultTasks({ settleMs: 0, maxProofAttempts: 3, maxRebroadcastCycles: 1 })
    this.monitor = new Monitor({ store, services: chain, tasks, clock, random: () => 0 })
  }

  static async open(options: MockChainOptions = {}): Promise<Bench> {
    const time = { ms: Date.UTC(2026, 0, 1) }
    const clock: Clock = { now: () => new Date(time.ms) }
    const store = await openStore('sqlite::memory:', { create: true, clock })
    onTestFinished(() => store.close())
    return new Bench(store, new MockChain(options), time, clock)
  }

  advance(ms: number): void {
    this.#time.ms += ms
  }

  get now(): Date {
    return new Date(this.#time.ms)
  }

  /** Runs these tasks, due or not. */
  run(...tasks: string[]): Promise<readonly LeasedRun[]> {
    return this.monitor.runOnce({ tasks, evenIfNotDue: true })
  }

  /** The chain's tip, seen and settled. */
  async followTip(): Promise<void> {
    await this.run('header')
    await this.run('header')
  }

  async status(transaction: Pick<TransactionRow, 'transactionId'>): Promise<string | undefined> {
    return (await this.row(transaction))?.processing
  }

  row({ transactionId }: Pick<TransactionRow, 'transactionId'>): Promise<TransactionRow | undefined> {
    return this.service.findById(transactionId)
  }

  async coin({ outputId }: OutputRow): Promise<OutputRow | undefined> {
    return this.store.read((tx) => tx.outputs.findById(outputId))
  }

  async audit({ transactionId }: Pick<TransactionRow, 'transactionId'>, event: AuditEvent): Promise<AuditRow[]> {
    const rows = await this.store.read((tx) => tx.audit.findByTransaction(transactionId))
    return rows.filter((row) => row.event === event)
  }
}
