import type { LegacyFacts } from './legacy-facts.js'
import type { SqlSession } from '../sql-session.js'
import type { StatementContext } from '../statements/statement-context.js'
import { namelessFindings } from '../statements/write-findings.js'
import {
  deriveActions,
  deriveCommissions,
  deriveLabels,
  deriveOutputs,
  derivePlainActions,
  derivePlainOutputs,
  derivePlainTransactions,
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
  /** Derives the rows of a range of keys. */
  work(session: SqlSession, context: StatementContext, range: KeyRange): Promise<void>
}

/** Keys above `after` up to `upTo`. */
export interface KeyRange {
  readonly after: number
  readonly upTo: number
  /** How many keys there are in it. */
  readonly keys: number
  /** What is known of the whole database; undefined when finding out would take longer than a range may. */
  readonly facts: LegacyFacts | undefined
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
    work: async (session, _context, { after, upTo, facts }) => {
      const unusual = `select 1 from ${table} where txid <> lower(txid) or txid = '' or txid is null limit 1`
      if (facts !== undefined && !(await facts.finds(session, unusual))) return
      await session.run(
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
    },
  })),
  {
    name: 'keys-transactions',
    title: "Index the txids of users' transactions",
    kind: undefined,
    table: 'transactions',
    column: 'transactionId',
    work: async (session, _context, { after, upTo }) => {
      await session.run(
        `insert into migration_scan_keys (txid, user_id, id)
         select lower(x.txid), x."userId", x."transactionId" from transactions x
         where x."transactionId" > ? and x."transactionId" <= ? and x.txid <> ''
           and not exists (select 1 from migration_scan_keys k where k.txid = lower(x.txid) and k.user_id = x."userId" and k.id = x."transactionId")
         order by 1`,
        [after, upTo],
      )
    },
  },
  {
    name: 'transactions-requests',
    title: 'Transactions with a request',
    kind: 'transactions',
    table: 'proven_tx_reqs',
    column: 'provenTxReqId',
    work: async (session, context, range) => {
      const { after, upTo, keys, facts } = range
      // Nobody but catching up can have made them already, and it makes this index before it begins.
      const isIndexed = await session.dialect.hasUniqueIndex(session, 'transactions_new', ['txid'])
      let above: number | undefined
      if (!isIndexed && facts !== undefined && !(await differInCase(session))) {
        const plain = await derivePlainTransactions(session, context, {
          from: `(select x."provenTxReqId" as n, x.txid as txid from proven_tx_reqs x
            where x."provenTxReqId" > ? and x."provenTxReqId" <= ? and x.txid <> '')`,
          bindings: [after, upTo],
          numbered: 'proven_tx_reqs',
          areShared: await facts.finds(session, SHARED_TXID),
        })
        if (plain.written === keys) return
        above = plain.above
      }
      await session.run(
        `insert into txk_work_tx (n, txid) select x."provenTxReqId", lower(x.txid) from proven_tx_reqs x
         where x."provenTxReqId" > ? and x."provenTxReqId" <= ? and x.txid <> ''
           ${isIndexed ? 'and not exists (select 1 from transactions_new t where t.txid = lower(x.txid))' : ''}
           ${above === undefined ? '' : `and x."provenTxReqId" not in (select t.legacy_req_id from transactions_new t where t."transactionId" > ${above})`}
           and not exists (select 1 from migration_scan_cases c where c.txid = lower(x.txid) and c.source = 2 and c.id < x."provenTxReqId")
           and (x.txid = lower(x.txid)
             or not exists (select 1 from proven_tx_reqs y where y.txid = lower(x.txid) and y."provenTxReqId" < x."provenTxReqId"))`,
        [after, upTo],
      )
      await deriveTransactions(session, context, 'insert', 'proven_tx_reqs')
    },
  },
  transactionsPass('transactions-proofs', 'Proofs nobody requested', 'proven_txs', 'provenTxId'),
  transactionsPass('transactions-rows', "Users' transactions", 'transactions', 'transactionId'),
  {
    name: 'actions',
    title: 'Actions',
    kind: 'actions',
    table: 'transactions',
    column: 'transactionId',
    work: async (session, context, range) => {
      const { after, upTo, keys, facts } = range
      const isFollowed =
        (await session.get('select 1 from actions where "actionId" > ? limit 1', [after])) !== undefined
      const mayBePlain = facts !== undefined && !isFollowed && !context.loose.references
      const written = mayBePlain ? await derivePlainActions(session, context, range) : 0
      if (written === keys) return
      await session.run(
        `insert into txk_work_action (id) select x."transactionId" from transactions x where x."transactionId" > ? and x."transactionId" <= ?
           and not exists (select 1 from actions a where a."actionId" = x."transactionId")`,
        [after, upTo],
      )
      await deriveActions(session, context, 'insert')
    },
  },
  {
    name: 'outputs',
    title: 'Outputs',
    kind: 'outputs',
    table: 'outputs',
    column: 'outputId',
    work: async (session, context, range) => {
      const written = (await mayBePlain(session, range)) ? await derivePlainOutputs(session, context, range) : 0
      if (written === range.keys) return
      await session.run(
        `insert into txk_work_output (id) select x."outputId" from outputs x where x."outputId" > ? and x."outputId" <= ?
           and not exists (select 1 from outputs_new n where n."outputId" = x."outputId")`,
        [range.after, range.upTo],
      )
      await deriveOutputs(session, context)
    },
  },
  {
    name: 'commissions',
    title: 'Commissions',
    kind: 'commissions',
    table: 'commissions',
    column: 'commissionId',
    work: async (session, context, { after, upTo }) => {
      await session.run(
        `insert into txk_work_commission (id) select x."commissionId" from commissions x where x."commissionId" > ? and x."commissionId" <= ?
           and not exists (select 1 from commissions_new n where n."commissionId" = x."commissionId")`,
        [after, upTo],
      )
      await deriveCommissions(session, context)
    },
  },
  {
    name: 'labels',
    title: 'Labels of actions',
    kind: 'labels',
    table: 'tx_labels_map',
    column: 'transactionId',
    work: async (session, context, { after, upTo }) => {
      await session.run(
        `insert into txk_work_label (id) select distinct coalesce(tw.keeper_id, m."transactionId") from tx_labels_map m
         left join migration_scan_twins tw on tw.action_id = m."transactionId"
         where m."transactionId" > ? and m."transactionId" <= ?
         union select distinct m."transactionId" from tx_labels_map m where m."transactionId" > ? and m."transactionId" <= ?`,
        [after, upTo, after, upTo],
      )
      await deriveLabels(session, context)
    },
  },
  {
    name: 'tags',
    title: 'Tags of outputs',
    kind: 'tags',
    table: 'output_tags_map',
    column: 'outputId',
    work: async (session, context, { after, upTo }) => {
      await session.run(
        `insert into txk_work_tag (id) select distinct m."outputId" from output_tags_map m where m."outputId" > ? and m."outputId" <= ?`,
        [after, upTo],
      )
      await deriveTags(session, context)
    },
  },
]

