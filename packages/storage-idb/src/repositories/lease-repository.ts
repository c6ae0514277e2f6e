import type { LeaseClaim, LeaseGuard, LeaseRow, LeaseWriter, TaskOutcome, TaskRow, TaskWriter } from '@txkeep/core'
import type { RecordTable } from '../record-table.js'
import type { UnitOfWork } from '../unit-of-work.js'

/** Every tab of a database runs on one machine, so its clock is what database time is elsewhere. */
function databaseNow(): number {
  return Date.now()
}

/** Source: docs/spec/monitor.md §3. A transaction that writes is alone here, which is what row locks give elsewhere. */
export class IdbLeaseRepository implements LeaseWriter {
  readonly #unit: UnitOfWork
  readonly #leases: RecordTable<LeaseRow>
  readonly #tasks: RecordTable<TaskRow>

  constructor(unit: UnitOfWork, leases: RecordTable<LeaseRow>, tasks: RecordTable<TaskRow>) {
    this.#unit = unit
    this.#leases = leases
    this.#tasks = tasks
  }

  find(taskName: string): Promise<LeaseRow | undefined> {
    return this.#leases.get(taskName)
  }

  list(): Promise<LeaseRow[]> {
    return this.#leases.all()
  }

  async claim(claim: {
    readonly taskName: string
    readonly ownerId: string
    readonly ttlMs: number
    readonly evenIfNotDue?: boolean
    readonly note?: string
  }): Promise<LeaseClaim> {
    const { taskName, ownerId, ttlMs, evenIfNotDue = false, note = null } = claim
    const lease = await this.find(taskName)
    if (lease !== undefined && isLive(lease)) return { claimed: false, reason: 'held' }
    const task = await this.#tasks.get(taskName)
    if (!evenIfNotDue && task !== undefined && !isDue(task)) return { claimed: false, reason: 'not-due' }
    const raised = await raiseFence(this.#tasks, taskName, task, this.#unit.now())
    const taken = { taskName, ownerId, fence: raised.fence, expiresAt: expiry(ttlMs), renewCount: 0, note }
    await this.#leases.put(taken)
    return { claimed: true, lease: taken }
  }

  async renew(guard: LeaseGuard, ttlMs: number): Promise<LeaseRow | undefined> {
    const lease = await this.#held(guard)
    return lease && this.#leases.change(lease, { expiresAt: expiry(ttlMs), renewCount: lease.renewCount + 1 })
  }

  async release(guard: LeaseGuard, schedule: TaskOutcome = {}): Promise<boolean> {
    if ((await this.#held(guard)) === undefined) return false
    await this.#leases.delete(guard.taskName)
    const task = await this.#tasks.get(guard.taskName)
    if (task?.fence !== guard.fence) return true
    const { dueInMs, doneSeq, cursor, outcomeJson } = schedule
    await this.#tasks.change(task, {
      ...(dueInMs !== undefined && { nextDueAt: expiry(dueInMs) }),
      ...(doneSeq !== undefined && { doneSeq }),
      ...(cursor !== undefined && { cursor }),
      ...(outcomeJson !== undefined && { lastOutcomeJson: outcomeJson }),
      updatedAt: this.#unit.now(),
    })
    return true
  }

  async holds(guard: LeaseGuard): Promise<boolean> {
    return (await this.#held(guard)) !== undefined
  }

  async #held({ taskName, ownerId, fence }: LeaseGuard): Promise<LeaseRow | undefined> {
    const lease = await this.find(taskName)
    return lease?.ownerId === ownerId && lease.fence === fence && isLive(lease) ? lease : undefined
  }
}

export class IdbTaskRepository implements TaskWriter {
  readonly #unit: UnitOfWork
  readonly #leases: RecordTable<LeaseRow>
  readonly #tasks: RecordTable<TaskRow>

  constructor(unit: UnitOfWork, leases: RecordTable<LeaseRow>, tasks: RecordTable<TaskRow>) {
    this.#unit = unit
    this.#leases = leases
    this.#tasks = tasks
  }

  find(taskName: string): Promise<TaskRow | undefined> {
    return this.#tasks.get(taskName)
  }

  list(): Promise<TaskRow[]> {
    return this.#tasks.all()
  }

  async listClaimable(taskNames: readonly string[]): Promise<string[]> {
    const held = new Set((await this.#leases.all()).filter(isLive).map(({ taskName }) => taskName))
    const resting = new Set((await this.list()).filter((task) => !isDue(task)).map(({ taskName }) => taskName))
    return taskNames.filter((name) => !held.has(name) && !resting.has(name))
  }

  async wake(taskNames: readonly string[]): Promise<void> {
    for (const taskName of taskNames) {
      const task = await this.find(taskName)
      if (task === undefined) await this.#tasks.insert({ taskName, wakeSeq: 1 })
      else await this.#tasks.change(task, { wakeSeq: task.wakeSeq + 1, updatedAt: this.#unit.now() })
    }
  }

  async setCursor(taskName: string, cursor: string | null): Promise<void> {
    const task = await this.find(taskName)
    // Checked even where there is no task to change: bad text is an error everywhere.
    this.#tasks.check({ cursor })
    if (task !== undefined) await this.#tasks.change(task, { cursor, updatedAt: this.#unit.now() })
  }
}

async function raiseFence(
  tasks: RecordTable<TaskRow>,
  taskName: string,
  task: TaskRow | undefined,
  now: Date,
): Promise<TaskRow> {
  if (task === undefined) return tasks.insert({ taskName, fence: 1 })
  return tasks.change(task, { fence: task.fence + 1, updatedAt: now })
}

function isLive({ expiresAt }: LeaseRow): boolean {
  return expiresAt.getTime() > databaseNow()
}

function isDue({ nextDueAt, wakeSeq, doneSeq }: TaskRow): boolean {
  return nextDueAt === null || nextDueAt.getTime() <= databaseNow() || wakeSeq > doneSeq
}

function expiry(inMs: number): Date {
  return new Date(databaseNow() + Math.round(inMs))
}
