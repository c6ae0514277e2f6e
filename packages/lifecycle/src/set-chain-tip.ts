import { InvalidParameterError, type ChainTipRow, type NewAuditRow, type TransactionRow } from '@txkeep/core'
import { isOutputSpendable } from '@txkeep/spendability'
import { auditRow, type Unit } from './unit.js'

/** The block to store as the best one. */
export type NewChainTip = Pick<ChainTipRow, 'height'> & Partial<Omit<ChainTipRow, 'height'>>

export interface SetChainTipResult {
  /** Coinbase outputs looked at. */
  readonly examined: number
  /** Coinbase outputs that may be spent now, or may not any more. */
  readonly flipped: number
}

/**
 * How many coinbase outputs a new chain tip made spendable, or took back: a lower tip is legal after a reorg. No other
 * output is looked at. Source: docs/spec/lifecycle.md §4.
 *
 * @throws {InvalidParameterError} if the height is no block height.
 */
export async function setChainTip(unit: Unit, tip: NewChainTip): Promise<SetChainTipResult> {
  const { height, blockHash = null, merkleRoot = null } = tip
  if (!Number.isSafeInteger(height) || height < 0) {
    throw new InvalidParameterError('height', height, 'a block height, an integer from 0')
  }
  const before = await unit.tx.chainTip.get()
  await unit.tx.chainTip.set({ height, blockHash, merkleRoot, observedAt: tip.observedAt ?? unit.clock.now() })
  if (before?.height === height) return { examined: 0, flipped: 0 }
  const result = await unit.tx.outputs.refreshSpendable({ coinbaseOnly: true })
  if (result.flipped > 0) await auditFlips(unit, before?.height, height)
  return result
}

/** Writes one row per coinbase transaction whose outputs the move from one height to the other matured or took back. */
async function auditFlips(unit: Unit, from: number | undefined, to: number): Promise<void> {
  const lowest = Math.max(0, Math.min(from ?? 0, to) - unit.coinbaseMaturityBlocks)
  for (let afterId = 0; ;) {
    const page = await unit.tx.transactions.listProvenFrom({ height: lowest, afterId, limit: PAGE_ROWS })
    const coinbases = page.filter((row) => row.isCoinbase)
    const rows: NewAuditRow[] = []
    for (const row of coinbases) rows.push(...(await flipsOf(unit, row, from, to)))
    await unit.tx.audit.append(rows)
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE_ROWS) return
    afterId = last.transactionId
  }
}

async function flipsOf(unit: Unit, row: TransactionRow, from: number | undefined, to: number): Promise<NewAuditRow[]> {
  const matured: number[] = []
  const lost: number[] = []
  for (const action of await unit.tx.actions.findByTransactions([row.transactionId])) {
    for (const output of await unit.tx.outputs.findByAction(action.actionId)) {
      const facts = { ...output, userAborted: action.userAborted }
      const was = isOutputSpendable(facts, row, from === undefined ? undefined : { height: from })
      const is = isOutputSpendable(facts, row, { height: to })
      if (is && !was) matured.push(output.outputId)
      if (was && !is) lost.push(output.outputId)
    }
  }
  const rows: NewAuditRow[] = []
  if (matured.length > 0) rows.push(maturityRow(unit, row, 'coinbase.matured', matured, to))
  if (lost.length > 0) rows.push(maturityRow(unit, row, 'coinbase.lost', lost, to))
  return rows
}

function maturityRow(
  unit: Unit,
  { transactionId, height }: TransactionRow,
  event: 'coinbase.matured' | 'coinbase.lost',
  outputIds: readonly number[],
  tipHeight: number,
): NewAuditRow {
  return auditRow(unit, { event, transactionId, details: { height, tipHeight, outputIds } })
}

const PAGE_ROWS = 500
