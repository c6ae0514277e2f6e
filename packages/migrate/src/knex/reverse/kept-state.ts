import type { SqlBinding, SqlSession } from '../sql-session.js'

/** Which rows of ours were projected, in `migration_keep.table_name`: their legacy rows follow from ours, not ours from theirs. */
export const KEPT_TABLES = ['transactions', 'actions', 'outputs'] as const

export type KeptTable = (typeof KEPT_TABLES)[number]

/** What the legacy schema has no word for, column by column. A proof is among it, because an unconfirmed one is not projected. */
const KEPT_COLUMNS: Readonly<Record<KeptTable, readonly string[]>> = {
  transactions: [
    'processing',
    'processing_changed_at',
    'next_action_at',
    'proof_attempts',
    'idempotency_key',
    'height',
    'merkle_index',
    'merkle_root',
    'block_hash',
    'is_coinbase',
    'last_provider',
    'last_provider_status',
    'frozen_reason',
    'row_version',
    'merkle_path',
  ],
  actions: ['reference', 'user_nosend', 'hidden', 'user_aborted', 'plan_json', 'row_version'],
  outputs: ['spendable', 'pending', 'matures_at_height', 'withheld'],
}

const BYTES = 'merkle_path'

type KeptState = Readonly<Record<string, string | number | null>>

/** Writes down the state of every projected row of a batch. Inside the transaction that projects them. */
export async function keepState(session: SqlSession): Promise<void> {
  const { quote } = session.dialect.schema
  for (const { table, work, key, number } of SOURCES) {
    const columns = KEPT_COLUMNS[table].map((column) => `x.${quote(column)}`).join(', ')
    await session.run(
      `delete from migration_keep where table_name = '${table}' and key in (select ${session.dialect.text(`w.${number}`)} from ${work} w)`,
    )
    const rows = await session.all<Record<string, SqlBinding> & { keptKey: string }>(
      `select ${session.dialect.text(`w.${number}`)} as keptKey, ${columns} from ${work} w
       ${session.dialect.joinInOrder} ${table} x on x.${quote(key)} = w.${number}`,
    )
    for (const { keptKey, ...state } of rows) {
      await session.run('insert into migration_keep (table_name, key, state_json) values (?, ?, ?)', [
        table,
        keptKey,
        JSON.stringify(Object.fromEntries(Object.entries(state).map(([column, value]) => [column, textOf(value)]))),
      ])
    }
  }
}

const SOURCES = [
  { table: 'transactions', work: 'txk_back_tx', key: 'txid', number: 'txid' },
  {
    table: 'actions',
    work: '(select id from txk_back_action union select id from txk_back_apart)',
    key: 'actionId',
    number: 'id',
  },
  { table: 'outputs', work: 'txk_back_output', key: 'outputId', number: 'id' },
] as const

/**
 * After a rollback, with a batch of the legacy application's writes taken: what it wrote itself speaks for itself from now on.
 * Everything else keeps what was kept, also when it has to be derived again.
 */
export async function forgetTouched(session: SqlSession): Promise<void> {
  if (!(await hasKeptState(session))) return
  const { dialect } = session
  const batch = (tables: string): string => `from migration_batch b where b.table_name in (${tables})`
  await session.run(
    `delete from migration_keep where table_name = 'transactions' and key in (
       select lower(b.key2) ${batch(`'transactions', 'proven_tx_reqs', 'proven_txs'`)} and b.key2 is not null)`,
  )
  await session.run(
    `update actions set hidden = ${dialect.stored('hidden', '0')} where hidden = ${dialect.stored('hidden', '1')} and "actionId" in (select b.key1 ${batch(`'transactions'`)})`,
  )
  await session.run(
    `delete from migration_keep where table_name = 'actions' and key in (select ${dialect.text('b.key1')} ${batch(`'transactions'`)})`,
  )
  await session.run(
    `delete from migration_keep where table_name = 'outputs' and key in (select ${dialect.text('b.key1')} ${batch(`'outputs'`)})`,
  )
}

/** Puts kept columns back into transactions that were just derived again. Before anything that follows from their status. */
export async function restoreTransactions(session: SqlSession): Promise<void> {
  for (const { key, state } of await keptOf(session, 'transactions', 'select w.txid as key from txk_work_tx w')) {
    await write(session, 'transactions_new', 'txid', key, state, KEPT_COLUMNS.transactions)
  }
}

