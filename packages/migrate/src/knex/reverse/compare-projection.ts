import { isProcessingStatus, type ProcessingStatus } from '@txkeep/core'
import { processingToLegacy } from '@txkeep/fsm'
import type { CheckResult } from '../../check-result.js'
import type { SqlSession } from '../sql-session.js'
import { DifferenceList, showValue } from '../verify/differences.js'
import { pendingWrites } from './drain.js'
import { readLegacyColumns } from './legacy-columns.js'
import { SAME_OUTPUT_COLUMNS } from './project-rows.js'

/**
 * Compares every row that was drained, and was not written since, with its legacy row: what `project-rows` did is worked out a
 * second time here, row by row and without SQL. Undefined when nothing was ever drained. After a swap, inside a snapshot.
 *
 * Source: docs/spec/migration.md §5, last sentence.
 */
export async function checkProjection(session: SqlSession): Promise<CheckResult | undefined> {
  const drained = await session.get(
    `select 1 from migration_keep where table_name in ('transactions', 'actions', 'outputs') limit 1`,
  )
  if (drained === undefined) return undefined
  const waiting = await readWaiting(session)
  const differences = new DifferenceList()
  await compareTransactions(session, waiting, differences)
  await compareActions(session, waiting, differences)
  await compareOutputs(session, waiting, differences)
  return differences.toCheck(
    'rollback.projection',
    'What was written under the new schema is in the legacy tables, as far as they have words for it.',
  )
}

type Waiting = ReadonlySet<string>

/** `table key` of everything that waits in the reverse outbox. */
async function readWaiting(session: SqlSession): Promise<Waiting> {
  if ((await pendingWrites(session)) === 0) return new Set()
  const rows = await session.all<{ name: string; key1: number; txid: string | null }>(
    'select distinct table_name as name, key1, key2 as txid from migration_reverse_outbox',
  )
  return new Set(rows.map(({ name, key1, txid }) => (name === 'transactions' ? `tx ${txid}` : `${name} ${key1}`)))
}

interface TransactionPair {
  readonly txid: string
  readonly state: string
  readonly processing: string | null
  readonly attempts: number | null
  readonly height: number | null
  readonly merklePath: Uint8Array | null
  readonly rawTx: Uint8Array | null
  readonly reqId: number | null
  readonly reqStatus: string | null
  readonly reqAttempts: number | null
  readonly reqProven: number | null
  readonly reqRawTx: Uint8Array | null
  readonly provenId: number | null
  readonly provenHeight: number | null
  readonly provenPath: Uint8Array | null
}

async function compareTransactions(session: SqlSession, waiting: Waiting, differences: DifferenceList): Promise<void> {
  const rows = session.iterate<TransactionPair>(
    `select k.key as txid, k.state_json as state, t.processing, t.attempts, t.height, t.merkle_path as merklePath, t.raw_tx as rawTx,
       r."provenTxReqId" as reqId, r.status as reqStatus, r.attempts as reqAttempts, r."provenTxId" as reqProven, r."rawTx" as reqRawTx,
       p."provenTxId" as provenId, p.height as provenHeight, p."merklePath" as provenPath
     from migration_keep k left join transactions t on t.txid = k.key
     left join proven_tx_reqs_legacy r on r."provenTxReqId" = coalesce(
       (select x."provenTxReqId" from proven_tx_reqs_legacy x where x."provenTxReqId" = t.legacy_req_id and lower(x.txid) = k.key),
       (select x."provenTxReqId" from proven_tx_reqs_legacy x where x.txid = k.key))
     left join proven_txs_legacy p on p."provenTxId" = coalesce(
       (select x."provenTxId" from proven_txs_legacy x where x."provenTxId" = t.legacy_proven_id and lower(x.txid) = k.key),
       (select x."provenTxId" from proven_txs_legacy x where x.txid = k.key))
     where k.table_name = 'transactions'`,
  )
  for await (const row of rows) {
    if (waiting.has(`tx ${row.txid}`)) continue
    const compare = comparer(differences, 'proven_tx_reqs_legacy', row.txid)
    const processing = projectedStatus(row.processing, row.state)
    if (processing === undefined) {
      compare('provenTxReqId', null, row.reqId)
      continue
    }
    const isProven = processing === 'confirmed'
    compare('provenTxId', isProven, row.provenId !== null)
    if (isProven) {
      compare('height', row.height, row.provenHeight)
      compare('merklePath', row.merklePath, row.provenPath)
    }
    if (row.reqId === null && row.rawTx === null) continue
    const { request } = processingToLegacy(processing, { aborted: false, isOutgoing: true })
    compare('status', request ?? null, row.reqStatus)
    compare('attempts', row.attempts, row.reqAttempts)
    compare('provenTxId of the request', isProven ? row.provenId : null, row.reqProven)
    if (row.rawTx !== null) compare('rawTx', row.rawTx, row.reqRawTx)
  }
}

interface ActionPair {
  readonly id: number
  readonly state: string
  readonly actionId: number | null
  readonly processing: string | null
  readonly txid: string | null
  readonly aborted: number
  readonly isOutgoing: number
  readonly satoshis: number
  readonly description: string | null
  readonly userId: number
  /** Null when its transaction was not drained, so that its status is the legacy application's. */
  readonly transactionState: string | null
  readonly legacyId: number | null
  readonly legacyStatus: string | null
  readonly legacyTxid: string | null
  readonly legacyOutgoing: number
  readonly legacySatoshis: number
  readonly legacyDescription: string | null
  readonly legacyUserId: number
}

