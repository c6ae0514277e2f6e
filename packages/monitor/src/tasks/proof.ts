import type { TransactionRow } from '@txkeep/core'
import { postRound } from '@txkeep/lifecycle'
import { ask, providersOf } from '../ask.js'
import { eachRow, postpone, transactionsIn } from '../each-row.js'
import { lookForProof } from '../look-for-proof.js'
import type { MonitorTask, TaskContext } from '../monitor-task.js'

export interface ProofTaskOptions {
  /** Look-ups without an answer, one counted per block, before it is broadcast again. 144 on main, 100 elsewhere. */
  readonly maxProofAttempts?: number
  /** Rounds of that before an operator is told; 0 means for ever. Default 0. */
  readonly maxRebroadcastCycles?: number
}

/** Looks for proofs of what was sent, and confirms what is buried by now. Source: docs/spec/monitor.md §2, P1 to P6. */
export function proofTask({ maxProofAttempts = 144, maxRebroadcastCycles = 0 }: ProofTaskOptions = {}): MonitorTask {
  return {
    name: 'proof',
    everyMs: 600_000,
    async run(context) {
      const promoted = await promote(context)
      const tip = await context.service.getChainTip()
      const tipHash = tip === undefined ? null : (tip.blockHash ?? String(tip.height))
      // Attempts count once per block, however many runs there are.
      const isNewBlock = tipHash !== null && tipHash !== context.cursor
      const counts = await eachRow(
        context,
        transactionsIn(context, ['sending', 'sent', 'seen', 'seen_multi']),
        async (row) => {
          const search = await lookForProof(context, row)
          if (search === 'recorded' || search === 'stale') return
          if (row.processing === 'sending') return
          if (search !== 'none' || !isNewBlock) return postpone(context, row, NEXT_LOOK_MS)
          await countAttempt(context, row, { maxProofAttempts, maxRebroadcastCycles })
        },
      )
      const { rows, errors } = counts
      return { cursor: tipHash, facts: { rows, errors, promoted } }
    },
  }
}

const NEXT_LOOK_MS = 60_000
const STALLED_LOOK_MS = 3_600_000

/** P4: what is buried by now is confirmed without asking a provider, once its root still is the chain's. */
async function promote(context: TaskContext): Promise<number> {
  const tip = await context.service.getChainTip()
  const roots = new Map<string, boolean | undefined>()
  let promoted = 0
  const source = transactionsIn(context, ['unconfirmed'], { isDue: false })
  await eachRow(context, source, async ({ transactionId, height, merkleRoot }) => {
    if (tip === undefined || height === null || merkleRoot === null || height >= tip.height) return
    const key = `${height} ${merkleRoot}`
    if (!roots.has(key)) {
      roots.set(key, await ask(context, () => context.network.isValidRootForHeight(merkleRoot, height)))
    }
    const isCanonical = roots.get(key)
    if (isCanonical === false) await context.service.reorgTransactions([transactionId], { why: 'root' })
    if (isCanonical !== true) return
    promoted += (await context.service.promoteConfirmed({ transactionIds: [transactionId] })).length
  })
  return promoted
}

async function countAttempt(
  context: TaskContext,
  row: TransactionRow,
  { maxProofAttempts, maxRebroadcastCycles }: Required<ProofTaskOptions>,
): Promise<void> {
  const { service, clock } = context
  const { transactionId, rowVersion } = row
  const nextActionAt = new Date(clock.now().getTime() + NEXT_LOOK_MS)
  const counted = await service.recordProofAttempt({ transactionId, expectedVersion: rowVersion, nextActionAt })
  if (counted.outcome !== 'counted') return
  const { proofAttempts, rebroadcastCycles } = counted.transaction
  if (proofAttempts === 0 || proofAttempts % maxProofAttempts !== 0) return
  if (maxRebroadcastCycles > 0 && rebroadcastCycles >= maxRebroadcastCycles) {
    const details = { proofAttempts, rebroadcastCycles }
    await service.recordHistoryNote({ transactionId, event: 'proof.stalled', details })
    return postpone(context, counted.transaction, STALLED_LOOK_MS)
  }
  await rebroadcast(context, counted.transaction)
}

/** P6: posts it once more. A success is noted, hard evidence of a double spend counts, a mere refusal is only noted. */
async function rebroadcast(context: TaskContext, row: TransactionRow): Promise<void> {
  const { service, signal } = context
  const { transactionId } = row
  await service.incrementAttempts(transactionId, 'rebroadcastCycles')
  const { beef, incomplete } = await service.mergeBeefForTxids([row.txid])
  if (incomplete.size > 0) return
  const rounds = await postRound(providersOf(context), beef.toUint8Array(), [row], { signal })
  const round = rounds.get(row)
  if (round === undefined || signal.aborted) return
  const isRefused = round.answers.every(({ answer }) => answer === 'reject')
  if (!isRefused) await service.recordBroadcastResult({ transactionId, round, details: { why: 'rebroadcast' } })
  else {
    const details = { why: 'rebroadcast', answers: round.answers, lookups: round.lookups ?? [] }
    await service.recordHistoryNote({ transactionId, event: 'broadcast.discrepancy', details })
  }
}
