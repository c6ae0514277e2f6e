import type { WithheldReason } from '@txkeep/core'

/**
 * Whether `reason` may take the place of `stored`. A review lifts `not-utxo` and `legacy` by itself; who spent the coin is
 * known when it is `spent-elsewhere`; the others wait for whoever set them. A weaker reason in their place would free the
 * coin too early.
 */
export function outweighs(reason: WithheldReason, stored: WithheldReason | null): boolean {
  return stored === null || STRENGTH[reason] > STRENGTH[stored]
}

const STRENGTH: Readonly<Record<WithheldReason, number>> = {
  'not-utxo': 0,
  legacy: 0,
  'spent-elsewhere': 1,
  operator: 2,
  duplicate: 2,
  commission: 2,
}
