import { isProcessingStatus } from '@txkeep/core'
import { ACCEPTED_STATUSES } from '@txkeep/fsm'
import type { CheckResult } from '../../../check-result.js'
import { CoinSetBuilder, type CoinSet } from '../coin-set.js'
import { compareColumnGroups, copied, copiedTimestamp } from '../compare-columns.js'
import { DifferenceList, equalCheck, showValue } from '../differences.js'
import { ExpectedCoinsBuilder, type ExpectedCoins } from '../expected-coins.js'
import { decideOutput, readLegacyOutputs, type ExpectedOutput, type LegacyOutputFacts } from '../expected-output.js'
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
  'change',
  'vout',
  'satoshis',
  'providedBy',
  'purpose',
  'type',
  'outputDescription',
  'senderIdentityKey',
  'derivationPrefix',
  'derivationSuffix',
  'customInstructions',
  'sequenceNumber',
  'spendingDescription',
  'scriptLength',
  'scriptOffset',
] as const

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
        copiedTimestamp('o', 'n', 'created_at'),
        copiedTimestamp('o', 'n', 'updated_at'),
      ],
      scripts: [copied('o', 'n', 'lockingScript')],
    },
  })
}

interface OutputRow extends LegacyOutputFacts {
  readonly isDirty: number
  readonly ourId: number | null
  readonly ourActionId: number | null
  readonly ourSpender: number | null
  readonly ourWithheld: string | null
  readonly ourMatures: number | null
  readonly ourTxid: string | null
  readonly ourSpendable: number
  readonly ourPending: number
  readonly ourProcessing: string | null
  readonly ourAborted: number
  readonly ourBasketId: number | null
}

interface DerivedComparison {
  readonly links: DifferenceList
  readonly withheld: DifferenceList
  readonly flags: DifferenceList
  readonly coins: VerifiedCoins
}

/** One pass over both sides, in order of `outputId`. */
async function compareDerived({ session, db, tipHeight }: VerifyContext): Promise<DerivedComparison> {
  const links = new DifferenceList()
  const withheld = new DifferenceList()
  const flags = new DifferenceList()
  const expectedCoins = new ExpectedCoinsBuilder()
  const spendable = new CoinSetBuilder()
  const listed = new CoinSetBuilder()
  const rows = readLegacyOutputs<OutputRow>(session, db, {
    columns: `d.id IS NOT NULL AS isDirty, n.outputId AS ourId, n.actionId AS ourActionId, n.spentByActionId AS ourSpender,
              n.withheld AS ourWithheld, n.matures_at_height AS ourMatures, n.txid AS ourTxid,
              n.spendable AS ourSpendable, n.pending AS ourPending, nt.processing AS ourProcessing,
              coalesce(na.user_aborted, 0) AS ourAborted, n.basketId AS ourBasketId`,
    joins: `LEFT JOIN dirty_output d ON d.id = o.outputId
            LEFT JOIN ${db.ours('outputs')} n ON n.outputId = o.outputId
            LEFT JOIN actions na ON na.actionId = n.actionId
            LEFT JOIN ${db.ours('transactions')} nt ON nt.transactionId = na.transactionId`,
  })
  for await (const row of rows) {
    // A row on its way counts on neither side: the next catch-up brings it.
    if (row.isDirty === 1) continue
    const expected = decideOutput(row, tipHeight)
    expectedCoins.add(row, expected)
    if (row.ourId === null) continue
    if (row.ourSpendable === 1) spendable.add(row)
    if (isListedByUs(row)) listed.add(row)
    compareLinks(links, row, expected)
    compareOne(withheld, row, 'withheld', expected.withheld, row.ourWithheld)
    compareOne(flags, row, 'spendable', expected.spendable ? 1 : 0, row.ourSpendable)
    compareOne(flags, row, 'pending', expected.pending ? 1 : 0, row.ourPending)
  }
  return {
    links,
    withheld,
    flags,
    coins: { ...expectedCoins.finish(), actualSpendable: spendable.finish(), actualListed: listed.finish() },
  }
}

function compareLinks(links: DifferenceList, row: OutputRow, expected: ExpectedOutput): void {
  compareOne(links, row, 'actionId', expected.actionId, row.ourActionId)
  compareOne(links, row, 'basketId', row.basketId, row.ourBasketId)
  compareOne(links, row, 'spentByActionId', expected.spentByActionId, row.ourSpender)
  compareOne(links, row, 'matures_at_height', expected.maturesAtHeight, row.ourMatures)
  compareOne(links, row, 'txid', expected.txid, row.ourTxid)
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

const LISTED: ReadonlySet<string> = new Set([...ACCEPTED_STATUSES, 'queued', 'sending', 'nosend', 'reorging'])

/** What `listOutputs` would show of our row. Source: docs/spec/wallet-storage.md §14. */
function isListedByUs(row: OutputRow): boolean {
  return (
    row.ourSpender === null &&
    row.ourWithheld === null &&
    row.ourAborted === 0 &&
    isProcessingStatus(row.ourProcessing) &&
    LISTED.has(row.ourProcessing)
  )
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
