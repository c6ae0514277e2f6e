import {
  formatOutpoint,
  type ActionRow,
  type NewAuditRow,
  type OutputRow,
  type ProcessingStatus,
  type TransactionRow,
} from '@txkeep/core'
import { abortDraft } from './abort-draft.js'
import { outweighs } from './outweighs.js'
import { parseStoredTransaction } from './raw-transaction.js'
import { isFailed, isProven } from './status-groups.js'
import { auditRow, type Unit } from './unit.js'

export interface Holding {
  /** The status they are in now; left out, that of the rows. */
  readonly status?: ProcessingStatus
  /** Who says so, where the network did not: then a coin of anybody else is touched only by a proven transaction. */
  readonly forUser?: number
}

/**
 * Marks every output here that these live transactions consume as spent by its owner's action, or, where the owner has
 * no such action, as withheld. A coin that another live action holds stays with it (`input.conflict`); a draft loses its
 * coin and is aborted; a dead holder loses it too. Repeating it changes nothing. Source: docs/spec/lifecycle.md §3 step 5.
 *
 * A transaction nobody took yet (`sending`) takes coins of those alone whose action it is: else a user could lock the coins of
 * another one with a transaction the network would never accept.
 */
export async function holdInputs(
  unit: Unit,
  rows: readonly TransactionRow[],
  { status, forUser }: Holding = {},
): Promise<void> {
  for (const row of rows) {
    const inputs = parseStoredTransaction(row.rawTx)?.inputs ?? []
    if (inputs.length === 0) continue
    const outputs = await unit.tx.outputs.findByOutpoints(inputs)
    const holding = status ?? row.processing
    const isHearsay = forUser === undefined ? holding === 'sending' : !isProven(holding)
    if (outputs.length > 0) await holdOutputs(unit, row, outputs, isHearsay)
  }
}

async function holdOutputs(
  unit: Unit,
  row: TransactionRow,
  consumed: readonly OutputRow[],
  isHearsay: boolean,
): Promise<void> {
  const spenders = new Map(
    (await unit.tx.actions.findByTransactions([row.transactionId])).map((action) => [action.userId, action]),
  )
  const outputs = isHearsay ? consumed.filter(({ userId }) => spenders.has(userId)) : consumed
  const free = await freeOutputs(unit, row, outputs, new Set([...spenders.values()].map((action) => action.actionId)))
  for (const output of free) {
    const spender = spenders.get(output.userId)
    if (spender === undefined) await withholdAsSpent(unit, row, output)
    else await spend(unit, row, output, spender)
  }
}

/** Outputs to take now: unheld ones, and those whose holder had to let go. */
async function freeOutputs(
  unit: Unit,
  row: TransactionRow,
  outputs: readonly OutputRow[],
  own: ReadonlySet<number>,
): Promise<OutputRow[]> {
  const free: OutputRow[] = []
  for (const output of outputs) {
    const holderId = output.spentByActionId
    if (holderId === null) free.push(output)
    else if (!own.has(holderId) && (await letGo(unit, row, output, holderId))) {
      free.push({ ...output, spentByActionId: null })
    }
  }
  return free
}

/** Whether the holder of this coin had to let go of it. */
async function letGo(unit: Unit, row: TransactionRow, output: OutputRow, holderId: number): Promise<boolean> {
  const holder = await unit.tx.actions.findById(holderId)
  if (holder === undefined) return false
  if (holder.transactionId === null) {
    // A draft aborted a moment ago, for another of its coins, has let go of this one already.
    if (!holder.userAborted) {
      await abortDraft(unit, holder, { why: 'input-spent', outpoint: outpointOf(output), txid: row.txid })
    } else await unit.tx.outputs.releaseSpentBy(holderId, [output.outputId])
    return true
  }
  const spender = await unit.tx.transactions.findById(holder.transactionId)
  if (spender !== undefined && isFailed(spender.processing)) {
    await unit.tx.outputs.releaseSpentBy(holderId, [output.outputId])
    return true
  }
  await unit.tx.audit.append([conflict(unit, row, output, holder)])
  return false
}

async function spend(unit: Unit, row: TransactionRow, output: OutputRow, spender: ActionRow): Promise<void> {
  const { tx } = unit
  if (output.withheld === null) {
    const taken = await tx.outputs.claim({
      outputIds: [output.outputId],
      actionId: spender.actionId,
      allowAny: true,
    })
    if (taken.length === 0) {
      await tx.audit.append([conflict(unit, row, output, undefined)])
      return
    }
  } else {
    // Nobody can claim a withheld coin, so no guard is needed. Its reason ends where it is known who spent it.
    const withheld = output.withheld === 'spent-elsewhere' ? null : output.withheld
    await tx.outputs.update(output.outputId, {
      spentByActionId: spender.actionId,
      withheld,
      spendable: false,
      pending: false,
    })
  }
  await tx.audit.append([
    auditRow(unit, {
      event: 'input.spent',
      transactionId: row.transactionId,
      actionId: spender.actionId,
      details: { outputId: output.outputId, outpoint: outpointOf(output) },
    }),
  ])
}

async function withholdAsSpent(unit: Unit, row: TransactionRow, output: OutputRow): Promise<void> {
  if (!outweighs('spent-elsewhere', output.withheld)) return
  await unit.tx.outputs.update(output.outputId, { withheld: 'spent-elsewhere', spendable: false, pending: false })
  await unit.tx.audit.append([
    auditRow(unit, {
      event: 'output.withheld',
      transactionId: row.transactionId,
      actionId: output.actionId,
      fromState: output.withheld,
      toState: 'spent-elsewhere',
      details: { why: 'consumed', outputId: output.outputId, outpoint: outpointOf(output), txid: row.txid },
    }),
  ])
}

function conflict(unit: Unit, row: TransactionRow, output: OutputRow, holder: ActionRow | undefined): NewAuditRow {
  return auditRow(unit, {
    event: 'input.conflict',
    transactionId: row.transactionId,
    actionId: output.actionId,
    details: {
      outputId: output.outputId,
      outpoint: outpointOf(output),
      heldBy: holder?.actionId,
      heldByTransaction: holder?.transactionId ?? undefined,
    },
  })
}

function outpointOf(output: OutputRow): string {
  return formatOutpoint({ txid: output.txid ?? '', vout: output.vout })
}
