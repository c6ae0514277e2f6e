import { PROCESSING_STATUSES } from '@txkeep/core'
import { processingToLegacy } from '@txkeep/fsm'
import type { SqlSession } from '../sql-session.js'

/** Stands for the status of an action without a transaction. */
export const DRAFT = '(draft)'

/**
 * Temporary tables of one session. `txk_back_status` is the way back of `@txkeep/fsm` as rows to join, so that no rule is written
 * twice; the others hold the keys one batch projects.
 */
export async function createReverseWorkTables(session: SqlSession): Promise<void> {
  for (const [name, columns] of WORK_TABLES) await session.run(session.dialect.createTemporaryTable(name, columns))
  const there = await session.get<{ n: number }>('select count(*) as n from txk_back_status')
  if (there?.n === 0) await fillStatuses(session)
}

/** Empties the keys of the last batch. */
export async function clearReverseWorkTables(session: SqlSession): Promise<void> {
  for (const sql of session.dialect.emptyTemporaryTables(WORK_SETS)) await session.run(sql)
}

const WORK_TABLES: readonly (readonly [name: string, columns: string])[] = [
  [
    'txk_back_status',
    'processing varchar(16) not null, aborted integer not null, outgoing integer not null, tx_status varchar(64) not null, req_status varchar(64), primary key (processing, aborted, outgoing)',
  ],
  // `proven_id` and `req_id`: the legacy rows of the txid that are there.
  ['txk_back_tx', 'txid varchar(64) not null primary key, transaction_id integer, proven_id integer, req_id integer'],
  ['txk_back_proof_gone', 'id integer primary key'],
  ['txk_back_action', 'id integer primary key'],
  // Written, but no legacy row can say so.
  ['txk_back_apart', 'id integer primary key'],
  ['txk_back_output', 'id integer primary key'],
]

const WORK_SETS: readonly string[] = WORK_TABLES.map(([name]) => name).filter((name) => name !== 'txk_back_status')

async function fillStatuses(session: SqlSession): Promise<void> {
  for (const processing of [undefined, ...PROCESSING_STATUSES]) {
    for (const aborted of [false, true]) {
      for (const isOutgoing of [false, true]) {
        const { transaction, request } = processingToLegacy(processing, { aborted, isOutgoing })
        await session.run(
          'insert into txk_back_status (processing, aborted, outgoing, tx_status, req_status) values (?, ?, ?, ?, ?)',
          [processing ?? DRAFT, Number(aborted), Number(isOutgoing), transaction, request ?? null],
        )
      }
    }
  }
}
