import type { ProcessingStatus, TransactionRow } from '@txkeep/core'
import { isShared, type Merge } from './merge.js'
import { statusAdvice } from './status-advice.js'

/** Does with a stored transaction what the status another store gives it advises. */
export async function followAdvice(
  merge: Merge,
  stored: TransactionRow,
  theirs: { readonly processing: ProcessingStatus; readonly updatedAt: Date },
): Promise<void> {
  const { transactionId, processing, frozenReason } = stored
  if (processing === 'frozen' && frozenReason?.startsWith('operator') === true) return
  const { tx, service, userId: forUser } = merge
  const details = { why: 'sync', from: merge.from, theirs: theirs.processing }
  const advice = statusAdvice(processing, theirs.processing, theirs.updatedAt > stored.updatedAt)
  // One user's word about a transaction another one has, too, moves nothing of hers: the network is asked.
  if (advice.do !== 'nothing' && (await isShared(merge, transactionId))) {
    await tx.transactions.update(transactionId, { nextActionAt: service.clock.now() })
    return
  }
  switch (advice.do) {
    case 'nothing':
      return
    case 'look-up':
      await tx.transactions.update(transactionId, { nextActionAt: service.clock.now() })
      return
    case 'unfail':
      await service.transition({ transactionId, expectedFrom: processing, to: 'unfail', details, forUser })
      break
    case 'move': {
      let from = processing
      for (const to of advice.through) {
        await service.transition({ transactionId, expectedFrom: from, to, details, forUser })
        from = to
      }
    }
  }
  merge.counts.updates += 1
  merge.touched.add(transactionId)
}
