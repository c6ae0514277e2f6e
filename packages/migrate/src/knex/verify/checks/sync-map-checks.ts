import type { CheckResult } from '../../../check-result.js'
import type { SqlSession } from '../../sql-session.js'
import { DifferenceList, showValue } from '../differences.js'
import type { VerifyContext } from '../verify-context.js'

interface SyncRow {
  readonly syncStateId: number
  readonly syncMap: string
  /** The map before the swap, as the migration kept it. */
  readonly original: string | null
}

interface EntityMap {
  readonly idMap?: Readonly<Record<string, unknown>>
}

/** Entities whose ids become ids of `transactions`, and where the txid of a legacy id is found. */
const REWRITTEN = {
  provenTx: `SELECT lower(txid) AS txid FROM proven_txs_legacy WHERE provenTxId = ?`,
  provenTxReq: `SELECT lower(txid) AS txid FROM proven_tx_reqs_legacy WHERE provenTxReqId = ?`,
} as const

/**
 * That the id maps of `sync_states` lead where they led before: proofs and requests to the transaction of their txid, everything
 * else unchanged. Before the swap the maps still belong to the legacy application and there is nothing to compare.
 */
export async function checkSyncMaps({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  if (db.swapped && db.catalogue.has('migration_keep')) {
    const rows = await session.all<SyncRow>(
      `SELECT s.syncStateId, s.syncMap, k.state_json AS original
         FROM sync_states s LEFT JOIN migration_keep k ON k.table_name = 'sync_states' AND k."key" = ${session.dialect.text('s.syncStateId')}
        WHERE NOT EXISTS (SELECT 1 FROM migration_reverse_outbox r WHERE r.table_name = 'sync_states' AND r.key1 = s.syncStateId)`,
    )
    for (const row of rows) await compareMaps(session, row, differences)
  }
  return differences.toCheck(
    'links.sync-maps',
    'The id maps of other stores lead to the same proofs and requests as before.',
  )
}

async function compareMaps(session: SqlSession, row: SyncRow, differences: DifferenceList): Promise<void> {
  const after = parseMap(row.syncMap)
  // A map without ids of proofs and requests was left alone: then it is its own original.
  const before = parseMap(originalOf(row.original)) ?? after
  if (after === undefined || before === undefined) return
  const table = 'sync_states'
  for (const [entity, sql] of Object.entries(REWRITTEN)) {
    const then = before[entity]?.idMap ?? {}
    const now = after[entity]?.idMap ?? {}
    for (const foreign of new Set([...Object.keys(then), ...Object.keys(now)])) {
      const legacy = foreign in then ? await session.get<{ txid: string }>(sql, [Number(then[foreign])]) : undefined
      const ours =
        foreign in now
          ? await session.get<{ txid: string }>(`SELECT txid FROM transactions WHERE transactionId = ?`, [
              Number(now[foreign]),
            ])
          : undefined
      const isDangling = foreign in now && ours === undefined
      if (!isDangling && legacy?.txid === ours?.txid) continue
      const key = `${row.syncStateId} ${entity} ${foreign}`
      differences.add({ table, key, expected: showValue(legacy?.txid), actual: showValue(ours?.txid ?? now[foreign]) })
    }
  }
  for (const [entity, map] of Object.entries(before)) {
    if (entity in REWRITTEN) continue
    const [one, other] = [JSON.stringify(map), JSON.stringify(after[entity])]
    if (one !== other)
      differences.add({
        table,
        key: `${row.syncStateId} ${entity}`,
        expected: showValue(one),
        actual: showValue(other),
      })
  }
}

function originalOf(state: string | null): string | null {
  return state === null ? null : (JSON.parse(state) as { original: string }).original
}

function parseMap(text: string | null): Record<string, EntityMap> | undefined {
  if (text === null) return undefined
  // Long numbers as text, so that two of them differ when one digit does.
  const exact = text.replaceAll(/(?<=[:[,]\s*)-?\d{16,}(?=\s*[,}\]])/g, '"$&"')
  return parseJsonObject(exact) ?? parseJsonObject(text)
}

function parseJsonObject(text: string): Record<string, EntityMap> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, EntityMap>) : undefined
  } catch {
    return undefined
  }
}
