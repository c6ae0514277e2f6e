import { MIN_CONFIRMATION_DEPTH } from '@txkeep/core'

export interface ProvenAt {
  /** Height of the block the merkle path leads to. */
  readonly height: number
  /** Height of the best block known; undefined or null when none is. */
  readonly tipHeight: number | null | undefined
  /** Blocks needed on top of the transaction's own. Default `MIN_CONFIRMATION_DEPTH`. */
  readonly minConfirmationDepth?: number
}

/**
 * The status of a transaction with a validated merkle path: `confirmed` once enough blocks lie on top of its own, else
 * `unconfirmed`; also when no tip is known or the tip lies below. Source: docs/spec/lifecycle.md §5.
 */
export function provenStatus(proven: ProvenAt): 'unconfirmed' | 'confirmed' {
  const { height, tipHeight, minConfirmationDepth = MIN_CONFIRMATION_DEPTH } = proven
  if (tipHeight === undefined || tipHeight === null) return 'unconfirmed'
  return tipHeight - height >= minConfirmationDepth ? 'confirmed' : 'unconfirmed'
}
