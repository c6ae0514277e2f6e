import type { TransactionRow } from '@txkeep/core'
import type { BroadcastServices } from './broadcast-services.js'
import { postRound } from './post-round.js'
import type { BroadcastResult } from './record-broadcast-result.js'
import type { SoftTimeout } from './soft-timeout.js'
import type { TransactionService } from './transaction-service.js'

export interface BroadcastOptions extends SoftTimeout {
  /** Stops before the next service is asked. What was answered is recorded. */
  readonly signal?: { readonly aborted: boolean }
}

export interface BroadcastOutcome {
  readonly txid: string
  /** `posted`: see `result`. The others were not posted. */
  readonly outcome: 'posted' | 'already-sent' | 'error' | 'unknown'
  readonly result?: BroadcastResult
  readonly why?: string
}

/**
 * What came of handing these transactions to the network: read and mark as `sending`, post outside any database transaction,
 * record. A crash in between leaves `sending`, which is tried again. Services are asked one after the other until one
 * accepts; one that fails is asked last next time. Source: docs/spec/lifecycle.md §6.
 */
export async function broadcastTransactions(
  service: TransactionService,
  networkServices: BroadcastServices | readonly BroadcastServices[],
  txids: readonly string[],
  options: BroadcastOptions = {},
): Promise<readonly BroadcastOutcome[]> {
  const { readyToSend, alreadySent, error, unknown, beef } = await service.collectReqsAndBeef(txids)
  const outcomes: BroadcastOutcome[] = [
    ...alreadySent.map(({ txid }): BroadcastOutcome => ({ txid, outcome: 'already-sent' })),
    ...error.map(({ transaction, why }): BroadcastOutcome => ({ txid: transaction.txid, outcome: 'error', why })),
    ...unknown.map((txid): BroadcastOutcome => ({ txid, outcome: 'unknown' })),
  ]
  if (beef === undefined) return outcomes
  const { sending, moved } = await markSending(service, readyToSend)
  outcomes.push(
    ...moved.map(({ txid }): BroadcastOutcome => ({ txid, outcome: 'error', why: 'it moved a moment ago' })),
  )
  for (const [row, round] of await postRound(listOf(networkServices), beef, sending, options)) {
    const result = await service.recordBroadcastResult({ transactionId: row.transactionId, round })
    outcomes.push({ txid: row.txid, outcome: 'posted', result })
  }
  return outcomes
}

/** Commits `sending` before anything is posted, so that a crash in between is known and retried. */
async function markSending(
  service: TransactionService,
  rows: readonly TransactionRow[],
): Promise<{ sending: TransactionRow[]; moved: TransactionRow[] }> {
  const { updated } = await service.unit(async (inside) => {
    const moved = await inside.transitionMany({
      transactions: rows
        .filter((row) => row.processing !== 'sending')
        .map(({ transactionId, processing, rowVersion }) => ({
          transactionId,
          expectedFrom: processing,
          expectedVersion: rowVersion,
        })),
      to: 'sending',
      details: { why: 'broadcast' },
    })
    const posting = [...moved.updated, ...rows.filter(({ processing }) => processing === 'sending').map(idOf)]
    for (const transactionId of posting) {
      await inside.recordHistoryNote({ transactionId, event: 'broadcast.attempt', details: { of: posting.length } })
    }
    return moved
  })
  const ids = new Set(updated)
  const isSending = (row: TransactionRow): boolean => row.processing === 'sending' || ids.has(row.transactionId)
  return { sending: rows.filter(isSending), moved: rows.filter((row) => !isSending(row)) }
}

function idOf({ transactionId }: TransactionRow): number {
  return transactionId
}

function listOf(services: BroadcastServices | readonly BroadcastServices[]): readonly BroadcastServices[] {
  return 'postBeef' in services ? [services] : services
}