async function compareActions(session: SqlSession, waiting: Waiting, differences: DifferenceList): Promise<void> {
  const rows = session.iterate<ActionPair>(
    `select ${session.dialect.number('k.key')} as id, k.state_json as state, a."actionId" as actionId, t.processing, t.txid, a.user_aborted as aborted, a."isOutgoing" as isOutgoing,
       a.satoshis_delta as satoshis, a.description, a."userId" as userId, kt.state_json as transactionState,
       l."transactionId" as legacyId, l.status as legacyStatus, l.txid as legacyTxid, l."isOutgoing" as legacyOutgoing,
       l.satoshis as legacySatoshis, l.description as legacyDescription, l."userId" as legacyUserId
     from migration_keep k left join actions a on a."actionId" = ${session.dialect.number('k.key')}
     left join transactions t on t."transactionId" = a."transactionId"
     left join migration_keep kt on kt.table_name = 'transactions' and kt.key = t.txid
     left join transactions_legacy l on l."transactionId" = ${session.dialect.number('k.key')}
     where k.table_name = 'actions' and ${session.dialect.number('k.key')} not in (
       select action_id from migration_scan_placeholders union select action_id from migration_scan_twins)`,
  )
  for await (const row of rows) {
    if (waiting.has(`actions ${row.id}`) || waiting.has(`tx ${row.txid}`)) continue
    const compare = comparer(differences, 'transactions_legacy', row.id)
    compare('transactionId', row.actionId, row.legacyId)
    if (row.actionId === null || row.legacyId === null) continue
    const flags = { aborted: wasProjectedAborted(row), isOutgoing: row.isOutgoing === 1 }
    const { transaction } = processingToLegacy(projectedStatus(row.processing, row.transactionState), flags)
    if (row.txid === null || row.transactionState !== null) compare('status', transaction, row.legacyStatus)
    compare('txid', row.txid, row.legacyTxid?.toLowerCase() ?? null)
    compare('isOutgoing', row.isOutgoing, row.legacyOutgoing)
    compare('satoshis', row.satoshis, row.legacySatoshis)
    compare('description', row.description, row.legacyDescription)
    compare('userId', row.userId, row.legacyUserId)
  }
}

/** A draft may have lost a coin it planned to spend to the legacy application since: then ours is aborted, and its legacy row is not. */
function wasProjectedAborted({ txid, aborted, state }: ActionPair): boolean {
  if (txid !== null) return aborted === 1
  return Boolean((JSON.parse(state) as { readonly user_aborted?: unknown }).user_aborted)
}

async function compareOutputs(session: SqlSession, waiting: Waiting, differences: DifferenceList): Promise<void> {
  const legacy = await readLegacyColumns(session)
  const same = SAME_OUTPUT_COLUMNS.filter((column) => legacy.has('outputs', column))
  const { quote } = session.dialect.schema
  const columns = same.map(
    (column) => `o.${quote(column)} as ${quote(`our ${column}`)}, l.${quote(column)} as ${quote(`legacy ${column}`)}`,
  )
  const rows = session.iterate<Record<string, unknown>>(
    `select ${session.dialect.number('k.key')} as id, o."outputId" as ${quote('our outputId')}, l."outputId" as ${quote('legacy outputId')},
       o."spentByActionId" as ${quote('our spentBy')}, l."spentBy" as ${quote('legacy spentBy')}, o.withheld, l.spendable as ${quote('legacy spendable')},
       ${columns.join(', ')}
     from migration_keep k left join outputs o on o."outputId" = ${session.dialect.number('k.key')} left join outputs_legacy l on l."outputId" = ${session.dialect.number('k.key')}
     where k.table_name = 'outputs'`,
  )
  for await (const row of rows) {
    if (waiting.has(`outputs ${String(row['id'])}`)) continue
    const compare = comparer(differences, 'outputs_legacy', String(row['id']))
    for (const column of ['outputId', 'spentBy', ...same])
      compare(column, row[`our ${column}`] ?? null, row[`legacy ${column}`] ?? null)
    if (row['our outputId'] === null || row['legacy outputId'] === null) continue
    compare('spendable', row['our spentBy'] === null && row['withheld'] === null, row['legacy spendable'] === 1)
  }
}

/**
 * The status that was projected. After a second cutover a transaction may be deeper in the chain, or less deep, than it was then,
 * because the legacy application saw other blocks; nothing else changes a status without a trace in the outbox.
 */
function projectedStatus(processing: string | null, state: string | null): ProcessingStatus | undefined {
  if (!isProcessingStatus(processing)) return undefined
  if (state === null || (processing !== 'confirmed' && processing !== 'unconfirmed')) return processing
  const kept = (JSON.parse(state) as { readonly processing?: unknown }).processing
  return kept === 'confirmed' || kept === 'unconfirmed' ? kept : processing
}

type Compare = (column: string, expected: unknown, actual: unknown) => void

function comparer(differences: DifferenceList, table: string, key: string | number): Compare {
  return (column, expected, actual) => {
    if (isSame(expected, actual)) return
    differences.add({ table, key: String(key), column, expected: showValue(expected), actual: showValue(actual) })
  }
}

function isSame(one: unknown, other: unknown): boolean {
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.from(one).equals(other)
  return one === other
}
