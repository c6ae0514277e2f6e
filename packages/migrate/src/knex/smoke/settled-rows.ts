import { isProcessingStatus, type ProcessingStatus } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import type { CheckResult } from '../../check-result.js'
import type { SqlSession } from '../sql-session.js'
import { compareHoldings, type VerifiedCoins } from '../verify/checks/output-checks.js'
import { CoinSetBuilder, type CoinSet } from '../verify/coin-set.js'
import { equalCheck } from '../verify/differences.js'
import { readProvenRows, type ProvenRows, type ProvenTable } from '../verify/proven-rows.js'
import type { VerifyReport } from '../verify/verify-migration.js'

/** A green comparison of every row, made before the swap by the process that smokes after it. */
export interface SettledRows {
  readonly before: ProvenRows
  readonly now: ProvenRows
  readonly coins: VerifiedCoins
}

/**
 * What `verify` proved, when it still holds: it was green with no write waiting, no application wrote between its snapshot and the
 * swap, and none since. Then our rows are the ones it compared, under new names. Otherwise undefined, and everything is compared
 * again. Inside the snapshot of the smoke test.
 */
export async function readSettledRows(
  session: SqlSession,
  verified: VerifyReport | undefined,
): Promise<SettledRows | undefined> {
  const before = verified?.proven
  if (verified?.ok !== true || before === undefined) return undefined
  const now = await readProvenRows(session, (table) => table)
  const written = await session.get(`SELECT 1 AS written FROM migration_reverse_outbox LIMIT 1`)
  return now.lastChange === before.lastChange && written === undefined
    ? { before, now, coins: verified.coins }
    : undefined
}

const ROW_CHECKS: readonly (readonly [id: string, table: ProvenTable, claim: string])[] = [
  [
    'smoke.1-transactions',
    'transactions',
    'One transaction per txid of requests, proofs and users’ rows, and no other.',
  ],
  ['smoke.2-actions', 'actions', 'One action per row of the legacy transactions, with its number.'],
  ['smoke.5-labels', 'tx_labels_map', 'The pairs of label and action are those of the legacy rows.'],
  ['smoke.5-tags', 'output_tags_map', 'The pairs of tag and output are those of the legacy rows.'],
  ['smoke.5-commissions', 'commissions', 'The commissions are those of the legacy rows.'],
]

const HOW = 'Verify compared them row by row in this run, nothing was written since, and as many rows are in use now.'

/** Checks 1, 2, 4 and 5 over rows that verify compared: that as many are in use under their new names. */
export function checkSettledRows({ before, now }: SettledRows): CheckResult[] {
  return [
    ...ROW_CHECKS.map(([id, table, claim]) => equalCheck(id, `${claim} ${HOW}`, before.rows[table], now.rows[table])),
    equalCheck(
      'smoke.4-drafts',
      `Exactly the actions without a txid of their own are drafts. ${HOW}`,
      before.drafts,
      now.drafts,
    ),
  ]
}

/** Check 9 over such rows: the coins in use, read anew, are the ones verify expected of the legacy rows. */
export async function checkSettledCoins(
  session: SqlSession,
  { coins }: SettledRows,
): Promise<{ checks: CheckResult[]; coins: VerifiedCoins }> {
  const { actualSpendable, actualListed } = await readCoinsInUse(session)
  const { spendable, listed } = coins
  const checks = [
    equalCheck(
      'smoke.9-spendable-set',
      'The spendable set in use is the one verify expected in this run, coin by coin (SHA-256).',
      spendable.expected.sha256,
      actualSpendable.sha256,
    ),
    compareHoldings(spendable.expected, actualSpendable).toCheck(
      'smoke.9-spendable-holdings',
      'Every user holds the expected coins in every basket.',
    ),
    equalCheck(
      'smoke.9-listed-set',
      'Wallets list the coins verify expected in this run (SHA-256).',
      listed.expected.sha256,
      actualListed.sha256,
    ),
    compareHoldings(listed.expected, actualListed).toCheck(
      'smoke.9-listed-holdings',
      'Every user sees the expected balance in every basket.',
    ),
  ]
  return { checks, coins: { ...coins, actualSpendable, actualListed } }
}

const LISTED: ReadonlySet<ProcessingStatus> = new Set([
  ...ACCEPTED_STATUSES,
  'queued',
  'sending',
  'nosend',
  'reorging',
] as const)

type CoinRow = readonly [
  outputId: number,
  userId: number,
  basketId: number | null,
  satoshis: number,
  isSpendable: number,
  isUnspent: number,
  processing: string | null,
]

/** Our rows as the new application reads them. What lists show: docs/spec/wallet-storage.md §14. */
async function readCoinsInUse(session: SqlSession): Promise<{ actualSpendable: CoinSet; actualListed: CoinSet }> {
  const [spendable, listed] = [new CoinSetBuilder(), new CoinSetBuilder()]
  await session.each<CoinRow>(
    `SELECT o.outputId, o.userId, o.basketId, o.satoshis, o.spendable,
            o.spentByActionId IS NULL AND o.withheld IS NULL AND a.user_aborted = 0, t.processing
       FROM outputs o
       JOIN actions a ON a.actionId = o.actionId
       LEFT JOIN transactions t ON t.transactionId = a.transactionId
      WHERE o.spendable = 1 OR o.spentByActionId IS NULL
      ORDER BY o.outputId`,
    ([outputId, userId, basketId, satoshis, isSpendable, isUnspent, processing]) => {
      const coin = { outputId, userId, basketId, satoshis }
      if (isSpendable === 1) spendable.add(coin)
      if (isUnspent === 1 && isProcessingStatus(processing) && LISTED.has(processing)) listed.add(coin)
    },
  )
  return { actualSpendable: spendable.finish(), actualListed: listed.finish() }
}
