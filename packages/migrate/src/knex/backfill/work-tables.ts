import {
  ACCEPTED_STATUSES,
  enumerateLegacyPairs,
  isTerminal,
  MOST_ADVANCED_FIRST,
  type LegacyFrozenReason,
} from '@txkeep/fsm'
import type { ProcessingStatus } from '@txkeep/core'
import { RowInserter } from '../scan/row-inserter.js'
import type { SqlSession } from '../sql-session.js'

/** Where no row of that kind is. */
export const NO_ROW = '(none)'

/** A status column as it is looked up in `txk_pair`: what says `NO_ROW` of itself is a status nobody knows. */
export function statusIn(column: string): string {
  return `nullif(${column}, '${NO_ROW}')`
}

/** Which reason wins where several users' rows end frozen. */
const REASONS: readonly (LegacyFrozenReason | undefined)[] = [
  undefined,
  'unknown-status',
  'no-raw-tx',
  'legacy-uncertain',
]

/**
 * A status and its reason as one number: the lowest of several users' numbers is what their transaction becomes, because the
 * most advanced status has the lowest.
 */
export function scoreOf(processing: ProcessingStatus, reason?: LegacyFrozenReason): number {
  return MOST_ADVANCED_FIRST.indexOf(processing) * 10 + REASONS.indexOf(reason)
}

/** The score of a pair in which a status text is in no list. */
export const UNKNOWN_SCORE: number = scoreOf('frozen', 'unknown-status')

/** A transaction in one of these holds the inputs its raw bytes consume. Source: docs/spec/lifecycle.md §3 step 5. */
export const HOLDING_STATUSES: readonly ProcessingStatus[] = ['sending', 'frozen', ...ACCEPTED_STATUSES]

/**
 * Temporary tables of one session. `txk_pair` and `txk_status` are the rules of `@txkeep/fsm` as rows to join, so that no rule is
 * written twice. `txk_work_*` hold the keys to derive now, a range or what changed; `txk_plan_*` what they become.
 */
export async function createWorkTables(session: SqlSession): Promise<void> {
  for (const [name, columns] of WORK_TABLES) await session.run(session.dialect.createTemporaryTable(name, columns))
  const there = await session.get<{ n: number }>('select count(*) as n from txk_pair')
  if (there?.n === 0) await fillRules(session)
}

/** Empties the work sets and plans. */
export async function clearWorkTables(session: SqlSession): Promise<void> {
  for (const sql of session.dialect.emptyTemporaryTables(WORK_SETS)) await session.run(sql)
}

const RULES: ReadonlySet<string> = new Set(['txk_pair', 'txk_status'])

const WORK_TABLES: readonly (readonly [name: string, columns: string])[] = [
  [
    'txk_pair',
    'tx_status varchar(64) not null, req_status varchar(64) not null, flags integer not null, score integer, aborted integer not null, primary key (tx_status, req_status, flags)',
  ],
  [
    'txk_status',
    'score integer primary key, processing varchar(16) not null, frozen_reason varchar(32), accepted integer not null, terminal integer not null',
  ],
  ['txk_work_tx', 'n integer primary key, txid varchar(64) not null unique'],
  [
    'txk_odd_tx',
    'n integer primary key, proven_id integer, req_id integer, proofs integer not null, reqs integer not null, raw_proven_id integer, raw_req_id integer, beef_req_id integer',
  ],
  [
    'txk_plan_tx',
    `n integer primary key, txid varchar(64) not null unique, proven_id integer, req_id integer, first_row_id integer,
     raw_source integer, raw_bytes integer, raw_row_id integer, raw_proven_id integer, raw_req_id integer, beef_row_id integer, beef_req_id integer,
     proofs integer not null, reqs integer not null, users integer not null,
     score integer not null, created_at varchar(24) not null, updated_at varchar(24) not null, anomalies integer not null`,
  ],
  [
    'txk_scan',
    'n integer primary key, txid varchar(64) not null, raw_ok integer not null, is_coinbase integer not null, path_ok integer not null, merkle_index integer',
  ],
  ['txk_consumed', 'txid varchar(64) not null, vout bigint not null'],
  ['txk_work_action', 'id integer primary key'],
  [
    'txk_plan_action',
    'id integer primary key, transaction_id integer, keeper_id integer, aborted integer not null, anomalies integer not null',
  ],
  ['txk_work_output', 'id integer primary key'],
  ['txk_placement', 'id integer primary key, action_id integer not null, twin integer not null, spent_by integer'],
  [
    'txk_plan_output',
    `id integer primary key, user_id integer not null, action_id integer not null, transaction_id integer, txid varchar(64), vout integer,
     holder integer, holder_state integer not null, accepted integer not null, pending integer not null, free_rule integer not null,
     flagged integer not null, forced varchar(32), coinbase integer not null, height integer, basket_id integer, consumer integer, consumer_action integer,
     withheld varchar(32), anomalies integer not null`,
  ],
  ['txk_work_commission', 'id integer primary key'],
  ['txk_work_label', 'id integer primary key'],
  ['txk_work_tag', 'id integer primary key'],
]

const WORK_SETS: readonly string[] = WORK_TABLES.map(([name]) => name).filter((name) => !RULES.has(name))

async function fillRules(session: SqlSession): Promise<void> {
  const pairs = new RowInserter(session, 'txk_pair', ['tx_status', 'req_status', 'flags', 'score', 'aborted'])
  for (const pair of enumerateLegacyPairs()) {
    // A proof wins over the pair whatever it is, and a proof has to be looked at first: it is joined separately.
    if (pair.hasProof) continue
    pairs.add(
      pair.transaction ?? NO_ROW,
      pair.request ?? NO_ROW,
      Number(pair.wasBroadcast) + 2 * Number(pair.hasRawTx) + 4 * Number(pair.hasTxid),
      pair.processing === undefined ? null : scoreOf(pair.processing, pair.frozenReason),
      Number(pair.aborted),
    )
  }
  await pairs.flush()
  for (const processing of MOST_ADVANCED_FIRST) {
    for (const reason of processing === 'frozen' ? REASONS.slice(1) : [undefined]) {
      await session.run(
        'insert into txk_status (score, processing, frozen_reason, accepted, terminal) values (?, ?, ?, ?, ?)',
        [
          scoreOf(processing, reason),
          processing,
          reason ?? null,
          Number(ACCEPTED_STATUSES.includes(processing)),
          Number(isTerminal(processing)),
        ],
      )
    }
  }
}
