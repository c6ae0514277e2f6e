import type { Store } from '@txkeep/core'
import type { CheckResult } from '../../check-result.js'
import type { SqlSession } from '../sql-session.js'
import { equalCheck } from '../verify/differences.js'
import { measureHotQuery, type HotBasket, type Latency } from './latency.js'

/** How much slower than the baseline the hot query's p95 may be. Source: docs/spec/rollout.md. */
const ALLOWED_SLOWDOWN = 1.15
/** Below this a difference is noise of the clock and the machine. */
const NOISE_MS = 1

const HOT_INDEX = 'txk_outputs_hot'

export async function findHotBasket(session: SqlSession, table: string): Promise<HotBasket | undefined> {
  return await session.get<HotBasket>(
    `SELECT userId, basketId FROM ${table} WHERE basketId IS NOT NULL GROUP BY userId, basketId ORDER BY count(*) DESC LIMIT 1`,
  )
}

/** Which index the engine takes for the hot query, by its own plan. */
export async function checkHotQueryPlan(session: SqlSession): Promise<CheckResult> {
  const { dialect } = session
  const basket = (await findHotBasket(session, 'outputs')) ?? { userId: 1, basketId: 1 }
  const actual = await dialect.plannedIndex(
    session,
    `SELECT * FROM outputs WHERE "userId" = ${basket.userId} AND "basketId" = ${basket.basketId} AND spendable = ${dialect.stored('spendable', '1')} ORDER BY satoshis, "outputId" LIMIT 10`,
  )
  return equalCheck('smoke.10-hot-query-plan', 'The hot query is answered from its index, in order.', HOT_INDEX, actual)
}

/** How fast the hot query is, against the baseline measured before the move when there is one. */
export async function checkHotQueryLatency(
  store: Store,
  basket: HotBasket | undefined,
  baselineP95Ms: number | undefined,
): Promise<{ check: CheckResult; latency: Latency | undefined }> {
  const id = 'smoke.10-hot-query-latency'
  if (basket === undefined) {
    const check = {
      id,
      ok: true,
      expected: 'any',
      actual: 'no coins',
      detail: 'There is no basket with coins to measure.',
    }
    return { check, latency: undefined }
  }
  const latency = await measureHotQuery(store, basket)
  const limit =
    baselineP95Ms === undefined ? undefined : Math.max(baselineP95Ms * ALLOWED_SLOWDOWN, baselineP95Ms + NOISE_MS)
  const check = {
    id,
    ok: limit === undefined || latency.p95Ms <= limit,
    expected: limit === undefined ? 'no baseline given' : `p95 at most ${limit.toFixed(3)} ms`,
    actual: `p95 ${latency.p95Ms} ms`,
    detail: 'The p95 of the hot query is within 15 % of the baseline, or within a millisecond of it.',
  }
  return { check, latency }
}
