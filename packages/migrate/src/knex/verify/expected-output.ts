import { COINBASE_MATURITY_BLOCKS, type ProcessingStatus, type WithheldReason } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import { isOutputPending, isOutputSpendable } from '@txkeep/spendability'
import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'

/** One legacy output with everything that decides what becomes of it. Flags are 0 or 1. */
export interface LegacyOutputFacts {
  readonly outputId: number
  readonly userId: number
  readonly basketId: number | null
  readonly vout: number
  readonly satoshis: number
  readonly purpose: string
  /** The legacy flag, as stored. */
  readonly flag: number
  readonly spentBy: number | null
  readonly spenderExists: number
  /** The keeper of the spender's group, when the spender is a duplicate. */
  readonly spenderKeeper: number | null
  readonly legacyStatus: string | null
  readonly transactionId: number
  readonly isOrphan: number
  /** The row that keeps this output's txid, when its own row is a duplicate. */
  readonly keeperId: number | null
  /** The keeper's output at the same place, when there is one: then this one is its twin. */
  readonly keeperOutputId: number | null
  /** Who spends the keeper's output because a twin of it is spent. */
  readonly twinSpentBy: number | null
  readonly isTaken: number
  readonly takenBy: number | null
  readonly hasWrongScript: number
  readonly txid: string | null
  readonly processing: ProcessingStatus | null
  readonly isCoinbase: number
  readonly height: number | null
  readonly rawLength: number | null
  readonly hasScript: number
  readonly scriptOffset: number | null
  readonly scriptLength: number | null
  readonly aborted: number
}

/** What our row must say, whoever wrote it. */
export interface ExpectedOutput {
  /** Undefined for an orphan: a placeholder action made by the migration. */
  readonly actionId: number | undefined
  readonly spentByActionId: number | null
  readonly withheld: WithheldReason | null
  readonly maturesAtHeight: number | null
  readonly txid: string | null
  readonly spendable: boolean
  readonly pending: boolean
  /** Whether a wallet's lists show it. Source: docs/spec/wallet-storage.md §14. */
  readonly listed: boolean
}

/** The facts of every legacy output, in order of `outputId`. Needs the model of `buildLegacyModel`. */
export function readLegacyOutputs(session: SqlSession, db: LegacyDatabase): AsyncIterable<LegacyOutputFacts> {
  const transactions = db.legacy('transactions')
  const outputs = db.legacy('outputs')
  return session.iterate<LegacyOutputFacts>(
    `SELECT o.outputId, o.userId, o.basketId, o.vout, o.satoshis, o.purpose, o.spendable <> 0 AS flag, o.spentBy,
            s.transactionId IS NOT NULL AS spenderExists, sl.keeperId AS spenderKeeper, t.status AS legacyStatus,
            o.transactionId, t.transactionId IS NULL AS isOrphan, l.keeperId, twin.outputId AS keeperOutputId,
            spent.spentBy AS twinSpentBy, taken.outputId IS NOT NULL AS isTaken, taken.spenderId AS takenBy,
            w.outputId IS NOT NULL AS hasWrongScript, m.txid, m.processing, coalesce(m.isCoinbase, 0) AS isCoinbase,
            m.height, m.rawLength, o.lockingScript IS NOT NULL AS hasScript, o.scriptOffset, o.scriptLength,
            CASE WHEN m.txid IS NULL THEN t.status = 'failed' ELSE coalesce(ab.aborted, 0) END AS aborted
       FROM ${outputs} o
       LEFT JOIN ${transactions} t ON t.transactionId = o.transactionId
       LEFT JOIN model_loser l ON l.transactionId = o.transactionId
       LEFT JOIN ${transactions} k ON k.transactionId = l.keeperId
       LEFT JOIN ${outputs} twin ON twin.transactionId = l.keeperId AND twin.vout = o.vout AND twin.userId = o.userId
       LEFT JOIN (SELECT kl.keeperId, lo.vout, lo.userId, min(coalesce(sl2.keeperId, lo.spentBy)) AS spentBy
                    FROM model_loser kl JOIN ${outputs} lo ON lo.transactionId = kl.transactionId
                    JOIN ${transactions} ls ON ls.transactionId = lo.spentBy
                    LEFT JOIN model_loser sl2 ON sl2.transactionId = lo.spentBy
                   GROUP BY kl.keeperId, lo.vout, lo.userId) spent
              ON spent.keeperId = o.transactionId AND spent.vout = o.vout AND spent.userId = o.userId
       LEFT JOIN ${transactions} s ON s.transactionId = o.spentBy
       LEFT JOIN model_loser sl ON sl.transactionId = o.spentBy
       LEFT JOIN model_txid m ON m.txid = lower(t.txid)
       LEFT JOIN model_abort ab ON ab.cell = m.cell AND ab.status = coalesce(k.status, t.status)
       LEFT JOIN model_taken taken ON taken.outputId = o.outputId
       LEFT JOIN model_wrong_script w ON w.outputId = o.outputId
      ORDER BY o.outputId`,
  )
}