/** A txid of more than one user's row. */
const SHARED_TXID = 'select 1 from migration_scan_keys group by txid having count(*) > 1 limit 1'

async function differInCase(session: SqlSession): Promise<boolean> {
  return (await session.get('select 1 from migration_scan_cases limit 1')) !== undefined
}

/** Two rows that name one output of one legacy row. */
const SHARED_PLACE = 'select 1 from outputs group by "transactionId", vout having count(*) > 1 limit 1'

/** Whether the range has only outputs with a place of their own, and catching up has not come by before. */
async function mayBePlain(session: SqlSession, { after, facts }: KeyRange): Promise<boolean> {
  if (facts === undefined || (await facts.finds(session, SHARED_PLACE))) return false
  const obstacle = await session.get(
    `select 1 from migration_scan_twins union all select 1 from migration_scan_placeholders
     union all select 1 from outputs_new where "outputId" > ? limit 1`,
    [after],
  )
  return obstacle === undefined
}

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
    work: async (session, context, { after, upTo, facts }) => {
      const numbered = table === 'proven_txs' ? table : undefined
      const { changes } = await session.run(
        `insert into txk_work_tx (n, txid) select min(x."${column}"), lower(x.txid) from ${table} x
         where x."${column}" > ? and x."${column}" <= ? and x.txid <> ''
           and not exists (select 1 from transactions_new t where t.txid = lower(x.txid))
         group by lower(x.txid)`,
        [after, upTo],
      )
      if (facts !== undefined && !(await differInCase(session))) {
        const areShared = await facts.finds(session, SHARED_TXID)
        const work = { from: 'txk_work_tx', bindings: [], numbered, areShared }
        const { written, above } = await derivePlainTransactions(session, context, work)
        if (written === changes) return
        await session.run(
          'delete from txk_work_tx where txid in (select t.txid from transactions_new t where t."transactionId" > ?)',
          [above],
        )
      }
      await deriveTransactions(session, context, 'insert', numbered)
    },
  }
}
