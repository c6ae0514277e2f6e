import { COINBASE_MATURITY_BLOCKS } from '@txkeep/core'
import type { Knex } from 'knex'
import type { MigrationOptions } from '../migration-options.js'
import { runUnderLease } from './migration-run.js'

export interface CoinbaseMaturityResult {
  /** Coinbase outputs there are. */
  readonly examined: number
  /** Outputs whose height or flags were not what they have to be, and are now. */
  readonly updated: number
}

/**
 * Gives every output of a proven coinbase the height it matures at, and makes its flags agree with the tip. A backfill does the
 * same by itself; this is for stores that got coinbases another way. Idempotent. Source: docs/spec/lifecycle.md §4.
 */
export async function backfillCoinbaseMaturity(
  knex: Knex,
  options: MigrationOptions = {},
): Promise<CoinbaseMaturityResult> {
  const request = { command: 'coinbase maturity', phases: ['cut-over', 'finalized'] as const }
  return await runUnderLease(knex, request, options, async (run) =>
    run.commit(async () => {
      const { session } = run
      const owned = `from outputs o join actions a on a."actionId" = o."actionId" join transactions t on t."transactionId" = a."transactionId" where t.is_coinbase = 1`
      const examined = await session.get<{ n: number }>(`select count(*) as n ${owned}`)
      const matures = `(select t.height + ${COINBASE_MATURITY_BLOCKS} from actions a join transactions t on t."transactionId" = a."transactionId" where a."actionId" = outputs."actionId")`
      const mine = `"outputId" in (select o."outputId" ${owned})`
      const moved = await session.run(
        `update outputs set matures_at_height = ${matures} where ${mine} and matures_at_height is not ${matures}`,
      )
      // A coin that is not mature is never offered; one that became so is found by the refresh every new tip runs.
      const lowered = await session.run(
        `update outputs set spendable = 0, pending = 0 where ${mine} and (spendable = 1 or pending = 1)
           and (matures_at_height is null or matures_at_height > coalesce((select height from chain_tip where id = 1), -1))`,
      )
      return { examined: examined?.n ?? 0, updated: moved.changes + lowered.changes }
    }),
  )
}
