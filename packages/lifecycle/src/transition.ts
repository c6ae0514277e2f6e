import {
  IllegalTransitionError,
  InvalidParameterError,
  NotFoundError,
  type ProcessingStatus,
  type TransactionChanges,
  type TransactionRow,
} from '@txkeep/core'
import { canTransition, nextStatuses } from '@txkeep/fsm'
import { moveTransactions } from './move-transactions.js'
import { isProven, isWatched } from './status-groups.js'
import { auditRow, rejectionRow, type AuditDetails, type Unit } from './unit.js'

/** What a move writes beside the status. */
export interface TransitionContext {
  readonly provider?: string
  readonly providerStatus?: string
  /** Why, and whatever else belongs into the audit row. No secrets. */
  readonly details?: AuditDetails
  /** When a task looks at it next. Left out: now. Ignored by a status that needs no task. */
  readonly nextActionAt?: Date
  /** Needed on entry to `frozen`: `operator: …`, `legacy-uncertain`, `no-raw-tx` or `unknown-status`. */
  readonly frozenReason?: string
}

export interface TransitionRequest extends TransitionContext {
  readonly transactionId: number
  readonly expectedFrom: ProcessingStatus
  /** Tasks always give the `rowVersion` they read. */
  readonly expectedVersion?: number
  readonly to: ProcessingStatus
  /** The user on whose word it moves, where the network said nothing: coins of others are left alone. */
  readonly forUser?: number
}

export type TransitionResult =
  | { readonly outcome: 'updated'; readonly transaction: TransactionRow }
  /** Somebody moved it before: nothing was changed. */
  | { readonly outcome: 'stale' }
  /** A descendant the network accepted contradicts the failure: the status stays, and a look-up is due. */
  | { readonly outcome: 'refused'; readonly transaction: TransactionRow }

/**
 * What came of moving one transaction to `to`. `unconfirmed` and `confirmed` are refused here: only a proof leads there.
 * Source: docs/spec/lifecycle.md §3.
 *
 * @throws {IllegalTransitionError} if the table does not list the move; the attempt is logged as `processing.rejected`.
 * @throws {NotFoundError} if there is no such transaction.
 */
export async function transition(unit: Unit, request: TransitionRequest): Promise<TransitionResult> {
  const { transactionId, expectedFrom, expectedVersion, to } = request
  const row = await unit.tx.transactions.findById(transactionId)
  if (row === undefined) throw new NotFoundError('transaction', transactionId)
  if (row.processing !== expectedFrom) return { outcome: 'stale' }
  if (expectedVersion !== undefined && row.rowVersion !== expectedVersion) return { outcome: 'stale' }
  const refusal = refuse(expectedFrom, to)
  if (refusal !== undefined) {
    unit.rejections.push({ transactionId, from: expectedFrom, to, details: request.details })
    throw refusal
  }

  const { stale, refused } = await moveTransactions(unit, {
    rows: [row],
    to,
    checkVersion: expectedVersion !== undefined,
    changes: changesOf(request, to, row),
    details: request.details,
    forUser: request.forUser,
  })
  if (stale.length > 0) return { outcome: 'stale' }
  const transaction = (await unit.tx.transactions.findById(transactionId)) ?? row
  if (refused.length > 0) return { outcome: 'refused', transaction }
  await noteUnfail(unit, row, to, request.details)
  return { outcome: 'updated', transaction }
}

export interface TransitionManyRequest extends TransitionContext {
  readonly transactions: readonly {
    readonly transactionId: number
    readonly expectedFrom: ProcessingStatus
    readonly expectedVersion?: number
  }[]
  readonly to: ProcessingStatus
}

/** Ids of the transactions by what came of them. */
export interface TransitionManyResult {
  readonly updated: readonly number[]
  readonly stale: readonly number[]
  /** The table does not list the move; each is logged as `processing.rejected`. */
  readonly rejected: readonly number[]
  /** A living descendant contradicts the failure. */
  readonly refused: readonly number[]
}

