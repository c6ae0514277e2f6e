import type { ActionRow, ChainTipRow, OutputRow, TransactionRow } from '@txkeep/core'

/** Something with a number of bytes: the bytes themselves, or `{ length }` where only their number was read. */
export type HasLength = { readonly length: number }

/** What the rule needs to know of a coin. `userAborted` is its owner action's. */
export type OutputFacts = Pick<
  OutputRow,
  'spendable' | 'pending' | 'spentByActionId' | 'withheld' | 'maturesAtHeight' | 'scriptLength' | 'scriptOffset'
> &
  Pick<ActionRow, 'userAborted'> & { readonly lockingScript: HasLength | null }

/** What the rule needs to know of the transaction that made the coin. A `TransactionRow` fits. */
export type TransactionFacts = Pick<TransactionRow, 'processing' | 'isCoinbase'> & { readonly rawTx: HasLength | null }

/** The best block known. A `ChainTipRow` fits. */
export type TipFacts = Pick<ChainTipRow, 'height'>
