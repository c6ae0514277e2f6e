import { ConflictError } from '@txkeep/core'
import type { SqlSession } from './sql-session.js'
import { LEGACY_TABLES, type LegacyTable } from './schema/table-names.js'

/** The number each legacy row is known by; every one of them is kept. */
const NUMBERS: readonly (readonly [table: LegacyTable, column: string])[] = [
  ['transactions', 'transactionId'],
  ['proven_tx_reqs', 'provenTxReqId'],
  ['proven_txs', 'provenTxId'],
  ['outputs', 'outputId'],
  ['commissions', 'commissionId'],
]

/** What no two rows of a legacy table share: its own unique indexes. A database by hand may lack them. */
const UNIQUE: readonly (readonly [table: LegacyTable, columns: readonly string[]])[] = [
  ['transactions', ['reference']],
  ['commissions', ['transactionId']],
  ['tx_labels_map', ['txLabelId', 'transactionId']],
  ['output_tags_map', ['outputTagId', 'outputId']],
]

/** Columns every legacy version declares as not null, where null has no meaning. */
const NEVER_NULL: Readonly<Record<LegacyTable, readonly string[]>> = {
  transactions: ['userId', 'status', 'reference', 'isOutgoing', 'satoshis'],
  proven_tx_reqs: ['status', 'attempts', 'history', 'notify'],
  proven_txs: [],
  outputs: ['userId', 'transactionId', 'spendable', 'change', 'vout', 'satoshis', 'providedBy', 'purpose', 'type'],
  commissions: ['userId', 'transactionId', 'satoshis', 'keyOffset', 'isRedeemed', 'lockingScript'],
  tx_labels_map: ['txLabelId', 'transactionId', 'isDeleted'],
  output_tags_map: ['outputTagId', 'outputId', 'isDeleted'],
}

const OWNED = ['transactions', 'outputs', 'commissions'] as const

const EXAMPLES = 5

/**
 * Rows the legacy schema itself forbids and whose repair would be a guess about somebody's money: numbers no wallet gives out,
 * two rows where its unique indexes allow one, null where it allows none, owners nobody knows. What its own declarations rule out
 * is not looked for, so that a sound database costs a few look-ups.
 *
 * @throws {ConflictError} naming table, column and the first rows. Nothing was changed.
 */
export async function assertRowsMovable(session: SqlSession): Promise<void> {
  const problems: string[] = []
  for (const [table, column] of NUMBERS) problems.push(...(await strangeNumbers(session, table, column)))
  for (const [table, columns] of UNIQUE) problems.push(...(await doubles(session, table, columns)))
  for (const table of LEGACY_TABLES) problems.push(...(await nulls(session, table)))
  for (const table of OWNED) problems.push(...(await strangers(session, table)))
  if (problems.length === 0) return
  throw new ConflictError(
    `The wallet holds rows its own schema forbids, and what they should be cannot be known: ${problems.join('; ')}. Correct them by hand, then run the command again; nothing was changed.`,
  )
}

/** Compared by the engine, because a number beyond 2^53 cannot be told from its neighbour here. */
async function strangeNumbers(session: SqlSession, table: LegacyTable, column: string): Promise<string[]> {
  const rows = await session.all<{ id: string }>(
    `select ${session.dialect.text(`"${column}"`)} as id from ${table} where "${column}" < 1 or "${column}" > ${Number.MAX_SAFE_INTEGER} limit ${EXAMPLES}`,
  )
  if (rows.length === 0) return []
  return [`${table}.${column} ${list(rows.map(({ id }) => id))} not between 1 and ${Number.MAX_SAFE_INTEGER}`]
}

async function doubles(session: SqlSession, table: LegacyTable, columns: readonly string[]): Promise<string[]> {
  if (await session.dialect.hasUniqueIndex(session, table, columns)) return []
  const names = columns.map((column) => `"${column}"`).join(', ')
  const rows = await session.all<Record<string, unknown>>(
    `select ${names} from ${table} group by ${names} having count(*) > 1 limit ${EXAMPLES}`,
  )
  if (rows.length === 0) return []
  return [
    `${table} has more than one row of ${columns.join(', ')} ${list(rows.map((row) => Object.values(row).map(String).join(' ')))}`,
  ]
}

async function nulls(session: SqlSession, table: LegacyTable): Promise<string[]> {
  const nullable = new Set(await session.dialect.nullableColumns(session, table))
  const columns = NEVER_NULL[table].filter((column) => nullable.has(column))
  const found: string[] = []
  for (const column of columns) {
    const row = await session.get<{ n: number }>(`select count(*) as n from ${table} where "${column}" is null`)
    if (row !== undefined && row.n > 0) found.push(`${table}.${column} is null in ${row.n} rows`)
  }
  return found
}

async function strangers(session: SqlSession, table: (typeof OWNED)[number]): Promise<string[]> {
  const rows = await session.all<{ id: unknown }>(
    `select distinct x."userId" as id from ${table} x where x."userId" is not null and not exists (select 1 from users u where u."userId" = x."userId") limit ${EXAMPLES}`,
  )
  if (rows.length === 0) return []
  return [`${table}.userId ${list(rows.map(({ id }) => String(id)))} names no row of users`]
}

function list(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value.slice(0, 80))).join(', ')
}
