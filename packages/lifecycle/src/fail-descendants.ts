import { ConflictError, type ActionRow, type NewAuditRow, type StoreReader, type TransactionRow } from '@txkeep/core'
import { abortDraft } from './abort-draft.js'
import { fateOfDescendant, isFailed } from './status-groups.js'
import { auditRow, type Unit } from './unit.js'

/** The known descendants of one transaction, sorted by what its death means to them. */
export interface Family {
  /** Move to `invalid` with it. */
  readonly dying: readonly TransactionRow[]
  /** Not signed yet: aborted with it. */
  readonly drafts: readonly ActionRow[]
  /** The network took them, so the verdict on their ancestor cannot be right. */
  readonly contradicting: readonly TransactionRow[]
}

/**
 * Everything here that spends, directly or not, an output of `ancestor`. Transactions in `alongside` share its fate
 * already: they contradict nothing, and their own descendants count.
 */
export async function findFamily(
  tx: StoreReader,
  ancestor: TransactionRow,
  verdict: 'invalid' | 'doubleSpend',
  alongside: ReadonlySet<number>,
): Promise<Family> {
  const dying: TransactionRow[] = []
  const contradicting: TransactionRow[] = []
  const drafts = new Map<number, ActionRow>()
  const visited = new Set([ancestor.transactionId])
  let generation: readonly number[] = [ancestor.transactionId]
  while (generation.length > 0) {
    const spenders = await tx.actions.findSpendersOfTransactions(generation)
    const ids = new Set<number>()
    for (const action of spenders) {
      if (action.transactionId !== null && !visited.has(action.transactionId)) ids.add(action.transactionId)
      if (action.transactionId === null && !action.userAborted) drafts.set(action.actionId, action)
    }
    const children = ids.size === 0 ? [] : await tx.transactions.findByIds([...ids])
    const living: number[] = []
    for (const child of children) {
      visited.add(child.transactionId)
      if (!isFailed(child.processing)) living.push(child.transactionId)
      if (alongside.has(child.transactionId)) continue
      const fate = fateOfDescendant(child, verdict)
      if (fate === 'dies') dying.push(child)
      if (fate === 'contradicts') contradicting.push(child)
    }
    generation = living
  }
  return { dying: dying.sort(byId), drafts: [...drafts.values()].sort(byActionId), contradicting }
}

/** Moves the family of a dead transaction to `invalid` and aborts its drafts. Source: docs/spec/lifecycle.md §3 step 6. */
export async function failDescendants(
  unit: Unit,
  ancestor: TransactionRow,
  verdict: 'invalid' | 'doubleSpend',
  family: Family,
): Promise<void> {
  const why = { why: 'ancestor', ancestor: ancestor.txid }
  const died: TransactionRow[] = []
  for (const row of family.dying) {
    const before = await failOne(unit, row, verdict)
    if (before !== undefined) died.push(before)
  }
  await unit.tx.audit.append(
    died.map((row): NewAuditRow =>
      auditRow(unit, {
        event: 'processing.changed',
        transactionId: row.transactionId,
        fromState: row.processing,
        toState: 'invalid',
        details: why,
      }),
    ),
  )
  for (const draft of family.drafts) await abortDraft(unit, draft, why)
  if (died.length > 0) {
    await unit.tx.outputs.refreshSpendable({ transactionIds: died.map((row) => row.transactionId) })
  }
}

/**
 * The row as it was when it died, or undefined when it was dead already. Another unit may have moved it since the family
 * was looked up.
 */
async function failOne(
  unit: Unit,
  found: TransactionRow,
  verdict: 'invalid' | 'doubleSpend',
): Promise<TransactionRow | undefined> {
  let row: TransactionRow | undefined = found
  for (let attempt = 0; attempt < 3 && row !== undefined; attempt++) {
    const fate = fateOfDescendant(row, verdict)
    if (fate === 'unaffected') return undefined
    if (fate === 'contradicts') break
    const { transactionId, processing, rowVersion } = row
    const changed = await unit.tx.transactions.compareAndSet(
      { transactionId, processing, rowVersion },
      { processing: 'invalid', processingChangedAt: unit.clock.now(), nextActionAt: null },
    )
    if (changed !== undefined) return row
    row = await unit.tx.transactions.findById(transactionId)
  }
  throw new ConflictError(
    `The descendant ${found.txid} moved while its ancestor was being failed, so nothing was changed. Look at both again.`,
  )
}

function byId(a: TransactionRow, b: TransactionRow): number {
  return a.transactionId - b.transactionId
}

function byActionId(a: ActionRow, b: ActionRow): number {
  return a.actionId - b.actionId
}
