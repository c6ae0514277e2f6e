import type { Knex } from 'knex'
import type { SqlSession } from '../sql-session.js'
import {
  whyListedNow,
  whyNotListed,
  whyNotSpendable,
  whySpendableNow,
  type CoinDifference,
  type CoinDifferenceClass,
} from './coin-difference.js'
import { CoinSetBuilder, type CoinSet } from './coin-set.js'
import { decideOutput, type ExpectedOutput, type LegacyOutputFacts } from './expected-output.js'
import { openLegacyDatabase, type LegacyDatabase } from './legacy-database.js'
import { buildLegacyModel, dropLegacyModel } from './legacy-model.js'
import { readLegacyOutputs } from './read-legacy-outputs.js'
import { withReadSession } from './read-session.js'

/** Two sets of coins and what lies between them, reason by reason. */
export interface CoinComparison {
  readonly legacy: CoinSet
  readonly expected: CoinSet
  /** Added up they lead from the legacy set to the expected one. */
  readonly differences: readonly CoinDifference[]
}

/** What the coins of a legacy wallet must be after the move. */
export interface ExpectedCoins {
  /** What can be spent: the legacy effective set, and the set the rule gives. Source: docs/spec/migration.md §5. */
  readonly spendable: CoinComparison
  /** What wallets list as their balance, before and after. */
  readonly listed: CoinComparison
}

/** The expected coins of a database whose legacy tables are there, from those tables alone. Reads only, one snapshot. */
export async function expectedCoins(
  knex: Knex,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ExpectedCoins> {
  return await withReadSession(knex, async (session) => {
    const db = await openLegacyDatabase(session)
    await buildLegacyModel(session, db, options)
    const coins = await readExpectedCoins(session, db)
    await dropLegacyModel(session)
    return coins
  })
}

/** The same inside an open session, over the model of `buildLegacyModel`. */
export async function readExpectedCoins(session: SqlSession, db: LegacyDatabase): Promise<ExpectedCoins> {
  const tipHeight = await readLegacyTip(session)
  const builder = new ExpectedCoinsBuilder()
  await readLegacyOutputs(session, db, (facts) => builder.add(facts, decideOutput(facts, tipHeight)))
  return builder.finish()
}

/** Takes every legacy output in order of `outputId`, with what becomes of it. */
export class ExpectedCoinsBuilder {
  readonly #spendable: ComparisonBuilder = new ComparisonBuilder()
  readonly #listed: ComparisonBuilder = new ComparisonBuilder()

  add(facts: LegacyOutputFacts, expected: ExpectedOutput): void {
    this.#spendable.add(facts, isEffective(facts), expected.spendable, () =>
      expected.spendable ? whySpendableNow(facts) : whyNotSpendable(facts, expected),
    )
    this.#listed.add(facts, isListed(facts), expected.listed, () =>
      expected.listed ? whyListedNow(facts) : whyNotListed(facts, expected),
    )
  }

  finish(): ExpectedCoins {
    return { spendable: this.#spendable.finish(), listed: this.#listed.finish() }
  }
}

/** The highest proven height, or null when nothing is proven: what the chain tip starts as. */
export async function readLegacyTip(session: SqlSession): Promise<number | null> {
  const row = await session.get<{ height: number | null }>(
    `SELECT max(height) AS height FROM model_txid WHERE proofId IS NOT NULL`,
  )
  return row?.height ?? null
}

function isEffective({ flag, spentBy, legacyStatus }: LegacyOutputFacts): boolean {
  return flag === 1 && spentBy === null && (legacyStatus === 'completed' || legacyStatus === 'unproven')
}

const LISTED: ReadonlySet<string | null> = new Set(['completed', 'unproven', 'nosend', 'sending'])

function isListed({ flag, legacyStatus }: LegacyOutputFacts): boolean {
  return flag === 1 && LISTED.has(legacyStatus)
}

class ComparisonBuilder {
  readonly #legacy: CoinSetBuilder = new CoinSetBuilder()
  readonly #expected: CoinSetBuilder = new CoinSetBuilder()
  readonly #differences: Map<
    string,
    { class: CoinDifferenceClass; direction: 'left' | 'joined'; coins: number; satoshis: number }
  > = new Map()

  add(facts: LegacyOutputFacts, before: boolean, after: boolean, why: () => CoinDifferenceClass): void {
    if (before) this.#legacy.add(facts)
    if (after) this.#expected.add(facts)
    if (before === after) return
    const direction = before ? 'left' : 'joined'
    const name = why()
    const key = `${direction}.${name}`
    const difference = this.#differences.get(key) ?? { class: name, direction, coins: 0, satoshis: 0 }
    difference.coins += 1
    difference.satoshis += facts.satoshis
    this.#differences.set(key, difference)
  }

  finish(): CoinComparison {
    return {
      legacy: this.#legacy.finish(),
      expected: this.#expected.finish(),
      differences: [...this.#differences.values()].sort((a, b) => b.coins - a.coins),
    }
  }
}
