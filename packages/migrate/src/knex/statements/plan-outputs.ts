import { COINBASE_MATURITY_BLOCKS, MAX_SATOSHIS } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import {
  hasMissingValue,
  known,
  legacyColumn,
  ownerOf,
  timestampBits,
  txidOf,
  words,
  type StatementContext,
} from './statement-context.js'

/** What can be wrong with one legacy output, as bits of `txk_plan_output.anomalies`. */
export const OUTPUT_ANOMALIES = {
  'orphan-output': 1,
  'foreign-output-owner': 2,
  'dangling-spent-by': 4,
  'output-txid-mismatch': 8,
  'missing-script': 16,
  'script-slice-outside': 32,
  'phantom-coin': 64,
  'duplicate-output': 128,
  'immature-coinbase': 256,
  'satoshis-out-of-range': 512,
  'unreadable-timestamp': 1024,
  'raw-tx-hash-mismatch': 2048,
  'missing-value': 4096,
  'orphan-basket': 8192,
} as const

/** Who holds an output, as `txk_plan_output.holder_state`. */
export const HOLDER = { none: 0, draft: 1, dead: 2, dangling: 3, live: 4 } as const

/** How outputs are planned. */
export interface OutputPlan {
  /** Where the planned rows `o` come from, as the beginning of a join. */
  readonly from: string
  /** No user holds a txid twice, no action is a placeholder and no two rows share a place: what only such rows need is left out. */
  readonly isPlain: boolean
}

