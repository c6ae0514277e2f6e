import { LeaseLostError, type TransactionRow, type TransactionsByProcessing } from '@txkeep/core'
import { RunStoppedError, throwIfStopped } from './ask.js'
import type { TaskContext } from './monitor-task.js'

/** How a run through many rows went. */
export interface RowCounts {
  readonly rows: number
  /** Rows whose work threw; they are looked at again later. */
  readonly errors: number
  /** The first of these errors, as a sentence. */
  readonly firstError?: string
  /** More rows wait than one run takes. */
  readonly isFull: boolean
}

/**
 * Works through rows page by page, by key, until there is none or `atMost` were seen. What one row throws is counted and keeps no
 * other from its turn; a lost lease and a stop end the run.
 */
export async function eachRow<Row>(
  context: TaskContext,
  source: {
    readonly list: (afterId: number, limit: number) => Promise<readonly Row[]>
    readonly idOf: (row: Row) => number
    readonly afterId?: number
    readonly atMost?: number
  },
  work: (row: Row) => Promise<void>,
): Promise<RowCounts & { readonly lastId: number }> {
  const { atMost = Infinity } = source
  let lastId = source.afterId ?? 0
  let rows = 0
  let errors = 0
  let firstError: string | undefined
  for (;;) {
    const limit = Math.min(PAGE_ROWS, atMost - rows)
    if (limit <= 0) break
    throwIfStopped(context)
    const page = await source.list(lastId, limit)
    for (const row of page) {
      throwIfStopped(context)
      try {
        await work(row)
      } catch (error) {
        if (error instanceof LeaseLostError || error instanceof RunStoppedError) throw error
        errors += 1
        firstError ??= error instanceof Error ? error.message : String(error)
      }
      lastId = source.idOf(row)
      rows += 1
    }
    if (page.length < limit) return { rows, errors, lastId, isFull: false, ...(firstError && { firstError }) }
  }
  return { rows, errors, lastId, isFull: true, ...(firstError && { firstError }) }
}

const PAGE_ROWS = 100

/** The transactions of these statuses that are due, or all of them. */
export function transactionsIn(
  context: TaskContext,
  processing: TransactionsByProcessing['processing'],
  { isDue = true }: { readonly isDue?: boolean } = {},
): {
  readonly list: (afterId: number, limit: number) => Promise<readonly TransactionRow[]>
  readonly idOf: (row: TransactionRow) => number
} {
  const due = isDue ? { dueAt: context.clock.now() } : {}
  return {
    list: (afterId, limit) =>
      context.store.read((tx) => tx.transactions.listByProcessing({ processing, afterId, limit, ...due })),
    idOf: ({ transactionId }) => transactionId,
  }
}

/** Looks at this transaction again after a while; its status stays. Somebody who moved it meanwhile wins. */
export async function postpone(
  { service, clock }: TaskContext,
  { transactionId, processing, rowVersion }: TransactionRow,
  ms: number,
): Promise<void> {
  await service.transition({
    transactionId,
    expectedFrom: processing,
    expectedVersion: rowVersion,
    to: processing,
    nextActionAt: new Date(clock.now().getTime() + ms),
  })
}
