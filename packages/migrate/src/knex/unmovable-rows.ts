import { ConflictError } from '@txkeep/core'
import type { SqlSession } from './sql-session.js'
import type { LegacyTable } from './schema/table-names.js'

/** The number each legacy row is known by; every one of them is kept. */
const NUMBERS: readonly (readonly [table: LegacyTable, column: string])[] = [
  ['transactions', 'transactionId'],
  ['proven_tx_reqs', 'provenTxReqId'],
  ['proven_txs', 'provenTxId'],
  ['outputs', 'outputId'],
  ['commissions', 'commissionId'],
]

/** What is known by its txid. */
const BY_TXID = ['proven_tx_reqs', 'proven_txs'] as const

/** The two ends of each map row. */
const MAPS: readonly (readonly [table: LegacyTable, columns: readonly string[]])[] = [
  ['tx_labels_map', ['txLabelId', 'transactionId']],
  ['output_tags_map', ['outputTagId', 'outputId']],
]

const OWNED = ['transactions', 'outputs', 'commissions'] as const

const EXAMPLES = 5

/**
 * The few rows no repair can be made for without guessing: whose they are, or which of two rows a number means. Everything else a
 * hand-made database can hold is moved and becomes a finding. What the database's own declarations rule out is not looked for, so
 * that a sound one costs a few look-ups. How an operator repairs them is in docs/findings.md.
 *
 * @throws {ConflictError} naming table, column and the first rows. Nothing was changed.
 */
export async function assertRowsMovable(session: SqlSession): Promise<void> {
  const problems: string[] = []
  for (const [table, column] of NUMBERS) {
    problems.push(...(await strangeNumbers(session, table, column)))
    const nullable = await nullableColumns(session, table)
    if (!nullable.has(column)) continue
    problems.push(...(await nulls(session, table, column)), ...(await doubles(session, table, column)))
  }
  for (const table of BY_TXID)
    if (!(await session.dialect.hasUniqueIndex(session, table, ['txid'])))
      problems.push(...(await doubles(session, table, 'txid')))
  for (const [table, columns] of MAPS) {
    const nullable = await nullableColumns(session, table)
    for (const column of columns) if (nullable.has(column)) problems.push(...(await nulls(session, table, column)))
  }
  for (const table of OWNED) problems.push(...(await strangers(session, table)))
  if (problems.length === 0) return
  throw new ConflictError(
    `The wallet holds rows its own schema forbids, and whose or what they are cannot be known: ${problems.join('; ')}. Correct them by hand (docs/findings.md says how), then run the command again; nothing was changed.`,
  )
}

async function nullableColumns(session: SqlSession, table: LegacyTable): Promise<ReadonlySet<string>> {
  return new Set(await session.dialect.nullableColumns(session, table))
}

/** Compared by the engine, because a number beyond 2^53 cannot be told from its neighbour here. */
async function strangeNumbers(session: SqlSession, table: LegacyTable, column: string): Promise<string[]> {
  const rows = await session.all<{ id: string }>(
    `select ${session.dialect.text(`"${column}"`)} as id from ${table} where "${column}" < 1 or "${column}" > ${Number.MAX_SAFE_INTEGER} limit ${EXAMPLES}`,
  )
  if (rows.length === 0) return []
  return [`${table}.${column} ${list(rows.map(({ id }) => id))} not between 1 and ${Number.MAX_SAFE_INTEGER}`]
}

async function doubles(session: SqlSession, table: LegacyTable, column: string): Promise<string[]> {
  const rows = await session.all<{ value: unknown }>(
    `select "${column}" as value from ${table} where "${column}" <> '' group by 1 having count(*) > 1 limit ${EXAMPLES}`,
  )
  if (rows.length === 0) return []
  return [`${table} has more than one row of ${column} ${list(rows.map(({ value }) => String(value)))}`]
}

async function nulls(session: SqlSession, table: LegacyTable, column: string): Promise<string[]> {
  const row = await session.get<{ n: number }>(`select count(*) as n from ${table} where "${column}" is null`)
  return row === undefined || row.n === 0 ? [] : [`${table}.${column} is null in ${row.n} rows`]
}

async function strangers(session: SqlSession, table: (typeof OWNED)[number]): Promise<string[]> {
  const rows = await session.all<{ id: unknown }>(
    `select distinct x."userId" as id from ${table} x where not exists (select 1 from users u where u."userId" = x."userId") limit ${EXAMPLES}`,
  )
  if (rows.length === 0) return []
  return [`${table}.userId ${list(rows.map(({ id }) => String(id)))} names no row of users`]
}

function list(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value.slice(0, 80))).join(', ')
}
