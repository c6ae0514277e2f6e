import type { ProcessingStatus } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import type { CheckResult } from '../../../check-result.js'
import { CoinSetBuilder, type CoinSet } from '../coin-set.js'
import { compareColumnGroups, copied, copiedTimestamp } from '../compare-columns.js'
import { DifferenceList, equalCheck, showValue } from '../differences.js'
import { ExpectedCoinsBuilder, type ExpectedCoins } from '../expected-coins.js'
import { decideOutput, type LegacyOutputFacts } from '../expected-output.js'
import { EXPECTED_TXID, integerOrNull, readLegacyOutputs, type AlongsideOutput } from '../read-legacy-outputs.js'
import type { VerifyContext } from '../verify-context.js'

/** The coins of a migrated database: what they must be, and what they are. */
export interface VerifiedCoins extends ExpectedCoins {
  /** What our rows say can be spent. */
  readonly actualSpendable: CoinSet
  /** What our rows would list. */
  readonly actualListed: CoinSet
}

/** Columns of outputs that are copied as they are. */
const COPIED = [
  'userId',
  'outputDescription',
  'senderIdentityKey',
  'derivationPrefix',
  'derivationSuffix',
  'customInstructions',
  'sequenceNumber',
  'spendingDescription',
] as const

/** Columns that say where in the raw transaction a script is. */
const PLACES = ['scriptLength', 'scriptOffset'] as const

/** Every output's columns, its owner and spender, its flags by the rule, and the sets of coins they add up to. */
export async function checkOutputs(context: VerifyContext): Promise<{ checks: CheckResult[]; coins: VerifiedCoins }> {
  const { columns, scripts } = await compareCopiedColumns(context)
  const derived = await compareDerived(context)
  return {
    checks: [
      columns.toCheck('columns.outputs', 'Every output keeps its number, owner, value, derivation and words.'),
      scripts.toCheck('bytes.scripts', 'Every stored locking script is there byte for byte.'),
      derived.links.toCheck(
        'links.outputs',
        'Every output is in the basket, belongs to the action and is spent by the action it should be.',
      ),
      derived.withheld.toCheck(
        'coins.withheld',
        'Exactly those coins are withheld that a rule or a finding says, for that reason.',
      ),
      derived.flags.toCheck(
        'coins.flags',
        'Every spendable and pending flag is what the rule gives for the legacy rows.',
      ),
      ...coinChecks(derived.coins),
    ],
    coins: derived.coins,
  }
}

/** Columns every legacy version writes, and what stands in for one that was not. */
const WRITTEN: Readonly<Record<string, string>> = {
  change: '0',
  vout: '0',
  satoshis: '0',
  providedBy: "''",
  purpose: "''",
  type: "'custom'",
}

const NOT_DIRTY = 'NOT EXISTS (SELECT 1 FROM dirty_output d WHERE d.id = o.outputId)'

async function compareCopiedColumns({
  session,
  db,
}: VerifyContext): Promise<Record<'columns' | 'scripts', DifferenceList>> {
  const known = db.catalogue.get(db.legacy('outputs'))
  return await compareColumnGroups(session, {
    table: 'outputs',
    key: 'o.outputId',
    from: `FROM ${db.legacy('outputs')} o JOIN ${db.ours('outputs')} n ON n.outputId = o.outputId WHERE ${NOT_DIRTY}`,
    groups: {
      columns: [
        ...COPIED.filter((column) => known?.has(column) === true).map((column) => copied('o', 'n', column)),
        ...PLACES.filter((column) => known?.has(column) === true).map((column) => ({
          column,
          expected: integerOrNull(session, `o."${column}"`),
          actual: `n."${column}"`,
        })),
        ...Object.entries(WRITTEN)
          .filter(([column]) => known?.has(column) === true)
          .map(([column, standIn]) => ({
            column,
            expected: `coalesce(o."${column}", ${standIn})`,
            actual: `n."${column}"`,
          })),
        copiedTimestamp('o', 'n', 'created_at'),
        copiedTimestamp('o', 'n', 'updated_at'),
      ],
      scripts: [copied('o', 'n', 'lockingScript')],
    },
  })
}

/** What stands beside the facts of a legacy output: our row, and what of it is not as expected. */
type OurOutput = readonly [
  isDirty: number,
  outputId: number | null,
  actionId: number | null,
  spentByActionId: number | null,
  withheld: string | null,
  maturesAtHeight: number | null,
  basketId: number | null,
  spendable: number,
  pending: number,
  isListed: number,
  isOtherTxid: number,
  /** Both null where it is the same: a txid is long. */
  expectedTxid: string | null,
  txid: string | null,
]

const LISTED: readonly ProcessingStatus[] = [...ACCEPTED_STATUSES, 'queued', 'sending', 'nosend', 'reorging']

/** What `listOutputs` would show of our row. Source: docs/spec/wallet-storage.md §14. */
const IS_LISTED = `n.spentByActionId IS NULL AND n.withheld IS NULL AND coalesce(na.user_aborted, 0) = 0
  AND nt.processing IN (${LISTED.map((status) => `'${status}'`).join(', ')})`

