import type { NewAuditRow, ProcessingStatus, TransactionChanges, TransactionRow } from '@txkeep/core'
import { isSpendableStatus } from '@txkeep/fsm'
import { failDescendants, findFamily, type Family } from './fail-descendants.js'
import { holdInputs } from './hold-inputs.js'
import { toHex } from './raw-transaction.js'
import { findDiedWith, reviveDescendants } from './revive-descendants.js'
import { reviveActions } from './revive-actions.js'
import { clearMaturity } from './coinbase-outputs.js'
import { firstLook, holdsInputs, isFailed, isProven } from './status-groups.js'
import { auditRow, type AuditDetails, type Unit } from './unit.js'

/**
 * A change of status whose legality is settled already: one new status for any number of rows. Either every row holds it
 * already (a refresh) or none does.
 */
export interface Move {
  readonly rows: readonly TransactionRow[]
  readonly to: ProcessingStatus
  /** Also compare `rowVersion` with the rows as read. */
  readonly checkVersion?: boolean
  /** Columns to write together with the status. */
  readonly changes?: Omit<TransactionChanges, 'processing'>
  readonly details?: AuditDetails | undefined
  /** As in `Holding`. */
  readonly forUser?: number | undefined
}

export interface Moved {
  /** Rows as they were before the move. */
  readonly moved: readonly TransactionRow[]
  /** Not as expected any more; nothing was changed. */
  readonly stale: readonly TransactionRow[]
  /** A living descendant contradicts the failure. Their status stays, and a look-up is due. */
  readonly refused: readonly TransactionRow[]
}

/**
 * The unit of work of a transition: compare-and-set, audit row, the transaction's own outputs, the inputs it holds, its
 * descendants. Does not ask the table; callers do. Source: docs/spec/lifecycle.md §3.
 */
export async function moveTransactions(unit: Unit, move: Move): Promise<Moved> {
  const { families, refused } = await planFailure(unit, move)
  const { moved, stale } = await compareAndSet(unit, {
    ...move,
    rows: refused.length === 0 ? move.rows : move.rows.filter((row) => !refused.includes(row)),
  })
  const changed = moved.filter((row) => row.processing !== move.to)
  const diedWith = move.to === 'unfail' ? await planRevival(unit, changed) : new Map<number, TransactionRow[]>()

  await unit.tx.audit.append(changed.map((row) => changedRow(unit, row, move, families.get(row.transactionId))))
  for (const row of changed) {
    const family = families.get(row.transactionId)
    if (family !== undefined) await failDescendants(unit, row, failure(move.to), family)
    const died = diedWith.get(row.transactionId)
    if (died !== undefined) await reviveDescendants(unit, row, died)
  }

  const unproven = changed.filter((row) => losesProof(row, move.to) && row.isCoinbase)
  if (unproven.length > 0) await clearMaturity(unit, unproven)
  if (isSpendableStatus(move.to)) await reviveActions(unit, changed)
  if (holdsInputs(move.to)) {
    await holdInputs(unit, changed, {
      status: move.to,
      ...(move.forUser === undefined ? {} : { forUser: move.forUser }),
    })
  }
  if (changed.length > 0) {
    await unit.tx.outputs.refreshSpendable({ transactionIds: changed.map((row) => row.transactionId) })
    if (isFailed(move.to)) await unit.tx.tasks.wake([RELEASE_INPUTS_TASK])
  }
  return { moved, stale, refused }
}

/** Asks the network about the inputs of dead transactions, which stay locked until then. Source: docs/spec/monitor.md §2. */
const RELEASE_INPUTS_TASK = 'release_inputs'

/** Families of the rows that may fail, and the rows that may not because a living descendant contradicts it. */
async function planFailure(
  unit: Unit,
  { rows, to, details }: Move,
): Promise<{ families: Map<number, Family>; refused: TransactionRow[] }> {
  const families = new Map<number, Family>()
  const refused: TransactionRow[] = []
  if (!isFailed(to)) return { families, refused }
  const alongside = new Set(rows.map((row) => row.transactionId))
  for (const row of rows) {
    if (row.processing === to) continue
    const family = await findFamily(unit.tx, row, failure(to), alongside)
    if (family.contradicting.length === 0) families.set(row.transactionId, family)
    else {
      refused.push(row)
      await recordRefusal(unit, row, to, family, details)
    }
  }
  return { families, refused }
}