/** The same for actions. Whether one is aborted follows from its transaction, unless that was not touched either. */
export async function restoreActions(session: SqlSession): Promise<void> {
  const work = `select ${session.dialect.text('w.id')} as key from txk_work_action w`
  for (const { key, state } of await keptOf(session, 'actions', work)) {
    const transaction = await session.get<{ isKept: number }>(
      `select count(k.key) as isKept from actions a join transactions_new t on t."transactionId" = a."transactionId"
       left join migration_keep k on k.table_name = 'transactions' and k.key = t.txid where a."actionId" = ? group by t.txid`,
      [Number(key)],
    )
    const isSettled = transaction === undefined || transaction.isKept > 0
    const columns = KEPT_COLUMNS.actions.filter((column) => isSettled || column !== 'user_aborted')
    await write(session, 'actions', 'actionId', Number(key), state, columns)
  }
}

/** The same for outputs nobody spent meanwhile: why they are withheld, and flags that follow from no status alone. */
export async function restoreOutputs(session: SqlSession): Promise<void> {
  const work = `select ${session.dialect.text('w.id')} as key from txk_work_output w`
  for (const { key, state } of await keptOf(session, 'outputs', work)) {
    const row = await session.get<DerivedOutput>(
      `select o."spentByActionId" as spentBy, o.withheld, o.txid, l."spentBy" as legacySpentBy, l.txid as legacyTxid, l.spendable as isLegacyFree, count(k.key) as isKept
       from outputs_new o left join outputs l on l."outputId" = o."outputId"
       left join actions a on a."actionId" = o."actionId" left join transactions_new t on t."transactionId" = a."transactionId"
       left join migration_keep k on k.table_name = 'transactions' and k.key = t.txid
       where o."outputId" = ? group by o."outputId", o."spentByActionId", o.withheld, o.txid, l."spentBy", l.txid, l.spendable`,
      [Number(key)],
    )
    if (row === undefined || !isStillProjected(row, state)) {
      // Something else changed so much that its legacy row does not say what ours does any more: ours follows from theirs again.
      await session.run(`delete from migration_keep where table_name = 'outputs' and key = ?`, [key])
      continue
    }
    if (row.spentBy !== null || (row.withheld !== null && row.withheld !== 'legacy')) continue
    if (state['withheld'] !== null && state['withheld'] !== undefined) {
      const withheld = { ...state, spendable: 0, pending: 0 }
      await write(session, 'outputs_new', 'outputId', Number(key), withheld, KEPT_COLUMNS.outputs)
    } else if (row.isKept > 0 && row.withheld === null) {
      await write(session, 'outputs_new', 'outputId', Number(key), state, KEPT_COLUMNS.outputs)
    }
  }
}

interface DerivedOutput {
  readonly spentBy: number | null
  readonly withheld: string | null
  readonly txid: string | null
  readonly legacySpentBy: number | null
  readonly legacyTxid: string | null
  readonly isLegacyFree: number
  /** Whether its transaction was not touched either. */
  readonly isKept: number
}

function isStillProjected(row: DerivedOutput, state: KeptState): boolean {
  const isOverruled = row.withheld !== null && row.withheld !== 'legacy'
  const withheld = isOverruled ? row.withheld : (state['withheld'] ?? row.withheld)
  const isFree = row.spentBy === null && withheld === null
  return row.spentBy === row.legacySpentBy && row.txid === row.legacyTxid && isFree === (row.isLegacyFree === 1)
}

async function hasKeptState(session: SqlSession): Promise<boolean> {
  const row = await session.get(
    `select 1 from migration_keep where table_name in ('transactions', 'actions', 'outputs') limit 1`,
  )
  return row !== undefined
}

async function keptOf(
  session: SqlSession,
  table: KeptTable,
  work: string,
): Promise<{ key: string; state: KeptState }[]> {
  const rows = await session.all<{ key: string; state: string }>(
    `select k.key, k.state_json as state from (${work}) w ${session.dialect.joinInOrder} migration_keep k on k.table_name = '${table}' and k.key = w.key`,
  )
  return rows.map(({ key, state }) => ({ key, state: JSON.parse(state) as KeptState }))
}

async function write(
  session: SqlSession,
  table: string,
  keyColumn: string,
  key: string | number,
  state: KeptState,
  columns: readonly string[],
): Promise<void> {
  const { quote } = session.dialect.schema
  const known = columns.filter((column) => column in state)
  const bindings = known.map((column) => valueOf(column, state[column] ?? null))
  await session.run(
    `update ${table} set ${known.map((column) => `${quote(column)} = ?`).join(', ')} where ${quote(keyColumn)} = ?`,
    [...bindings, key],
  )
}

function textOf(value: SqlBinding): string | number | null {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return typeof value === 'bigint' ? Number(value) : value
}

function valueOf(column: string, value: string | number | null): SqlBinding {
  return column === BYTES && typeof value === 'string' ? Uint8Array.from(Buffer.from(value, 'hex')) : value
}