function besideOutput({ session, db }: VerifyContext): AlongsideOutput {
  const isOtherTxid = session.dialect.differs('n.txid', EXPECTED_TXID)
  return {
    columns: `CASE WHEN d.id IS NULL THEN 0 ELSE 1 END, n.outputId, n.actionId, n.spentByActionId, n.withheld, n.matures_at_height, n.basketId,
              n.spendable, n.pending, CASE WHEN ${IS_LISTED} THEN 1 ELSE 0 END, CASE WHEN ${isOtherTxid} THEN 1 ELSE 0 END,
              CASE WHEN ${isOtherTxid} THEN ${EXPECTED_TXID} END, CASE WHEN ${isOtherTxid} THEN n.txid END`,
    joins: `LEFT JOIN dirty_output d ON d.id = o.outputId
            LEFT JOIN ${db.ours('outputs')} n ON n.outputId = o.outputId
            LEFT JOIN actions na ON na.actionId = n.actionId
            LEFT JOIN ${db.ours('transactions')} nt ON nt.transactionId = na.transactionId`,
  }
}

interface DerivedComparison {
  readonly links: DifferenceList
  readonly withheld: DifferenceList
  readonly flags: DifferenceList
  readonly coins: VerifiedCoins
}

/** One pass over both sides, in order of `outputId`. */
async function compareDerived(context: VerifyContext): Promise<DerivedComparison> {
  const { session, db, tipHeight } = context
  const links = new DifferenceList()
  const withheld = new DifferenceList()
  const flags = new DifferenceList()
  const expectedCoins = new ExpectedCoinsBuilder()
  const spendable = new CoinSetBuilder()
  const listed = new CoinSetBuilder()
  const compare = (row: LegacyOutputFacts, ours: OurOutput): void => {
    const [
      isDirty,
      ourId,
      actionId,
      spentByActionId,
      ourWithheld,
      maturesAtHeight,
      basketId,
      ourSpendable,
      pending,
      isListed,
      isOtherTxid,
      expectedTxid,
      txid,
    ] = ours
    // A row on its way counts on neither side: the next catch-up brings it.
    if (isDirty === 1) return
    const expected = decideOutput(row, tipHeight)
    expectedCoins.add(row, expected)
    if (ourId === null) return
    if (ourSpendable === 1) spendable.add(row)
    if (isListed === 1) listed.add(row)
    compareOne(links, row, 'actionId', expected.actionId, actionId)
    compareOne(links, row, 'basketId', row.basketId, basketId)
    compareOne(links, row, 'spentByActionId', expected.spentByActionId, spentByActionId)
    compareOne(links, row, 'matures_at_height', expected.maturesAtHeight, maturesAtHeight)
    if (isOtherTxid === 1) compareOne(links, row, 'txid', expectedTxid, txid)
    compareOne(withheld, row, 'withheld', expected.withheld, ourWithheld)
    compareOne(flags, row, 'spendable', expected.spendable ? 1 : 0, ourSpendable)
    compareOne(flags, row, 'pending', expected.pending ? 1 : 0, pending)
  }
  await readLegacyOutputs<OurOutput>(session, db, compare, besideOutput(context))
  return {
    links,
    withheld,
    flags,
    coins: { ...expectedCoins.finish(), actualSpendable: spendable.finish(), actualListed: listed.finish() },
  }
}

function compareOne(
  list: DifferenceList,
  { outputId }: LegacyOutputFacts,
  column: string,
  expected: string | number | null,
  actual: string | number | null,
): void {
  if (expected === actual) return
  list.add({
    table: 'outputs',
    key: String(outputId),
    column,
    expected: showValue(expected),
    actual: showValue(actual),
  })
}

function coinChecks({ spendable, listed, actualSpendable, actualListed }: VerifiedCoins): CheckResult[] {
  return [
    equalCheck(
      'coins.spendable-count',
      'As many coins can be spent as expected.',
      spendable.expected.coins,
      actualSpendable.coins,
    ),
    equalCheck(
      'coins.spendable-satoshis',
      'The coins that can be spent add up to the expected satoshis.',
      spendable.expected.satoshis,
      actualSpendable.satoshis,
    ),
    equalCheck(
      'coins.spendable-set',
      'The spendable set is the expected one, coin by coin (SHA-256).',
      spendable.expected.sha256,
      actualSpendable.sha256,
    ),
    compareHoldings(spendable.expected, actualSpendable).toCheck(
      'coins.spendable-holdings',
      'Every user holds the expected coins in every basket.',
    ),
    compareHoldings(listed.expected, actualListed).toCheck(
      'coins.listed-holdings',
      'Every user sees the expected balance in every basket.',
    ),
    equalCheck(
      'coins.listed-satoshis',
      'Wallets list the expected balance.',
      listed.expected.satoshis,
      actualListed.satoshis,
    ),
    equalCheck(
      'coins.listed-set',
      'Wallets list the expected coins (SHA-256).',
      listed.expected.sha256,
      actualListed.sha256,
    ),
  ]
}

/** Per user and basket: number and sum of coins. */
export function compareHoldings(expected: CoinSet, actual: CoinSet): DifferenceList {
  const differences = new DifferenceList()
  const show = (set: CoinSet): Map<string, string> =>
    new Map(
      set.holdings.map(({ userId, basketId, coins, satoshis }) => [
        `user ${userId} basket ${basketId ?? 'none'}`,
        `${coins} coins, ${satoshis} satoshis`,
      ]),
    )
  const [before, after] = [show(expected), show(actual)]
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const one = before.get(key) ?? 'nothing'
    const other = after.get(key) ?? 'nothing'
    if (one !== other) differences.add({ table: 'outputs', key, expected: one, actual: other })
  }
  return differences
}