/** Like `transition` for many transactions and one new status, set-based: what is illegal is left out instead of thrown. */
export async function transitionMany(unit: Unit, request: TransitionManyRequest): Promise<TransitionManyResult> {
  const { to, transactions } = request
  const asked = new Map(transactions.map((item) => [item.transactionId, item]))
  const found = asked.size === 0 ? [] : await unit.tx.transactions.findByIds([...asked.keys()])
  const asExpected = found.filter((row) => {
    const item = asked.get(row.transactionId)
    return (
      row.processing === item?.expectedFrom &&
      (item.expectedVersion === undefined || item.expectedVersion === row.rowVersion)
    )
  })
  const rejected = asExpected.filter((row) => refuse(row.processing, to) !== undefined)
  await unit.tx.audit.append(
    rejected.map(({ transactionId, processing }) =>
      rejectionRow(unit, { transactionId, from: processing, to, details: request.details }),
    ),
  )

  const updated: number[] = []
  const refused: number[] = []
  const legal = asExpected.filter((row) => !rejected.includes(row))
  for (const rows of [legal.filter((row) => row.processing !== to), legal.filter((row) => row.processing === to)]) {
    if (rows.length === 0) continue
    const result = await moveTransactions(unit, {
      rows,
      to,
      checkVersion: rows.every(({ transactionId }) => asked.get(transactionId)?.expectedVersion !== undefined),
      changes: changesOf(request, to, undefined),
      details: request.details,
    })
    for (const row of result.moved) {
      updated.push(row.transactionId)
      await noteUnfail(unit, row, to, request.details)
    }
    refused.push(...result.refused.map((row) => row.transactionId))
  }
  const rejectedIds = rejected.map((row) => row.transactionId)
  const settled = new Set([...updated, ...rejectedIds, ...refused])
  return { updated, rejected: rejectedIds, refused, stale: [...asked.keys()].filter((id) => !settled.has(id)) }
}

/** The error of an illegal move, or undefined. */
function refuse(from: ProcessingStatus, to: ProcessingStatus): IllegalTransitionError | undefined {
  if (from === to) return undefined
  const allowed = nextStatuses(from).filter((status) => !isProven(status))
  if (isProven(to)) return new IllegalTransitionError(from, to, allowed, 'Only a recorded proof leads there.')
  return canTransition(from, to) ? undefined : new IllegalTransitionError(from, to, allowed)
}

function changesOf(
  context: TransitionContext,
  to: ProcessingStatus,
  row: TransactionRow | undefined,
): Omit<TransactionChanges, 'processing'> {
  const { provider, providerStatus, nextActionAt } = context
  const frozenReason = context.frozenReason ?? (row?.processing === 'frozen' ? row.frozenReason : null)
  if (to === 'frozen' && (frozenReason === null || frozenReason === '')) {
    throw new InvalidParameterError('frozenReason', context.frozenReason, 'a sentence that says why it is frozen')
  }
  return {
    ...(provider === undefined ? {} : { lastProvider: provider }),
    ...(providerStatus === undefined ? {} : { lastProviderStatus: providerStatus }),
    ...(to === 'frozen' ? { frozenReason } : {}),
    ...(nextActionAt !== undefined && isWatched({ processing: to, frozenReason }) ? { nextActionAt } : {}),
  }
}

/** The two ends of an operator's question are events of their own. */
async function noteUnfail(
  unit: Unit,
  before: TransactionRow,
  to: ProcessingStatus,
  details: AuditDetails | undefined,
): Promise<void> {
  if (before.processing === to || (before.processing !== 'unfail' && to !== 'unfail')) return
  await unit.tx.audit.append([
    auditRow(unit, {
      event: to === 'unfail' ? 'unfail.requested' : 'unfail.resolved',
      transactionId: before.transactionId,
      fromState: before.processing,
      toState: to,
      details,
    }),
  ])
}
