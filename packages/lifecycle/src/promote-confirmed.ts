import { provenStatus } from '@txkeep/fsm'
import { moveTransactions } from './move-transactions.js'
import type { Unit } from './unit.js'

export interface PromoteRequest {
  /** Height of the best block. Left out: the stored tip. */
  readonly tipHeight?: number
  /** Only these, e.g. those whose stored root was checked again. Left out: every unconfirmed one. */
  readonly transactionIds?: readonly number[]
  /** Ids above this one. Default 0. */
  readonly afterId?: number
  /** Rows to look at. Default 500. */
  readonly limit?: number
}

export interface PromoteResult {
  /** Ids that are confirmed now. */
  readonly promoted: readonly number[]
  /** Where the next page begins; undefined when this was the last one. */
  readonly nextAfterId: number | undefined
}

/**
 * One page of `unconfirmed` transactions whose block is buried by now, moved to `confirmed`. Asks no provider: their proof
 * is stored already. Source: docs/spec/lifecycle.md §5.
 */
export async function promoteConfirmed(unit: Unit, request: PromoteRequest = {}): Promise<PromoteResult> {
  const { limit = PAGE_ROWS, afterId = 0, transactionIds } = request
  const tipHeight = request.tipHeight ?? (await unit.tx.chainTip.get())?.height
  if (tipHeight === undefined) return { promoted: [], nextAfterId: undefined }
  const rows =
    transactionIds === undefined
      ? await unit.tx.transactions.listByProcessing({ processing: ['unconfirmed'], afterId, limit })
      : await unit.tx.transactions.findByIds(transactionIds)
  const buried = rows.filter(
    ({ processing, height, merklePath }) =>
      processing === 'unconfirmed' &&
      height !== null &&
      merklePath !== null &&
      provenStatus({ height, tipHeight, minConfirmationDepth: unit.minConfirmationDepth }) === 'confirmed',
  )
  const { moved } = await moveTransactions(unit, {
    rows: buried,
    to: 'confirmed',
    checkVersion: true,
    details: { why: 'depth', tipHeight },
  })
  const isLast = transactionIds !== undefined || rows.length < limit
  return {
    promoted: moved.map((row) => row.transactionId),
    nextAfterId: isLast ? undefined : rows.at(-1)?.transactionId,
  }
}

const PAGE_ROWS = 500
