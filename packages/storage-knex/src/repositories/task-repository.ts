import type { TaskRow, TaskWriter } from '@txkeep/core'

import { taskRows } from '../rows/operation-rows.js'
import { selectUnclaimable, wakeTask } from '../statements/leases.js'
import { orderByColumn } from '../statements/order-by.js'
import { selectRows } from '../statements/select-rows.js'
import type { UnitOfWork } from '../unit-of-work.js'
import { decodeAll, decodeOne } from './decode.js'

export class KnexTaskRepository implements TaskWriter {
  readonly #unit: UnitOfWork

  constructor(unit: UnitOfWork) {
    this.#unit = unit
  }

  async find(taskName: string): Promise<TaskRow | undefined> {
    const select = selectRows(this.#unit.db, taskRows).where({ task_name: taskName })
    return decodeOne(taskRows, await this.#unit.row(select))
  }

  async list(): Promise<TaskRow[]> {
    const { db } = this.#unit
    const select = orderByColumn(db, selectRows(db, taskRows), 'monitor_task', 'task_name')
    return decodeAll(taskRows, await this.#unit.rows(select))
  }

  async listClaimable(taskNames: readonly string[]): Promise<string[]> {
    const blocked = await this.#unit.rows(selectUnclaimable(this.#unit.db, taskNames))
    const names = new Set(blocked.map((row) => row['task_name']))
    return taskNames.filter((name) => !names.has(name))
  }

  async wake(taskNames: readonly string[]): Promise<void> {
    for (const taskName of taskNames) await this.#unit.change(wakeTask(this.#unit.db, taskName, this.#unit.now()))
  }

  async setCursor(taskName: string, cursor: string | null): Promise<void> {
    const columns = { ...taskRows.encode({ cursor }), updated_at: this.#unit.now() }
    await this.#unit.change(this.#unit.db.knex('monitor_task').where({ task_name: taskName }).update(columns))
  }
}