async function recordRefusal(
  unit: Unit,
  row: TransactionRow,
  to: ProcessingStatus,
  family: Family,
  details: AuditDetails | undefined,
): Promise<void> {
  await unit.tx.transactions.update(row.transactionId, { nextActionAt: unit.clock.now() })
  await unit.tx.audit.append([
    auditRow(unit, {
      event: 'broadcast.discrepancy',
      transactionId: row.transactionId,
      fromState: row.processing,
      toState: to,
      details: { ...details, why: 'living-descendant', descendants: family.contradicting.map(({ txid }) => txid) },
    }),
  ])
}

async function planRevival(
  unit: Unit,
  rows: readonly TransactionRow[],
): Promise<ReadonlyMap<number, readonly TransactionRow[]>> {
  const plan = new Map<number, readonly TransactionRow[]>()
  for (const row of rows) plan.set(row.transactionId, await findDiedWith(unit, row))
  return plan
}

async function compareAndSet(
  unit: Unit,
  { rows, to, checkVersion, changes = {} }: Move,
): Promise<{ moved: TransactionRow[]; stale: TransactionRow[] }> {
  const now = unit.clock.now()
  const isRefresh = rows.every((row) => row.processing === to)
  const columns: TransactionChanges = {
    processing: to,
    ...(isRefresh ? {} : { processingChangedAt: now, nextActionAt: firstLook(to, changes.frozenReason ?? null, now) }),
    ...(to === 'frozen' ? {} : { frozenReason: null }),
    ...(isSpendableStatus(to) ? { wasBroadcast: true, attempts: 0 } : {}),
    ...(to === 'reorging' ? { proofAttempts: 0 } : {}),
    ...(rows.some((row) => losesProof(row, to)) ? NO_PROOF : {}),
    ...changes,
  }
  const expected = rows
    .map(({ transactionId, processing, rowVersion }) => ({
      transactionId,
      processing,
      ...(checkVersion === true ? { rowVersion } : {}),
    }))
    .sort((a, b) => a.transactionId - b.transactionId)
  const ids = new Set(expected.length === 0 ? [] : await unit.tx.transactions.compareAndSetMany(expected, columns))
  return {
    moved: rows.filter((row) => ids.has(row.transactionId)),
    stale: rows.filter((row) => !ids.has(row.transactionId)),
  }
}

const NO_PROOF: TransactionChanges = {
  height: null,
  merkleIndex: null,
  merklePath: null,
  merkleRoot: null,
  blockHash: null,
}

/** A merkle path belongs to a proven status: whatever leaves one loses it, and the audit row keeps it. */
function losesProof(row: TransactionRow, to: ProcessingStatus): boolean {
  return isProven(row.processing) && !isProven(to)
}

function changedRow(unit: Unit, row: TransactionRow, move: Move, family: Family | undefined): NewAuditRow {
  const { changes } = move
  return auditRow(unit, {
    event: 'processing.changed',
    transactionId: row.transactionId,
    fromState: row.processing,
    toState: move.to,
    details: {
      ...move.details,
      ...(typeof changes?.lastProvider === 'string' ? { provider: changes.lastProvider } : {}),
      ...(typeof changes?.lastProviderStatus === 'string' ? { providerStatus: changes.lastProviderStatus } : {}),
      ...(typeof changes?.frozenReason === 'string' ? { frozenReason: changes.frozenReason } : {}),
      ...(losesProof(row, move.to) ? { proof: storedProof(row) } : {}),
      ...(family === undefined || family.dying.length === 0
        ? {}
        : { descendants: family.dying.map(({ transactionId }) => transactionId) }),
    },
  })
}

/** The proof columns as an audit row keeps them. */
export function storedProof(row: TransactionRow): AuditDetails {
  const { height, merkleIndex, merklePath, merkleRoot, blockHash } = row
  return { height, merkleIndex, merkleRoot, blockHash, merklePath: merklePath === null ? null : toHex(merklePath) }
}

function failure(to: ProcessingStatus): 'invalid' | 'doubleSpend' {
  return to === 'doubleSpend' ? 'doubleSpend' : 'invalid'
}
