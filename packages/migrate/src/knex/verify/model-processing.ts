import type { ProcessingStatus } from '@txkeep/core'
import { combineLegacyUsers, legacyToProcessing, type CombinedLegacyUsers, type LegacyPair } from '@txkeep/fsm'
import type { SqlSession } from '../sql-session.js'

/** What the pair rule looks at, once per combination that occurs: a database of any size has a few dozen. */
export interface Situation {
  readonly requestStatus: string | null
  readonly wasBroadcast: number
  readonly hasProof: number
  /** A proof is stored that proves nothing, and no other: the transaction was accepted once, and has to be proven again. */
  readonly hasBadProof: number
  readonly hasRawTx: number
  /** The distinct statuses of users' rows as a JSON array, or null when no user has one. */
  readonly statuses: string | null
}

/** Everything the pair rule looks at in one text, so that equal situations can be found by an index. */
const SITUATION = [
  `coalesce(requestStatus, '-')`,
  flag('wasBroadcast <> 0'),
  flag('proofId IS NOT NULL'),
  flag('provenId IS NOT NULL'),
  flag('rawLength IS NOT NULL'),
  `coalesce(statuses, '-')`,
].join(` || '\u001f' || `)

/** 1 or 0: not every engine counts with conditions. */
function flag(condition: string): string {
  return `CASE WHEN ${condition} THEN 1 ELSE 0 END`
}

/** Fills `model_txid.processing` and `model_abort` by the pair rule of `@txkeep/fsm`, asked once per situation. */
export async function decideProcessing(session: SqlSession): Promise<void> {
  const situations = await session.all<Situation & { situation: string }>(
    `SELECT ${SITUATION} AS situation, min(requestStatus) AS requestStatus, max(${flag('wasBroadcast <> 0')}) AS wasBroadcast,
            max(${flag('proofId IS NOT NULL')}) AS hasProof, max(${flag('proofId IS NULL AND provenId IS NOT NULL')}) AS hasBadProof,
            max(${flag('rawLength IS NOT NULL')}) AS hasRawTx, min(statuses) AS statuses
       FROM model_txid GROUP BY 1`,
  )
  for (const [cell, situation] of situations.entries()) {
    await session.run(`INSERT INTO model_cell (cell, situation, processing, frozenReason) VALUES (?, ?, ?, ?)`, [
      cell,
      situation.situation,
      expectedProcessing(situation),
      expectedFrozenReason(situation) ?? null,
    ])
    for (const status of statusesOf(situation)) {
      await session.run(`INSERT INTO model_abort (cell, status, aborted) VALUES (?, ?, ?)`, [
        cell,
        status,
        isActionAborted(status, situation) ? 1 : 0,
      ])
    }
  }
  await session.run(`UPDATE model_txid SET cell = (SELECT c.cell FROM model_cell c WHERE c.situation = ${SITUATION})`)
  await session.run(
    'UPDATE model_txid SET processing = (SELECT c.processing FROM model_cell c WHERE c.cell = model_txid.cell)',
  )
  // A proof in the highest block known: nothing lies on top of it yet.
  await session.run(
    `UPDATE model_txid SET processing = 'unconfirmed'
      WHERE processing = 'confirmed' AND height >= (SELECT max(height) FROM model_txid WHERE proofId IS NOT NULL)`,
  )
}

/** The status one transaction ends in, whatever its users say. `confirmed` may still be lowered: its block can be the tip. */
export function expectedProcessing(situation: Situation): ProcessingStatus {
  return situation.hasBadProof === 1 ? 'seen' : (combine(situation)?.processing ?? 'frozen')
}

function expectedFrozenReason(situation: Situation): string | undefined {
  return situation.hasBadProof === 1 ? undefined : combine(situation)?.frozenReason
}

function combine(situation: Situation): CombinedLegacyUsers | undefined {
  const statuses = situation.statuses === null ? [null] : statusesOf(situation)
  const users = statuses.map((transaction) => ({
    transaction,
    result: legacyToProcessing(pairOf(transaction, situation)),
  }))
  return combineLegacyUsers(users)
}

/** Whether the action of a user with this status is aborted, when the transaction itself ended in `processing`. */
export function isActionAborted(transaction: string, situation: Situation): boolean {
  if (situation.hasBadProof === 1) return false
  const users = [transaction, ...statusesOf(situation)].map((status) => ({
    transaction: status,
    result: legacyToProcessing(pairOf(status, situation)),
  }))
  return combineLegacyUsers(users)?.aborted[0] ?? transaction === 'failed'
}

function statusesOf({ statuses }: Situation): readonly string[] {
  return statuses === null ? [] : (JSON.parse(statuses) as string[])
}

function pairOf(transaction: string | null, situation: Situation): LegacyPair {
  return {
    transaction,
    request: situation.requestStatus,
    hasProof: situation.hasProof === 1,
    wasBroadcast: situation.wasBroadcast === 1,
    hasRawTx: situation.hasRawTx === 1,
    hasTxid: true,
  }
}
