import type { SqlSession } from '../sql-session.js'
import { measureLatency, type HotBasket, type Latency } from '../smoke/latency.js'
import { findHotBasket } from '../smoke/hot-query-check.js'
import type { LegacyDatabase } from '../verify/legacy-database.js'

/** How fast the database is before the move. Each figure is undefined when there is nothing to measure it on. */
export interface Baseline {
  readonly basket: HotBasket | undefined
  /** Coins of the fullest basket in order of value, as the legacy application asks for them. */
  readonly hotQuery: Latency | undefined
  /** One look at every output with its transaction: what a refresh reads. */
  readonly refresh: Latency
  /** Requests that wait, as a monitor's tick asks for them. */
  readonly tick: Latency
}

/** Measures by reading only. */
export async function measureBaseline(session: SqlSession, db: LegacyDatabase): Promise<Baseline> {
  const [outputs, transactions] = [db.legacy('outputs'), db.legacy('transactions')]
  const basket = await findHotBasket(session, outputs)
  const hotQuery =
    basket === undefined
      ? undefined
      : await measureLatency(100, async () =>
          session.all(
            `SELECT o.* FROM ${outputs} o JOIN ${transactions} t ON t.transactionId = o.transactionId
              WHERE o.userId = ? AND o.basketId = ? AND o.spendable = 1 AND t.status IN ('completed', 'unproven')
              ORDER BY o.satoshis, o.outputId LIMIT 10`,
            [basket.userId, basket.basketId],
          ),
        )
  const refresh = await measureLatency(3, async () =>
    session.get(
      `SELECT count(*) FROM ${outputs} o JOIN ${transactions} t ON t.transactionId = o.transactionId
        WHERE o.spentBy IS NULL AND t.status IN ('completed', 'unproven')`,
    ),
  )
  const tick = await measureLatency(20, async () =>
    session.all(
      `SELECT provenTxReqId FROM ${db.legacy('proven_tx_reqs')}
        WHERE status IN ('unmined', 'callback', 'unknown', 'sending', 'unsent', 'unconfirmed') LIMIT 100`,
    ),
  )
  return { basket, hotQuery, refresh, tick }
}
