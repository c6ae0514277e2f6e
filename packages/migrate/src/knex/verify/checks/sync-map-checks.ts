import type { CheckResult } from '../../../check-result.js'
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

/** Entities whose ids become ids of `transactions`; the column that remembers the legacy id. */
const REWRITTEN = { provenTx: 'legacy_proven_id', provenTxReq: 'legacy_req_id' } as const

/**
 * That the id maps of `sync_states` lead where they led before: proofs and requests to the transaction that has them, everything
 * else unchanged. Before the swap the maps still belong to the legacy application and there is nothing to compare.
 */
export async function checkSyncMaps({ session, db }: VerifyContext): Promise<CheckResult> {
  const differences = new DifferenceList()
  if (db.swapped && db.catalogue.has('migration_keep')) {
    const rows = await session.all<SyncRow>(
      `SELECT s.syncStateId, s.syncMap, k.state_json AS original
         FROM sync_states s LEFT JOIN migration_keep k ON k.table_name = 'sync_states' AND k."key" = CAST(s.syncStateId AS TEXT)`,
    )
    for (const row of rows) await compareMaps(row, session, differences)
  }
  return differences.toCheck(
    'links.sync-maps',
    'The id maps of other stores lead to the same proofs and requests as before.',
  )
}

async function compareMaps(
  row: SyncRow,
  session: VerifyContext['session'],
  differences: DifferenceList,
): Promise<void> {
  const before = parseMap(originalOf(row.original))
  const after = parseMap(row.syncMap)
  if (after === undefined) return
  const table = 'sync_states'
  for (const [entity, column] of Object.entries(REWRITTEN)) {
    const now = after[entity]?.idMap ?? {}
    const then = before?.[entity]?.idMap
    for (const [foreign, id] of Object.entries(now)) {
      const found = await session.get<{ legacyId: number | null }>(
        `SELECT ${column} AS legacyId FROM transactions WHERE transactionId = ?`,
        [Number(id)],
      )
      const key = `${row.syncStateId} ${entity} ${foreign}`
      const expected = then?.[foreign]
      if (found === undefined) differences.add({ table, key, expected: 'a transaction', actual: showValue(id) })
      else if (expected !== undefined && Number(expected) !== found.legacyId)
        differences.add({ table, key, expected: `${column} ${showValue(expected)}`, actual: showValue(found.legacyId) })
    }
    for (const foreign of Object.keys(then ?? {})) {
      if (!(foreign in now))
        differences.add({ table, key: `${row.syncStateId} ${entity} ${foreign}`, expected: 'an id', actual: 'none' })
    }
  }
  for (const [entity, map] of Object.entries(before ?? {})) {
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

/** The migration keeps the original text itself or wrapped in a JSON string or object. */
function originalOf(state: string | null): string | null {
  if (state === null) return null
  try {
    const parsed: unknown = JSON.parse(state)
    if (typeof parsed === 'string') return parsed
    if (typeof parsed === 'object' && parsed !== null && 'syncMap' in parsed) return String(parsed.syncMap)
    return state
  } catch {
    return state
  }
}

function parseMap(text: string | null): Record<string, EntityMap> | undefined {
  if (text === null) return undefined
  try {
    return JSON.parse(text) as Record<string, EntityMap>
  } catch {
    return undefined
  }
}
