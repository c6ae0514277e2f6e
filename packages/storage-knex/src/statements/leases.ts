import type { LeaseGuard, TaskOutcome } from '@txkeep/core'
import type { Knex } from 'knex'

import { leaseRows, taskRows } from '../rows/operation-rows.js'
import { selectRows } from './select-rows.js'
import type { StatementBuilder } from './statement.js'

/** Every time in here is database time. Source: docs/spec/monitor.md §3. */

/** The lease of a task while it is unexpired. */
export function selectLiveLease(db: StatementBuilder, taskName: string): Knex.QueryBuilder {
  return selectRows(db, leaseRows).where({ task_name: taskName }).where('expires_at', '>', now(db))
}

/** The task if it is due, or was woken since its last run. A task that never ran is due. */
export function selectDueTask(db: StatementBuilder, taskName: string): Knex.QueryBuilder {
  return selectRows(db, taskRows)
    .where({ task_name: taskName })
    .where((due) =>
      due
        .whereNull('next_due_at')
        .orWhere('next_due_at', '<=', now(db))
        .orWhereRaw('?? > ??', ['wake_seq', 'done_seq']),
    )
}

/** Raises the fence of a task, making its row if need be; returns the new fence. */
export function raiseFence(db: StatementBuilder, taskName: string, at: Date): Knex.QueryBuilder {
  return db
    .knex('monitor_task')
    .insert({ task_name: taskName, fence: 1, created_at: at, updated_at: at })
    .onConflict('task_name')
    .merge({ fence: db.knex.raw('?? + 1', ['monitor_task.fence']), updated_at: at })
    .returning('fence')
}

export function deleteExpiredLease(db: StatementBuilder, taskName: string): Knex.QueryBuilder {
  return db.knex('monitor_lease').where({ task_name: taskName }).where('expires_at', '<=', now(db)).delete()
}

export function insertLease(
  db: StatementBuilder,
  lease: LeaseGuard & { readonly ttlMs: number; readonly note?: string },
): Knex.QueryBuilder {
  return db
    .knex('monitor_lease')
    .insert({
      task_name: lease.taskName,
      owner_id: lease.ownerId,
      fence: lease.fence,
      expires_at: nowPlus(db, lease.ttlMs),
      note: lease.note ?? null,
    })
    .returning([...leaseRows.columns])
}

/** Changes nothing once the lease ran out, even if nobody took it. */
export function renewLease(db: StatementBuilder, guard: LeaseGuard, ttlMs: number): Knex.QueryBuilder {
  return heldLease(db, guard)
    .update({ expires_at: nowPlus(db, ttlMs), renew_count: db.knex.raw('?? + 1', ['renew_count']) })
    .returning([...leaseRows.columns])
}

export function releaseLease(db: StatementBuilder, guard: LeaseGuard): Knex.QueryBuilder {
  return heldLease(db, guard).delete()
}

export function selectHeldLease(db: StatementBuilder, guard: LeaseGuard): Knex.QueryBuilder {
  return heldLease(db, guard).select('fence')
}

/** The schedule a finished run leaves behind. What the outcome leaves out stays as it is. */
export function scheduleTask(
  db: StatementBuilder,
  { taskName, fence }: LeaseGuard,
  outcome: TaskOutcome,
  at: Date,
): Knex.QueryBuilder {
  const { dueInMs, doneSeq, cursor, outcomeJson } = outcome
  return db
    .knex('monitor_task')
    .where({ task_name: taskName, fence })
    .update({
      ...(dueInMs === undefined ? {} : { next_due_at: nowPlus(db, dueInMs) }),
      ...(doneSeq === undefined ? {} : { done_seq: doneSeq }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(outcomeJson === undefined ? {} : { last_outcome_json: outcomeJson }),
      updated_at: at,
    })
}

export function wakeTask(db: StatementBuilder, taskName: string, at: Date): Knex.QueryBuilder {
  return db
    .knex('monitor_task')
    .insert({ task_name: taskName, wake_seq: 1, created_at: at, updated_at: at })
    .onConflict('task_name')
    .merge({ wake_seq: db.knex.raw('?? + 1', ['monitor_task.wake_seq']), updated_at: at })
}

function heldLease(db: StatementBuilder, { taskName, ownerId, fence }: LeaseGuard): Knex.QueryBuilder {
  return db
    .knex('monitor_lease')
    .where({ task_name: taskName, owner_id: ownerId, fence })
    .where('expires_at', '>', now(db))
}

function now({ knex, dialect }: StatementBuilder): Knex.Raw {
  return knex.raw(dialect.nowMillisecondsExpression)
}

function nowPlus({ knex, dialect }: StatementBuilder, milliseconds: number): Knex.Raw {
  return knex.raw(`${dialect.nowMillisecondsExpression} + ?`, [Math.round(milliseconds)])
}
