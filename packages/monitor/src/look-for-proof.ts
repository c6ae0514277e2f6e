import { InvalidProofError, type TransactionRow } from '@txkeep/core'
import { verifyProof, type VerifiedProof } from '@txkeep/lifecycle'
import { MerklePath } from '@bsv/sdk'
import { ask, providersOf, throwIfStopped } from './ask.js'
import type { TaskContext } from './monitor-task.js'

/**
 * - `recorded`: a path that headers bear out was stored, with the status it leads to.
 * - `none`: at least one provider has no path for it. `ahead`: there is one, above the stored tip: wait for the tip.
 * - `unknown`: nobody answered, or no header could be had: nothing was learnt.
 */
export type ProofSearch = 'recorded' | 'none' | 'ahead' | 'unknown' | 'stale'

/**
 * What came of asking each provider for a proof until one is good. A path that proves nothing is noted as `proof.rejected` and
 * changes no status. Source: docs/spec/monitor.md §2, P1 to P5.
 */
export async function lookForProof(context: TaskContext, row: TransactionRow): Promise<ProofSearch> {
  const tip = await context.service.getChainTip()
  let search: ProofSearch = 'unknown'
  for (const [index, provider] of providersOf(context).entries()) {
    const name = provider.name ?? `provider ${index + 1}`
    const answer = await ask(context, () => provider.getMerklePath(row.txid))
    if (answer === undefined || answer.error !== undefined) continue
    if (answer.merklePath === undefined) {
      if (search === 'unknown') search = 'none'
      continue
    }
    const height = heightOf(answer.merklePath)
    if (tip === undefined || (height !== undefined && height > tip.height)) {
      search = 'ahead'
      continue
    }
    const proof = await check(context, row, answer.merklePath, answer.name ?? name)
    if (proof === 'rejected' && search === 'unknown') search = 'none'
    if (typeof proof !== 'object') continue
    const { transactionId, rowVersion } = row
    const { outcome } = await context.service.recordProof({
      transactionId,
      proof,
      expectedVersion: rowVersion,
      provider: answer.name ?? name,
    })
    return outcome === 'stale' ? 'stale' : 'recorded'
  }
  return search
}

function heightOf(merklePath: Uint8Array): number | undefined {
  try {
    return MerklePath.fromBinary(merklePath).blockHeight
  } catch {
    return undefined
  }
}

async function check(
  context: TaskContext,
  { transactionId, txid }: TransactionRow,
  merklePath: Uint8Array,
  provider: string,
): Promise<VerifiedProof | 'rejected' | 'unknown'> {
  throwIfStopped(context)
  let rejected: InvalidProofError | undefined
  const proof = await ask(context, () =>
    verifyProof(merklePath, txid, context.network).catch((error: unknown) => {
      if (error instanceof InvalidProofError) rejected = error
      return undefined
    }),
  )
  if (rejected === undefined) return proof ?? 'unknown'
  const details = { provider, why: rejected.message }
  await context.service.recordHistoryNote({ transactionId, event: 'proof.rejected', details })
  return 'rejected'
}
