import type { LeaseClaim, LeaseGuard, LeaseRow, LeaseWriter, TaskOutcome } from '@txkeep/core'

import { leaseRows, taskRows } from '../rows/operation-rows.js'
import {
  deleteExpiredLease,
  insertLease,
  raiseFence,
  releaseLease,
  renewLease,
  scheduleTask,
  selectDueTask,
  selectHeldLease,
  selectLiveLease,
} from '../statements/leases.js'
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
    const select = selectRows(this.#unit.db, leaseRows).where({ task_name: taskName })
    return decodeOne(leaseRows, await this.#unit.row(select))
  }

  async list(): Promise<LeaseRow[]> {
    return decodeAll(leaseRows, await this.#unit.rows(selectRows(this.#unit.db, leaseRows).orderBy('task_name')))
  }

  async claim(claim: {
    readonly taskName: string
    readonly ownerId: string
    readonly ttlMs: number
    readonly evenIfNotDue?: boolean
    readonly note?: string
  }): Promise<LeaseClaim> {
    const { db } = this.#unit
    const { taskName } = claim
    if ((await this.#unit.row(selectLiveLease(db, taskName))) !== undefined) return { claimed: false, reason: 'held' }
    if (claim.evenIfNotDue !== true && !(await this.#isDue(taskName))) return { claimed: false, reason: 'not-due' }
    const raised = await this.#unit.row(raiseFence(db, taskName, this.#unit.now()))
    await this.#unit.change(deleteExpiredLease(db, taskName))
    const fence = Number(raised?.['fence'])
    const lease = await this.#unit.row(insertLease(db, { ...claim, fence }))
    return { claimed: true, lease: leaseRows.decode(lease ?? {}) }
  }

  async renew(guard: LeaseGuard, ttlMs: number): Promise<LeaseRow | undefined> {
    return decodeOne(leaseRows, await this.#unit.row(renewLease(this.#unit.db, guard, ttlMs)))
  }

  async release(guard: LeaseGuard, schedule: TaskOutcome = {}): Promise<boolean> {
    const released = await this.#unit.change(releaseLease(this.#unit.db, guard))
    if (released === 0) return false
    await this.#unit.change(scheduleTask(this.#unit.db, guard, schedule, this.#unit.now()))
    return true
  }

  async holds(guard: LeaseGuard): Promise<boolean> {
    return (await this.#unit.row(selectHeldLease(this.#unit.db, guard))) !== undefined
  }

  /** A task without a row never ran. */
  async #isDue(taskName: string): Promise<boolean> {
    const { db } = this.#unit
    if ((await this.#unit.row(selectDueTask(db, taskName))) !== undefined) return true
    return (await this.#unit.row(selectRows(db, taskRows).where({ task_name: taskName }))) === undefined
  }
}
