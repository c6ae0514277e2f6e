import type { Store } from '@txkeep/core'
import { TransactionService, verifyProof } from '@txkeep/lifecycle'
import type { CheckResult } from '../../check-result.js'
import { rolledBack } from './rolled-back.js'
import { makeThrowawayTransaction } from './throwaway-transaction.js'

const EXPECTED = 'created → sending → sent → proven, an audit row each'

/**
 * Drives a throwaway transaction from its creation to its proof through the real service, inside a unit that is rolled back.
 * Its block is made up too, so the header check is answered here and nobody is asked.
 */
export async function checkLifecycle(store: Store): Promise<CheckResult> {
  const tip = await store.read(async (tx) => await tx.chainTip.get())
  const throwaway = makeThrowawayTransaction(Math.max(1, (tip?.height ?? 1) - 10))
  const proof = await verifyProof(throwaway.merklePath, throwaway.txid, {
    isValidRootForHeight: (root) => Promise.resolve(root === throwaway.merkleRoot),
  })
  const service = new TransactionService({ store, who: 'operator' })
  const events = await rolledBack(store, async (tx) => {
    const inside = service.in(tx)
    const { transaction } = await inside.create({ txid: throwaway.txid, rawTx: throwaway.rawTx })
    const { transactionId } = transaction
    await inside.transition({ transactionId, expectedFrom: 'queued', to: 'sending' })
    await inside.transition({ transactionId, expectedFrom: 'sending', to: 'sent' })
    await inside.recordProof({ transactionId, proof })
    const proven = await tx.transactions.findById(transactionId)
    const audit = await tx.audit.findByTransaction(transactionId)
    return { processing: proven?.processing, events: audit.map(({ event }) => event) }
  })
  const left = await store.read(async (tx) => await tx.transactions.findByTxid(throwaway.txid))
  const count = (event: string): number => events.events.filter((name) => name === event).length
  const isProven = events.processing === 'confirmed' || events.processing === 'unconfirmed'
  const isAudited =
    count('transaction.created') === 1 && count('processing.changed') >= 2 && count('proof.acquired') === 1
  const ok = isProven && isAudited && left === undefined
  return {
    id: 'smoke.6-lifecycle',
    ok,
    expected: EXPECTED,
    actual: ok
      ? EXPECTED
      : `${events.processing ?? 'nothing'}: ${events.events.join(', ')}${left === undefined ? '' : ', and it is still there'}`,
    detail:
      'A throwaway transaction goes from its creation to its proof, each step leaves an audit row, and all of it is rolled back.',
  }
}
