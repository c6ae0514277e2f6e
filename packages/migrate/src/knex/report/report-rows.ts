import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import type { MigrationPhase } from '../../migration-phase.js'
import type { Amount, ReportTable, ReportTiming } from '../../report/report-data.js'
import type { SqlSession } from '../sql-session.js'
import { readCatalogue, type Catalogue } from '../verify/catalogue.js'
import { readTimings } from './timings.js'

/** What a report counts with plain statements, on whichever side the rows stand. */
export interface ReportRows {
  readonly users: readonly { readonly userId: number; readonly identityKey: string | null }[]
  /** All outputs of each user, by `userId`. */
  readonly legacyOutputs: ReadonlyMap<number, Amount> | undefined
  readonly ourOutputs: ReadonlyMap<number, Amount> | undefined
  /** What each user can spend and lists by our tables; only where no legacy rows are left. */
  readonly ourSpendable: ReadonlyMap<number, Amount> | undefined
  readonly ourListed: ReadonlyMap<number, Amount> | undefined
  readonly tables: readonly ReportTable[]
  /** Legacy rows without a txid, by status. */
  readonly drafts: readonly { readonly status: string; readonly count: number }[]
  readonly statusesNow: readonly { readonly status: string; readonly count: number }[] | undefined
  readonly timings: readonly ReportTiming[]
}

/** Whose table is which in this phase; undefined where that side is not there or not filled. */
interface Sides {
  readonly legacy: ((table: string) => string) | undefined
  readonly ours: ((table: string) => string) | undefined
}

/** Inside a read session. */
export async function readReportRows(session: SqlSession, phase: MigrationPhase): Promise<ReportRows> {
  const catalogue = await readCatalogue(session)
  const { legacy, ours } = sidesOf(phase)
  return {
    users: await session.all('select userId, identityKey from users order by userId'),
    legacyOutputs: legacy && (await amounts(session, `${legacy('outputs')} o`)),
    ourOutputs: ours && (await amounts(session, `${ours('outputs')} o`)),
    ourSpendable: phase === 'finalized' ? await amounts(session, 'outputs o where o.spendable = 1') : undefined,
    ourListed: phase === 'finalized' ? await amounts(session, LISTED) : undefined,
    tables: await countTables(session, catalogue, { legacy, ours }),
    drafts: legacy
      ? await session.all(
          `select status, count(*) as count from ${legacy('transactions')} where txid is null or txid = '' group by status order by 2 desc`,
        )
      : [],
    statusesNow: ours
      ? await session.all(
          `select processing as status, count(*) as count from ${ours('transactions')} group by processing order by 2 desc, 1`,
        )
      : undefined,
    timings: await readTimings(session),
  }
}

function sidesOf(phase: MigrationPhase): Sides {
  const plain = (table: string): string => table
  const fresh = (table: string): string => (REBUILT.has(table) ? `${table}_new` : table)
  const kept = (table: string): string => `${table}_legacy`
  if (phase === 'cut-over') return { legacy: kept, ours: plain }
  if (phase === 'finalized') return { legacy: undefined, ours: plain }
  const isFilled = phase === 'backfilled' || phase === 'verified' || phase === 'rolled-back'
  return { legacy: plain, ours: isFilled ? fresh : undefined }
}

const REBUILT: ReadonlySet<string> = new Set([
  'transactions',
  'outputs',
  'commissions',
  'tx_labels_map',
  'output_tags_map',
])

/** What `listOutputs` shows. Source: docs/spec/wallet-storage.md §14. */
const LISTED: string = `outputs o join actions a on a.actionId = o.actionId join transactions t on t.transactionId = a.transactionId
  where o.spentByActionId is null and o.withheld is null and a.user_aborted = 0
    and t.processing in (${[...ACCEPTED_STATUSES, 'queued', 'sending', 'nosend', 'reorging'].map((status) => `'${status}'`).join(', ')})`

async function amounts(session: SqlSession, from: string): Promise<ReadonlyMap<number, Amount>> {
  // 1.0 *: a damaged database can hold amounts whose sum no integer holds.
  const rows = await session.all<{ userId: number; coins: number; satoshis: number }>(
    `select o.userId as userId, count(*) as coins, coalesce(sum(1.0 * o.satoshis), 0) as satoshis from ${from} group by o.userId`,
  )
  return new Map(rows.map(({ userId, coins, satoshis }) => [userId, { coins, satoshis }]))
}

const TABLES: readonly { title: string; from: string; to: string; legacyWhere?: string; ourWhere?: string }[] = [
  { title: 'Users’ views of transactions', from: 'transactions', to: 'actions' },
  {
    title: 'Drafts among them',
    from: 'transactions',
    to: 'actions',
    legacyWhere: "txid is null or txid = ''",
    ourWhere: 'transactionId is null',
  },
  { title: 'Outputs', from: 'outputs', to: 'outputs' },
  { title: 'Commissions', from: 'commissions', to: 'commissions' },
  { title: 'Labels on transactions', from: 'tx_labels_map', to: 'tx_labels_map' },
  { title: 'Tags on outputs', from: 'output_tags_map', to: 'output_tags_map' },
  { title: 'Proofs', from: 'proven_txs', to: 'transactions', ourWhere: 'merkle_path is not null' },
  {
    title: 'Requests to the network',
    from: 'proven_tx_reqs',
    to: 'transactions',
    ourWhere: 'legacy_req_id is not null',
  },
]

async function countTables(session: SqlSession, catalogue: Catalogue, { legacy, ours }: Sides): Promise<ReportTable[]> {
  const count = async (table: string, where: string | undefined): Promise<number | undefined> => {
    if (!catalogue.has(table)) return undefined
    const condition = where === undefined ? '' : ` where ${where}`
    return (await session.get<{ n: number }>(`select count(*) as n from ${table}${condition}`))?.n
  }
  const counted: ReportTable[] = []
  for (const { title, from, to, legacyWhere, ourWhere } of TABLES) {
    counted.push({
      title,
      from,
      to,
      before: legacy && (await count(legacy(from), legacyWhere)),
      after: ours && (await count(ours(to), ourWhere)),
    })
  }
  return counted
}
