import type { LeaseGuard, TaskOutcome } from '@txkeep/core'
import type { Knex } from 'knex'

import { leaseRows } from '../rows/operation-rows.js'
import { selectRows } from './select-rows.js'
import { valuesIn, type StatementBuilder } from './statement.js'

/** Every time in here is database time. Source: docs/spec/monitor.md §3. */

/** The lease of a task while it is unexpired. */
export function selectLiveLease(db: StatementBuilder, taskName: string): Knex.QueryBuilder {
  return selectRows(db, leaseRows).where({ task_name: taskName }).where('expires_at', '>', now(db))
}

/** Whether the task is due (`is_due`: 1 or 0), or was woken since its last run. No row: it never ran, and is due. */
export function selectIsDue(db: StatementBuilder, taskName: string): Knex.QueryBuilder {
  const { knex } = db
  const rule = '?? is null or ?? <= ? or ?? > ??'
  const isDue = knex.raw(rule, ['next_due_at', 'next_due_at', now(db), 'wake_seq', 'done_seq'])
  return knex('monitor_task')
    .where({ task_name: taskName })
    .select(knex.raw('case when ? then 1 else 0 end as is_due', [isDue]))
}

/** Those of these tasks that somebody holds, or that are neither due nor woken (`task_name`). */
export function selectUnclaimable(db: StatementBuilder, taskNames: readonly string[]): Knex.QueryBuilder {
  const { knex } = db
  const held = knex('monitor_lease').where('expires_at', '>', now(db)).select('task_name')
  return knex('monitor_task')
    .whereIn('task_name', valuesIn(db, taskNames))
    .where('next_due_at', '>', now(db))
    .whereRaw('?? <= ??', ['wake_seq', 'done_seq'])
    .select('task_name')
    .union(held)
}

/** Makes the row of a task if need be, and keeps everybody else from claiming it until the unit ends. Changes nothing. */
export function lockTask(db: StatementBuilder, taskName: string, at: Date): Knex.QueryBuilder {
  return db
    .knex('monitor_task')
    .insert({ task_name: taskName, created_at: at, updated_at: at })
    .onConflict('task_name')
    .merge({ fence: db.knex.ref('monitor_task.fence') })
}

/** Raises the fence of a task, making its row if need be. */
export function raiseFence(db: StatementBuilder, taskName: string, at: Date): Knex.QueryBuilder {
  return db
    .knex('monitor_task')
    .insert({ task_name: taskName, fence: 1, created_at: at, updated_at: at })
    .onConflict('task_name')
    .merge({ fence: db.knex.raw('?? + 1', ['monitor_task.fence']), updated_at: at })
}

export function selectFence(db: StatementBuilder, taskName: string): Knex.QueryBuilder {
  return db.knex('monitor_task').where({ task_name: taskName }).select('fence')
}

export function deleteExpiredLease(db: StatementBuilder, taskName: string): Knex.QueryBuilder {
  return db.knex('monitor_lease').where({ task_name: taskName }).where('expires_at', '<=', now(db)).delete()
}

export function insertLease(
  db: StatementBuilder,
  lease: LeaseGuard & { readonly ttlMs: number; readonly note?: string },
): Knex.QueryBuilder {
  return db.knex('monitor_lease').insert({
    task_name: lease.taskName,
    owner_id: lease.ownerId,
    fence: lease.fence,
    expires_at: nowPlus(db, lease.ttlMs),
    note: lease.note ?? null,
  })
}

/** Changes nothing once the lease ran out, even if nobody took it. */
export function renewLease(db: StatementBuilder, guard: LeaseGuard, ttlMs: number): Knex.QueryBuilder {
  return heldLease(db, guard).update({
    expires_at: nowPlus(db, ttlMs),
    renew_count: db.knex.raw('?? + 1', ['renew_count']),
  })
}

export function releaseLease(db: StatementBuilder, guard: LeaseGuard): Knex.QueryBuilder {
  return heldLease(db, guard).delete()
}

export function selectHeldLease(db: StatementBuilder, guard: LeaseGuard): Knex.QueryBuilder {
  return heldLease(db, guard).select('fence')
}

/**
 * Two writes that only say "I hold it" and leave the row as it was: they meet a takeover also where a read lock would not. The first
 * changes a row only while the lease is held.
 */
export function touchHeldLease(db: StatementBuilder, guard: LeaseGuard): [Knex.QueryBuilder, Knex.QueryBuilder] {
  const count = (step: string) => ({ renew_count: db.knex.raw(`?? ${step}`, ['renew_count']) })
  const back = db.knex('monitor_lease').where({ task_name: guard.taskName })
  return [heldLease(db, guard).update(count('+ 1')), back.update(count('- 1'))]
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
