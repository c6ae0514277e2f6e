import type { SqlSession } from '../sql-session.js'
import type { LegacyDatabase } from '../verify/legacy-database.js'

/** What one user holds in one basket, as the legacy rows have it. Amounts are in satoshis. */
export interface LegacyBalance {
  readonly userId: number
  readonly identityKey: string | null
  /** Null for coins in no basket. */
  readonly basketId: number | null
  readonly basket: string | null
  /** What the wallet's lists show. Source: docs/spec/wallet-storage.md §8. */
  readonly listedCoins: number
  readonly listedSatoshis: number
  /** What can be spent in effect: flag set, not spent, transaction completed or unproven. Source: docs/spec/migration.md §5. */
  readonly effectiveCoins: number
  readonly effectiveSatoshis: number
}

/** One row per user and basket that has outputs, in order of user and basket; coins in no basket come first. */
export async function readLegacyBalances(session: SqlSession, db: LegacyDatabase): Promise<LegacyBalance[]> {
  const listed = `o.spendable <> 0 AND t.status IN ('completed', 'unproven', 'nosend', 'sending')`
  const effective = `o.spendable <> 0 AND o.spentBy IS NULL AND t.status IN ('completed', 'unproven')`
  return session.all<LegacyBalance>(
    `SELECT g.userId, u.identityKey, g.basketId, b.name AS basket,
            g.listedCoins, g.listedSatoshis, g.effectiveCoins, g.effectiveSatoshis
       FROM (SELECT o.userId, o.basketId,
                    count(CASE WHEN ${listed} THEN 1 END) AS listedCoins,
                    coalesce(sum(CASE WHEN ${listed} THEN 1.0 * o.satoshis END), 0) AS listedSatoshis,
                    count(CASE WHEN ${effective} THEN 1 END) AS effectiveCoins,
                    coalesce(sum(CASE WHEN ${effective} THEN 1.0 * o.satoshis END), 0) AS effectiveSatoshis
               FROM ${db.legacy('outputs')} o
               LEFT JOIN ${db.legacy('transactions')} t ON t.transactionId = o.transactionId
              GROUP BY o.userId, o.basketId) g
       LEFT JOIN users u ON u.userId = g.userId
       LEFT JOIN output_baskets b ON b.basketId = g.basketId
      ORDER BY g.userId, g.basketId IS NOT NULL, g.basketId`,
  )
}
