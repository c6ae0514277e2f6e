import type { SqlSession } from '../sql-session.js'
import type { StatementContext } from '../statements/statement-context.js'
import { namelessFindings } from '../statements/write-findings.js'
import {
  deriveActions,
  deriveCommissions,
  deriveLabels,
  deriveOutputs,
  deriveTags,
  deriveTransactions,
} from './derive.js'

/** What catch-up derives again so far: a pass that has not begun will read the current legacy rows anyway. */
export const DERIVED_KINDS = ['transactions', 'actions', 'outputs', 'commissions', 'labels', 'tags'] as const

export type DerivedKind = (typeof DERIVED_KINDS)[number]

/** One walk over the keys of a legacy table, in ranges. */
export interface BackfillPass {
  readonly name: string
  readonly title: string
  /** What it derives; undefined for passes that only prepare. */
  readonly kind: DerivedKind | undefined
  /** The legacy table and column whose values the cursor walks along. */
  readonly table: string
  readonly column: string
  /** Derives the rows with keys above `after` up to `upTo`; resolves to how many new rows it wrote. */
  work(session: SqlSession, context: StatementContext, after: number, upTo: number): Promise<number>
}

const CASE_SOURCES = [
  { source: 1, table: 'proven_txs', column: 'provenTxId' },
  { source: 2, table: 'proven_tx_reqs', column: 'provenTxReqId' },
] as const

/** Every pass in order. The order is that of the references between the new tables. Source: docs/spec/migration.md §3.6. */
export const BACKFILL_PASSES: readonly BackfillPass[] = [
  ...CASE_SOURCES.map(({ source, table, column }): BackfillPass => ({
    name: `cases-${table}`,
    title: `Look for txids in upper case in ${table}`,
    kind: undefined,
    table,
    column,
    work: async (session, _context, after, upTo) => {
      const { changes } = await session.run(
        `insert into migration_scan_cases (txid, source, id)
         select lower(x.txid), ${source}, x."${column}" from ${table} x
         where x."${column}" > ? and x."${column}" <= ? and x.txid <> lower(x.txid)
           and not exists (select 1 from migration_scan_cases k where k.txid = lower(x.txid) and k.source = ${source} and k.id = x."${column}")`,
        [after, upTo],
      )
      // Catching up may have come by before the pass did.
      await session.run(
        namelessFindings(
          session.dialect,
          table,
          column,
          `${table} x where x."${column}" > ? and x."${column}" <= ? and not exists (
             select 1 from migration_findings f where f.table_name = '${table}' and f.key1 = ${session.dialect.text(`x."${column}"`)})`,
        ),
        [after, upTo],
      )
      return changes
    },
  })),
  {
    name: 'keys-transactions',
    title: "Index the txids of users' transactions",
    kind: undefined,
    table: 'transactions',
    column: 'transactionId',
    work: async (session, _context, after, upTo) => {
      const { changes } = await session.run(
        `insert into migration_scan_keys (txid, user_id, id)
         select lower(x.txid), x."userId", x."transactionId" from transactions x
         where x."transactionId" > ? and x."transactionId" <= ? and x.txid <> ''
           and not exists (select 1 from migration_scan_keys k where k.txid = lower(x.txid) and k.user_id = x."userId" and k.id = x."transactionId")
         order by 1`,
        [after, upTo],
      )
      return changes
    },
  },
  {
    name: 'transactions-requests',
    title: 'Transactions with a request',
    kind: 'transactions',
    table: 'proven_tx_reqs',
    column: 'provenTxReqId',
    work: async (session, context, after, upTo) => {
      // Nobody but catching up can have made them already, and it makes this index before it begins.
      const isIndexed = await session.dialect.hasUniqueIndex(session, 'transactions_new', ['txid'])
      await session.run(
        `insert into txk_work_tx (n, txid) select x."provenTxReqId", lower(x.txid) from proven_tx_reqs x
         where x."provenTxReqId" > ? and x."provenTxReqId" <= ? and x.txid <> ''
           ${isIndexed ? 'and not exists (select 1 from transactions_new t where t.txid = lower(x.txid))' : ''}
           and not exists (select 1 from migration_scan_cases c where c.txid = lower(x.txid) and c.source = 2 and c.id < x."provenTxReqId")
           and (x.txid = lower(x.txid)
             or not exists (select 1 from proven_tx_reqs y where y.txid = lower(x.txid) and y."provenTxReqId" < x."provenTxReqId"))`,
        [after, upTo],
      )
      return await deriveTransactions(session, context, 'insert', 'proven_tx_reqs')
    },
  },
  transactionsPass('transactions-proofs', 'Proofs nobody requested', 'proven_txs', 'provenTxId'),
  transactionsPass('transactions-rows', "Users' transactions", 'transactions', 'transactionId'),
  rangePass(
    'actions',
    'Actions',
    'actions',
    'transactions',
    'transactionId',
    'txk_work_action',
    'actions',
    '"actionId"',
    (session, context) => deriveActions(session, context, 'insert'),
  ),
  rangePass(
    'outputs',
    'Outputs',
    'outputs',
    'outputs',
    'outputId',
    'txk_work_output',
    'outputs_new',
    '"outputId"',
    deriveOutputs,
  ),
  rangePass(
    'commissions',
    'Commissions',
    'commissions',
    'commissions',
    'commissionId',
    'txk_work_commission',
    'commissions_new',
    '"commissionId"',
    deriveCommissions,
  ),
  {
    name: 'labels',
    title: 'Labels of actions',
    kind: 'labels',
    table: 'tx_labels_map',
    column: 'transactionId',
    work: async (session, context, after, upTo) => {
      await session.run(
        `insert into txk_work_label (id) select distinct coalesce(tw.keeper_id, m."transactionId") from tx_labels_map m
         left join migration_scan_twins tw on tw.action_id = m."transactionId"
         where m."transactionId" > ? and m."transactionId" <= ?
         union select distinct m."transactionId" from tx_labels_map m where m."transactionId" > ? and m."transactionId" <= ?`,
        [after, upTo, after, upTo],
      )
      return await deriveLabels(session, context)
    },
  },
  {
    name: 'tags',
    title: 'Tags of outputs',
    kind: 'tags',
    table: 'output_tags_map',
    column: 'outputId',
    work: async (session, context, after, upTo) => {
      await session.run(
        `insert into txk_work_tag (id) select distinct m."outputId" from output_tags_map m where m."outputId" > ? and m."outputId" <= ?`,
        [after, upTo],
      )
      return await deriveTags(session, context)
    },
  },
]