const LISTED_STATUSES: readonly ProcessingStatus[] = [...ACCEPTED_STATUSES, 'queued', 'sending', 'nosend', 'reorging']

/**
 * What becomes of one output by docs/spec/migration.md §2 and docs/spec/lifecycle.md §4. Pure; written from the rules, not
 * from the statements that fill our tables.
 *
 * @param tipHeight the highest proven height, or null when nothing is proven
 */
export function decideOutput(facts: LegacyOutputFacts, tipHeight: number | null): ExpectedOutput {
  const isTwin = facts.keeperOutputId !== null
  const processing = isTwin ? null : facts.processing
  const spentByActionId = spenderOf(facts)
  const withheld = withheldFor(facts, spentByActionId, processing)
  const maturesAtHeight =
    facts.isCoinbase === 1 && facts.height !== null && !isTwin ? facts.height + COINBASE_MATURITY_BLOCKS : null
  const userAborted = isTwin || facts.aborted === 1
  const output = {
    spendable: false,
    pending: false,
    spentByActionId,
    withheld,
    maturesAtHeight,
    scriptLength: facts.scriptLength,
    scriptOffset: facts.scriptOffset,
    lockingScript: facts.hasScript === 1 ? { length: 1 } : null,
    userAborted,
  }
  const transaction =
    processing === null
      ? undefined
      : {
          processing,
          isCoinbase: facts.isCoinbase === 1,
          rawTx: facts.rawLength === null ? null : { length: facts.rawLength },
        }
  const tip = tipHeight === null ? undefined : { height: tipHeight }
  return {
    actionId: facts.isOrphan === 1 ? undefined : isTwin ? facts.transactionId : (facts.keeperId ?? facts.transactionId),
    spentByActionId,
    withheld,
    maturesAtHeight,
    txid: isTwin ? null : facts.txid,
    spendable: isOutputSpendable(output, transaction, tip),
    pending: isOutputPending(output, transaction, tip),
    listed:
      spentByActionId === null &&
      withheld === null &&
      !userAborted &&
      processing !== null &&
      LISTED_STATUSES.includes(processing),
  }
}

/** A spender that is there, or its keeper; else what a twin or a live transaction says. */
function spenderOf(facts: LegacyOutputFacts): number | null {
  if (facts.spentBy !== null && facts.spenderExists === 1) return facts.spenderKeeper ?? facts.spentBy
  if (facts.twinSpentBy !== null) return facts.twinSpentBy
  return facts.isTaken === 1 ? facts.takenBy : null
}

function withheldFor(
  facts: LegacyOutputFacts,
  spentByActionId: number | null,
  processing: ProcessingStatus | null,
): WithheldReason | null {
  if (facts.purpose === 'storage-commission') return 'commission'
  if (facts.keeperOutputId !== null) return 'duplicate'
  if (facts.isTaken === 1 && facts.takenBy === null) return 'spent-elsewhere'
  if (facts.isOrphan === 1 || facts.hasWrongScript === 1) return 'legacy'
  const isDangling = facts.spentBy !== null && facts.spenderExists === 0
  if (isDangling && facts.flag === 0 && spentByActionId === null) return 'legacy'
  const isAccepted = processing !== null && ACCEPTED_STATUSES.includes(processing)
  return facts.flag === 0 && spentByActionId === null && isAccepted ? 'legacy' : null
}
