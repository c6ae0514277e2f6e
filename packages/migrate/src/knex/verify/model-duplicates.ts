import { legacyToProcessing, MOST_ADVANCED_FIRST } from '@txkeep/fsm'
import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from './legacy-database.js'

interface Member {
  readonly transactionId: number
  readonly userId: number
  readonly txid: string
  readonly status: string
  readonly requestStatus: string | null
  readonly wasBroadcast: number
  readonly hasRawTx: number
}

/** Fills `model_loser`: of one user's rows with one txid the most advanced keeps it, then the lowest id. */
export async function findDuplicateActions(session: SqlSession, db: LegacyDatabase): Promise<void> {
  const table = db.legacy('transactions')
  const members = await session.all<Member>(
    `SELECT t.transactionId, t.userId, m.txid, coalesce(t.status, '') AS status, m.requestStatus, m.wasBroadcast,
            m.rawLength IS NOT NULL AS hasRawTx
       FROM (SELECT model FROM model_action WHERE model IS NOT NULL GROUP BY model HAVING count(*) > 1) twice
       JOIN model_txid m ON m.model = twice.model
       JOIN model_action a ON a.model = twice.model
       JOIN ${table} t ON t.transactionId = a.transactionId
      ORDER BY t.userId, m.txid, t.transactionId`,
  )
  const groups = new Map<string, Member[]>()
  for (const member of members) {
    const key = `${member.userId}.${member.txid}`
    groups.set(key, [...(groups.get(key) ?? []), member])
  }
  for (const group of groups.values()) {
    const ranked = group.toSorted((a, b) => rankOf(a) - rankOf(b) || a.transactionId - b.transactionId)
    const keeper = ranked[0]
    if (keeper === undefined) continue
    for (const loser of ranked.slice(1)) {
      await session.run(`INSERT INTO model_loser (transactionId, keeperId) VALUES (?, ?)`, [
        loser.transactionId,
        keeper.transactionId,
      ])
    }
  }
}

function rankOf(member: Member): number {
  const { processing } = legacyToProcessing({
    transaction: member.status,
    request: member.requestStatus,
    // A proof belongs to all of them alike: what their own statuses say decides.
    hasProof: false,
    wasBroadcast: member.wasBroadcast === 1,
    hasRawTx: member.hasRawTx === 1,
    hasTxid: true,
  })
  return processing === undefined ? MOST_ADVANCED_FIRST.length : MOST_ADVANCED_FIRST.indexOf(processing)
}