/** Transactions whose first trace is in `table`: what an earlier pass made already is left out. */
function transactionsPass(
  name: string,
  title: string,
  table: 'proven_txs' | 'transactions',
  column: string,
): BackfillPass {
  return {
    name,
    title,
    kind: 'transactions',
    table,
    column,
    work: async (session, context, after, upTo) => {
      await session.run(
        `insert into txk_work_tx (n, txid) select min(x."${column}"), lower(x.txid) from ${table} x
         where x."${column}" > ? and x."${column}" <= ? and x.txid <> ''
           and not exists (select 1 from transactions_new t where t.txid = lower(x.txid))
         group by lower(x.txid)`,
        [after, upTo],
      )
      return await deriveTransactions(session, context, 'insert', table === 'proven_txs' ? table : undefined)
    },
  }
}

function rangePass(
  name: string,
  title: string,
  kind: DerivedKind,
  table: string,
  column: string,
  work: string,
  target: string,
  targetKey: string,
  derive: (session: SqlSession, context: StatementContext) => Promise<number>,
): BackfillPass {
  return {
    name,
    title,
    kind,
    table,
    column,
    work: async (session, context, after, upTo) => {
      await session.run(
        `insert into ${work} (id) select x."${column}" from ${table} x where x."${column}" > ? and x."${column}" <= ?
           and not exists (select 1 from ${target} n where n.${targetKey} = x."${column}")`,
        [after, upTo],
      )
      return await derive(session, context)
    },
  }
}
