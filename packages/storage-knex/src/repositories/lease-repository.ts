import type { LeaseClaim, LeaseGuard, LeaseRow, LeaseWriter, TaskOutcome } from '@txkeep/core'

import { leaseRows } from '../rows/operation-rows.js'
import {
  deleteExpiredLease,
  insertLease,
  lockTask,
  raiseFence,
  releaseLease,
  renewLease,
  scheduleTask,
  selectFence,
  selectHeldLease,
  selectIsDue,
  selectLiveLease,
  touchHeldLease,
} from '../statements/leases.js'
import { orderByColumn } from '../statements/order-by.js'
import { selectRows } from '../statements/select-rows.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { decodeAll, decodeOne } from './decode.js'

/** Source: docs/spec/monitor.md §3. */
export class KnexLeaseRepository implements LeaseWriter {
  readonly #unit: UnitOfWork

  constructor(unit: UnitOfWork) {
    this.#unit = unit
  }

  async find(taskName: string): Promise<LeaseRow | undefined> {
    return decodeOne(leaseRows, await this.#unit.row(this.#select(taskName)))
  }

  async list(): Promise<LeaseRow[]> {
    const { db } = this.#unit
    const select = orderByColumn(db, selectRows(db, leaseRows), 'monitor_lease', 'task_name')
    return decodeAll(leaseRows, await this.#unit.rows(select))
  }

  async claim(claim: {
    readonly taskName: string
    readonly ownerId: string
    readonly ttlMs: number
    readonly evenIfNotDue?: boolean
    readonly note?: string
  }): Promise<LeaseClaim> {
    const { db } = this.#unit
    const { taskName, evenIfNotDue = false } = claim
    let obstacle = await this.#obstacle(taskName, evenIfNotDue)
    if (obstacle === undefined && this.#unit.locksRows) {
      await this.#unit.change(lockTask(db, taskName, this.#unit.now()))
      obstacle = await this.#obstacle(taskName, evenIfNotDue)
    }
    if (obstacle !== undefined) return { claimed: false, reason: obstacle }
    await this.#unit.change(raiseFence(db, taskName, this.#unit.now()))
    await this.#unit.change(deleteExpiredLease(db, taskName))
    const fence = Number((await this.#unit.row(selectFence(db, taskName)))?.['fence'])
    await this.#unit.change(insertLease(db, { ...claim, fence }))
    return { claimed: true, lease: leaseRows.decode((await this.#unit.row(this.#select(taskName))) ?? {}) }
  }

  async renew(guard: LeaseGuard, ttlMs: number): Promise<LeaseRow | undefined> {
    if ((await this.#unit.change(renewLease(this.#unit.db, guard, ttlMs))) === 0) return undefined
    return this.find(guard.taskName)
  }

  async release(guard: LeaseGuard, schedule: TaskOutcome = {}): Promise<boolean> {
    const released = await this.#unit.change(releaseLease(this.#unit.db, guard))
    if (released === 0) return false
    await this.#unit.change(scheduleTask(this.#unit.db, guard, schedule, this.#unit.now()))
    return true
  }

  /** Where others may write at the same time, nobody takes the lease over before a unit that asked this has ended. */
  async holds(guard: LeaseGuard): Promise<boolean> {
    const { db, locksRows } = this.#unit
    if (locksRows && !db.dialect.supportsReadLocks) {
      const [touch, restore] = touchHeldLease(db, guard)
      return (await this.#unit.change(touch)) > 0 && (await this.#unit.change(restore)) > 0
    }
    const held = selectHeldLease(db, guard)
    return (await this.#unit.row(locksRows ? held.forShare() : held)) !== undefined
  }

  async #obstacle(taskName: string, evenIfNotDue: boolean): Promise<'held' | 'not-due' | undefined> {
    if ((await this.#unit.row(selectLiveLease(this.#unit.db, taskName))) !== undefined) return 'held'
    return evenIfNotDue || (await this.#isDue(taskName)) ? undefined : 'not-due'
  }

  #select(taskName: string): ReturnType<typeof selectRows> {
    return selectRows(this.#unit.db, leaseRows).where({ task_name: taskName })
  }

  /** One statement: a task that somebody makes between two would be neither due nor new. */
  async #isDue(taskName: string): Promise<boolean> {
    const task = await this.#unit.row(selectIsDue(this.#unit.db, taskName))
    return task === undefined || Number(task['is_due']) === 1
  }
}
