import type { ListedAction } from '@txkeep/core'
import { authorize } from '../auth.js'
import type { ProviderContext } from '../provider-context.js'
import type { AuthId } from '../published/arguments.js'

/**
 * Has the network asked again about each of these failed actions: the transaction itself moves, so that a task finds it. Drafts
 * have none, and one that is looked at already is left alone. Source: docs/spec/wallet-storage.md D33.
 */
export async function unfailListed(
  context: ProviderContext,
  auth: AuthId,
  rows: readonly ListedAction[],
): Promise<void> {
  const transactionIds = rows.flatMap(({ transactionId, processing }) =>
    transactionId !== null && (processing === 'invalid' || processing === 'doubleSpend') ? [transactionId] : [],
  )
  if (transactionIds.length === 0) return
  await context.service.unit(async (service, tx) => {
    const { userId } = await authorize(tx, auth)
    const transactions = await tx.transactions.findByIds(transactionIds)
    const failed = transactions.filter(({ processing }) => processing === 'invalid' || processing === 'doubleSpend')
    if (failed.length === 0) return
    await service.as(`user:${userId}`).transitionMany({
      transactions: failed.map(({ transactionId, processing, rowVersion }) => ({
        transactionId,
        expectedFrom: processing,
        expectedVersion: rowVersion,
      })),
      to: 'unfail',
      details: { why: 'listActions unfail' },
    })
  })
}
