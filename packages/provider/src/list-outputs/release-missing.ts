import type { AuditRow, StoreReader } from '@txkeep/core'
import { utxoVerdict, type UtxoLookup } from '@txkeep/spendability'
import { authorize } from '../auth.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'
import type { LookedUpCoin } from './invalid-change.js'

/**
 * Notes in the audit what the network just said about these coins, and withholds those it called spent twice, at least ten minutes
 * apart, with no other answer between: an index that lags must not cost a coin. Answers with the ids of the withheld ones. A later
 * look-up that finds one unspent gives it back (`review_utxo`). Source: docs/spec/lifecycle.md §4.
 */
export async function releaseMissing(
  context: ProviderContext,
  auth: AuthId,
  coins: readonly LookedUpCoin[],
): Promise<ReadonlySet<number>> {
  if (coins.length === 0) return new Set()
  const at = context.clock.now()
  return context.service.unit(async (service, tx) => {
    const { userId } = await authorize(tx, auth)
    const acting = service.as(`user:${userId}`)
    const earlier = await lookupsOf(tx, coins)
    const withheld = new Set<number>()
    const free = await findFree(tx, userId, coins)
    for (const { row, isUnspent } of coins) {
      const { outputId, actionId } = row
      if (!free.has(outputId)) continue
      const before = earlier.get(outputId) ?? []
      // Most coins are as they should be: only what was in doubt once is noted again.
      if (isUnspent && before.length === 0) continue
      const now: UtxoLookup = { at, answer: isUnspent ? 'unspent' : 'spent' }
      await acting.recordHistoryNote({ actionId, event: 'output.lookup', details: { outputId, answer: now.answer } })
      if (utxoVerdict([...before, now]) !== 'spent') continue
      const { withheld: reason } = await acting.withholdOutput({
        outputId,
        userId,
        reason: 'not-utxo',
        details: { why: 'listOutputs release' },
      })
      if (reason !== null) withheld.add(outputId)
    }
    return withheld
  })
}

/** The ids of those that nobody took while the network was asked. */
async function findFree(
  tx: Pick<StoreReader, 'outputs'>,
  userId: number,
  coins: readonly LookedUpCoin[],
): Promise<ReadonlySet<number>> {
  const rows = await tx.outputs.findByIds(
    coins.map(({ row }) => row.outputId),
    userId,
  )
  return new Set(rows.filter((row) => row.spentByActionId === null).map((row) => row.outputId))
}

/** What was noted about these coins before, by `outputId`. */
async function lookupsOf(
  tx: Pick<StoreReader, 'audit'>,
  coins: readonly LookedUpCoin[],
): Promise<ReadonlyMap<number, readonly UtxoLookup[]>> {
  const lookups = new Map<number, UtxoLookup[]>()
  for (const actionId of new Set(coins.map(({ row }) => row.actionId))) {
    for (const row of await tx.audit.findByAction(actionId)) {
      const lookup = readLookup(row)
      if (lookup === undefined) continue
      const of = lookups.get(lookup.outputId)
      if (of === undefined) lookups.set(lookup.outputId, [lookup])
      else of.push(lookup)
    }
  }
  return lookups
}

function readLookup({ event, createdAt, detailsJson }: AuditRow): (UtxoLookup & { outputId: number }) | undefined {
  if (event !== 'output.lookup' || detailsJson === null) return undefined
  const { outputId, answer } = JSON.parse(detailsJson) as { outputId?: unknown; answer?: unknown }
  if (typeof outputId !== 'number' || (answer !== 'spent' && answer !== 'unspent')) return undefined
  return { outputId, answer, at: createdAt }
}