/** The columns of `txk_plan_output` and what each is, all but who consumed what, and where they come from. */
export function outputPlan(
  context: StatementContext,
  { from, isPlain }: OutputPlan,
): { readonly columns: readonly (readonly [column: string, value: string])[]; readonly source: string } {
  const join = context.dialect.joinInOrder
  const column = (name: string, fallback: string): string => legacyColumn(context, 'outputs', 'o', name, fallback)
  const [length, offset] = [column('scriptLength', 'null'), column('scriptOffset', 'null')]
  const slice = `(${length} is not null and ${offset} is not null)`
  // Text in either column is no place in any bytes.
  const { isWholeNumber } = context.dialect.reading
  const inside = `(${isWholeNumber(length)} and ${isWholeNumber(offset)} and ${offset} >= 0 and ${length} > 0
    and t.raw_tx is not null and ${offset} + ${length} <= length(t.raw_tx))`
  const notWhole = (value: string): string => `(${value} is not null and not ${isWholeNumber(value)})`
  const scriptKnown = `(o."lockingScript" is not null or ${inside})`
  const spentBy = isPlain ? 'o."spentBy"' : 'coalesce(p.spent_by, o."spentBy")'
  const holder = isPlain ? spentBy : `coalesce(hold_twin.keeper_id, ${spentBy})`
  const rawBad = '(coalesce(sc.raw_ok, 1) = 0)'
  // An action without a legacy row is a placeholder of ours; there are few, and their table is small.
  const orphan = isPlain ? '1 = 0' : 'ph.action_id is not null'
  const owner = ownerOf(context, 'o')
  const dangling = `(${holder} is not null and h."actionId" is null)`
  const badSatoshis = `(not ${isWholeNumber('o.satoshis')} or o.satoshis < 0 or o.satoshis > ${MAX_SATOSHIS})`
  // Txids nearly always are the same text: only when not is their case looked at.
  const mismatch = `(t."transactionId" is not null and (o.txid is null or o.txid <> t.txid) and ${context.dialect.differs(txidOf('o'), 't.txid')})`
  const bit = (name: keyof typeof OUTPUT_ANOMALIES, condition: string): string =>
    `case when ${condition} then ${OUTPUT_ANOMALIES[name]} else 0 end`
  const accepted = `(t.processing is not null and t.processing in (${words(ACCEPTED_STATUSES)}))`
  const flag = '(o.spendable is not null and o.spendable = 1)'
  const number = (condition: string): string => `case when ${condition} then 1 else 0 end`
  const anomalies = [
    bit('orphan-output', orphan),
    bit('foreign-output-owner', `not ${orphan} and o."userId" <> own."userId"`),
    bit('dangling-spent-by', dangling),
    bit('output-txid-mismatch', mismatch),
    bit('missing-script', `${accepted} and o."lockingScript" is null and not ${slice}`),
    bit(
      'script-slice-outside',
      `t."transactionId" is not null and o."lockingScript" is null and ${slice} and not ${inside}
          or ${notWhole(length)} or ${notWhole(offset)}`,
    ),
    bit('duplicate-output', isPlain ? '1 = 0' : 'p.id is not null'),
    bit(
      'immature-coinbase',
      `t.is_coinbase = 1 and ${flag} and ${holder} is null and ${accepted}
        and not (t.height + ${COINBASE_MATURITY_BLOCKS} <= coalesce((select ct.height from chain_tip ct where ct.id = 1), -1) and t.height is not null)`,
    ),
    bit('satoshis-out-of-range', `${badSatoshis} and o.satoshis is not null`),
    timestampBits(context, 'o', OUTPUT_ANOMALIES['unreadable-timestamp']),
    bit('raw-tx-hash-mismatch', `${rawBad} and o."lockingScript" is null`),
    bit('missing-value', hasMissingValue(context, 'outputs', 'o')),
    bit('orphan-basket', 'b."basketId" is null and o."basketId" is not null'),
  ]
  const columns: readonly (readonly [string, string])[] = [
    ['id', 'o."outputId"'],
    ['user_id', 'o."userId"'],
    ['action_id', 'a."actionId"'],
    ['transaction_id', 't."transactionId"'],
    ['txid', `case when t."transactionId" is null then ${txidOf('o')} else t.txid end`],
    ['vout', known(context, 'outputs', 'o', 'vout')],
    ['holder', 'h."actionId"'],
    [
      'holder_state',
      `case when ${holder} is null then ${HOLDER.none} when h."actionId" is null then ${HOLDER.dangling}
      when h."transactionId" is null then ${HOLDER.draft}
      when ht.processing in ('invalid', 'doubleSpend') then ${HOLDER.dead} else ${HOLDER.live} end`,
    ],
    ['accepted', number(accepted)],
    ['pending', number("t.processing in ('queued', 'sending')")],
    [
      'free_rule',
      `case when a.user_aborted = 0 and ${scriptKnown} and (t.is_coinbase = 0 or t.height + ${COINBASE_MATURITY_BLOCKS} <= (select ct.height from chain_tip ct where ct.id = 1))
      then 1 else 0 end`,
    ],
    ['flagged', number(flag)],
    [
      'forced',
      `case when o.purpose = 'storage-commission' then 'commission' ${isPlain ? '' : "when p.twin = 1 then 'duplicate'"}
      when ${orphan} or ${badSatoshis} or (${dangling} and not ${flag}) then 'legacy'
      when ${rawBad} and o."lockingScript" is null then 'legacy' end`,
    ],
    ['coinbase', 'coalesce(t.is_coinbase, 0)'],
    ['height', 't.height'],
    ['basket_id', 'b."basketId"'],
    ['anomalies', anomalies.join('\n    + ')],
  ]
  const joins = isPlain
    ? [
        `${join} actions own on own."actionId" = ${owner}`,
        `${join} actions a on a."actionId" = own."actionId"`,
        'left join output_baskets b on b."basketId" = o."basketId"',
        'left join transactions_new t on t."transactionId" = a."transactionId"',
        'left join migration_scan sc on sc.txid = t.txid',
        `left join actions h on h."actionId" = ${holder}`,
      ]
    : [
        `left join migration_scan_placeholders ph on ph.action_id = ${owner}`,
        `${join} actions own on own."actionId" = ${owner}`,
        'left join txk_placement p on p.id = o."outputId"',
        `${join} actions a on a."actionId" = coalesce(p.action_id, ${owner})`,
        'left join output_baskets b on b."basketId" = o."basketId"',
        'left join transactions_new t on t."transactionId" = a."transactionId"',
        'left join migration_scan sc on sc.txid = t.txid',
        `left join migration_scan_twins hold_twin on hold_twin.action_id = ${spentBy}`,
        `left join migration_scan_placeholders hph on hph.action_id = ${holder}`,
        `left join actions h on h."actionId" = ${holder} and hph.action_id is null`,
      ]
  const source = [from, ...joins, 'left join transactions_new ht on ht."transactionId" = h."transactionId"'].join(
    '\n  ',
  )
  return { columns, source }
}

/** `txk_work_output` → `txk_plan_output`, all but who consumed what. */
export function planOutputs(context: StatementContext): string {
  const { columns, source } = outputPlan(context, {
    from: `txk_work_output w ${context.dialect.joinInOrder} outputs o on o."outputId" = w.id`,
    isPlain: false,
  })
  return `insert into txk_plan_output (${columns.map(([column]) => column).join(', ')})
  select ${columns.map(([, value]) => value).join(',\n    ')}
  from ${source}`
}
