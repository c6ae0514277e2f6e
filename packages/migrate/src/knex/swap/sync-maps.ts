import type { SqlSession } from '../sql-session.js'

/** One row of `sync_states` with its map before and after. */
export interface SyncMapRewrite {
  readonly syncStateId: number
  readonly original: string
  readonly rewritten: string
}

/**
 * What the rows of `sync_states` become at the swap: numbers of legacy proofs and requests in their id maps become numbers of
 * `transactions_new`. A number that names nothing is left out, so that the other store sends the row again. Everything else stays,
 * and so does a map that is not JSON. Source: docs/spec/migration.md §2.
 */
export async function planSyncMapRewrites(session: SqlSession): Promise<SyncMapRewrite[]> {
  const rows = await session.all<{ syncStateId: number; syncMap: string }>(
    'select "syncStateId" as syncStateId, "syncMap" as syncMap from sync_states order by "syncStateId"',
  )
  const rewrites: SyncMapRewrite[] = []
  for (const { syncStateId, syncMap } of rows) {
    const rewritten = await rewriteSyncMap(session, syncMap)
    if (rewritten !== syncMap) rewrites.push({ syncStateId, original: syncMap, rewritten })
  }
  return rewrites
}

/** Which legacy rows an entity's numbers name, and where their txid is found. */
const ENTITIES = [
  { entity: 'provenTx', source: 1 },
  { entity: 'provenTxReq', source: 2 },
] as const

/** What a number in a map of one entity becomes, or undefined when it names nothing any more. */
type Renumber = (session: SqlSession, source: 1 | 2, id: number) => Promise<number | undefined>

async function rewriteSyncMap(
  session: SqlSession,
  syncMap: string,
  renumber: Renumber = transactionIdOf,
): Promise<string> {
  const marker = markerFor(syncMap)
  const parsed = parseObject(quoteLongNumbers(syncMap, marker))
  if (parsed === undefined) return syncMap
  let changed = false
  for (const { entity, source } of ENTITIES) {
    const entry = parsed[entity]
    if (!isObject(entry) || !isObject(entry['idMap'])) continue
    const mapped: (readonly [foreign: string, local: number])[] = []
    for (const [foreign, local] of Object.entries(entry['idMap'])) {
      const number = await renumber(session, source, Number(local))
      if (number !== undefined) mapped.push([foreign, number])
    }
    if (Object.keys(entry['idMap']).length > 0) changed = true
    entry['idMap'] = Object.fromEntries(mapped)
  }
  return changed ? JSON.stringify(parsed).replaceAll(new RegExp(`"${marker}([^"]*)"`, 'g'), '$1') : syncMap
}

/** A word the text does not hold. */
function markerFor(text: string): string {
  let marker = '#'
  while (text.includes(marker)) marker += '#'
  return marker
}

/** JSON in which every number that would not come back digit by digit is a text that begins with `marker`. */
function quoteLongNumbers(json: string, marker: string): string {
  return json.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${marker}${token}"`,
  )
}

const LEGACY_ROW = {
  1: 'select lower(txid) as txid from proven_txs where "provenTxId" = ?',
  2: 'select lower(txid) as txid from proven_tx_reqs where "provenTxReqId" = ?',
} as const

async function transactionIdOf(session: SqlSession, source: 1 | 2, legacyId: number): Promise<number | undefined> {
  const legacy = await session.get<{ txid: string }>(LEGACY_ROW[source], [legacyId])
  if (legacy === undefined) return undefined
  const row = await session.get<{ id: number }>('select "transactionId" as id from transactions_new where txid = ?', [
    legacy.txid,
  ])
  return row?.id
}

/**
 * Inside the swap: writes the rewrites by compare-and-set and keeps the originals. A row somebody changed since the plan was
 * made is planned again here.
 */
export async function applySyncMapRewrites(session: SqlSession, planned: readonly SyncMapRewrite[]): Promise<void> {
  const current = new Map(
    (
      await session.all<{ syncStateId: number; syncMap: string }>(
        'select "syncStateId" as syncStateId, "syncMap" as syncMap from sync_states',
      )
    ).map(({ syncStateId, syncMap }) => [syncStateId, syncMap]),
  )
  const known = new Map(planned.map((rewrite) => [rewrite.syncStateId, rewrite]))
  for (const [syncStateId, syncMap] of current) {
    const plan = known.get(syncStateId)
    const rewritten = plan?.original === syncMap ? plan.rewritten : await rewriteSyncMap(session, syncMap)
    if (rewritten === syncMap) continue
    await session.run('update sync_states set "syncMap" = ? where "syncStateId" = ? and "syncMap" = ?', [
      rewritten,
      syncStateId,
      syncMap,
    ])
    await session.run('insert into migration_keep (table_name, key, state_json) values (?, ?, ?)', [
      SYNC_STATES,
      String(syncStateId),
      JSON.stringify({ original: syncMap, rewritten }),
    ])
  }
}

/**
 * Inside a rollback, when the names are back: puts the originals back. A map that was written since is turned back number by
 * number; one that names nothing in the legacy tables is left out, so that the other store sends the row again.
 */
export async function restoreSyncMaps(session: SqlSession): Promise<void> {
  const kept = await session.all<{ key: string; state: string }>(
    'select key, state_json as state from migration_keep where table_name = ?',
    [SYNC_STATES],
  )
  const known = new Map(kept.map(({ key, state }) => [Number(key), JSON.parse(state) as KeptMap]))
  const written = await session.all<{ id: number }>(
    `select distinct key1 as id from migration_reverse_outbox where table_name = 'sync_states'`,
  )
  for (const syncStateId of new Set([...known.keys(), ...written.map(({ id }) => id)])) {
    const row = await session.get<{ syncMap: string }>(
      'select "syncMap" as syncMap from sync_states where "syncStateId" = ?',
      [syncStateId],
    )
    if (row === undefined) continue
    const plan = known.get(syncStateId)
    const restored =
      row.syncMap === plan?.rewritten ? plan.original : await rewriteSyncMap(session, row.syncMap, legacyIdOf)
    if (restored === row.syncMap) continue
    await session.run('update sync_states set "syncMap" = ? where "syncStateId" = ?', [restored, syncStateId])
  }
  await session.run('delete from migration_keep where table_name = ?', [SYNC_STATES])
}

interface KeptMap {
  readonly original: string
  readonly rewritten: string
}

const LEGACY_NUMBER = {
  1: 'select p."provenTxId" as id from transactions_new t join proven_txs p on p.txid = t.txid where t."transactionId" = ?',
  2: 'select r."provenTxReqId" as id from transactions_new t join proven_tx_reqs r on r.txid = t.txid where t."transactionId" = ?',
} as const

async function legacyIdOf(session: SqlSession, source: 1 | 2, transactionId: number): Promise<number | undefined> {
  return (await session.get<{ id: number }>(LEGACY_NUMBER[source], [transactionId]))?.id
}

const SYNC_STATES = 'sync_states'

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
