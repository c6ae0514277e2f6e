import type { ChainTipRow } from '../rows/chain-tip-row.js'

export interface ChainTipReader {
  get(): Promise<ChainTipRow | undefined>
}

export interface ChainTipWriter extends ChainTipReader {
  /** Replaces the tip; a lower height is legal after a reorg. */
  set(tip: Omit<ChainTipRow, 'observedAt'> & Partial<Pick<ChainTipRow, 'observedAt'>>): Promise<void>
}
